// The width of strokes in a picture of a digit, and how to change it: mirrors
// lenet/drawing/stroke_width.py. MNIST's strokes are 1.7 to 3.9 pixels wide (5 % to 95 %, measured
// as here), 2.4 in the middle. A digit drawn with a thinner or thicker pen gets strokes like those.

/** @import { Plane, Whole } from "../types" */

import { transposed, turnedMaximum } from "./contrast.js";
import { BOX } from "./ink.js";
import { cropToInk, fitIntoBox, levels, levelsOf } from "./preprocessing.js";

/** Longer side of the digit whose strokes are changed: 5 pixels for each of MNIST's. */
export const CANVAS = 100;
/** Thinner strokes get this width, in pixels of MNIST: that of strokes on the pad. */
export const THIN = 2.2;
/** Strokes that are thicker… */
export const THICK = 4.5;
/** …get this width. */
export const THINNED = 4;
/**
 * Thinning makes a digit smaller, so that its strokes are still too thick when it fills the canvas
 * again. Three rounds come close enough.
 */
export const ROUNDS = 3;

/**
 * A digit with strokes as wide as MNIST's; its longer side is about `CANVAS`.
 * @param {Plane} digit
 * @returns {Plane}
 */
export function withUsualStrokes(digit) {
  const pixel = CANVAS / BOX;
  let ink = onCanvas(digit);
  let width = strokeWidth(ink);
  if (width < THIN * pixel - 1e-9) return thickened(ink, width, THIN * pixel);
  for (let round = 0; round < ROUNDS && width > THICK * pixel + 1e-9; round++) {
    ink = onCanvas(eroded(ink, (width - THINNED * pixel) / 2));
    width = strokeWidth(ink);
  }
  return ink;
}

/**
 * Twice the ink divided by the length of its outline, in pixels; 0 without ink. The outline's length
 * is the total variation: the sum of the gradient's length.
 * @param {{ height: number, width: number, data: Float32Array | Uint8Array }} ink
 */
export function strokeWidth({ height, width, data }) {
  let sum = 0;
  let outline = 0;
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const i = y * width + x;
      const here = y >= 0 && x >= 0 ? data[i] : 0;
      const right = y >= 0 && x + 1 < width ? data[i + 1] : 0;
      const below = x >= 0 && y + 1 < height ? data[i + width] : 0;
      sum += here;
      outline += Math.sqrt((right - here) ** 2 + (below - here) ** 2);
    }
  }
  return outline ? (2 * sum) / outline : 0;
}

/**
 * Ink, cropped, with a longer side of `CANVAS`.
 * @param {Plane} ink
 */
const onCanvas = (ink) => levels(fitIntoBox(cropToInk(ink), CANVAS));

/**
 * Ink with strokes that get the width `after` when the digit fills the canvas again.
 * @param {Plane} ink
 * @param {number} before
 * @param {number} after
 */
function thickened(ink, before, after) {
  return inkOf(dilated(wholeLevels(ink), (after - before) / 2 / (1 - after / CANVAS)));
}

/**
 * The least ink within a disc around each pixel; outside, there is none.
 * @param {Plane} ink
 * @param {number} radius
 */
function eroded(ink, radius) {
  const reach = Math.ceil(radius - 1e-9);
  const empty = complement(padded(wholeLevels(ink), reach));
  return inkOf(cropped(complement(dilated(empty, radius)), 2 * reach));
}

/**
 * @param {Plane} ink in 256 levels
 * @returns {Whole}
 */
const wholeLevels = (ink) => ({ ...ink, data: Int16Array.from(levelsOf(ink)) });

/**
 * @param {Whole} plane
 * @returns {Plane}
 */
const inkOf = ({ height, width, data }) => ({
  height,
  width,
  data: Float32Array.from(data, (level) => level / 255),
});

/**
 * @param {Whole} plane
 * @returns {Whole}
 */
const complement = (plane) => ({ ...plane, data: plane.data.map((level) => 255 - level) });

/**
 * The largest level within a disc around each pixel, with a margin of the radius on each side.
 * @param {Whole} plane
 * @param {number} radius
 * @returns {Whole}
 */
export function dilated(plane, radius) {
  const reach = Math.ceil(radius - 1e-9);
  const ink = padded(plane, reach);
  const largest = { ...ink, data: ink.data.slice() };
  for (let down = 0; down <= reach; down++) {
    const squared = radius ** 2 - down ** 2 + 1e-9;
    if (squared < 0) continue;
    const rows = transposed(turnedMaximum(ink, Math.floor(Math.sqrt(squared))));
    raise(largest, rows, down);
    raise(largest, rows, -down);
  }
  return largest;
}

/**
 * Raises a plane to another one that is moved down by some rows, or up.
 * @param {Whole} plane
 * @param {Whole} other
 * @param {number} down
 */
function raise({ data, width }, other, down) {
  const moved = down * width;
  const stop = Math.min(data.length, data.length + moved);
  for (let i = Math.max(0, moved); i < stop; i++)
    data[i] = Math.max(data[i], other.data[i - moved]);
}

/**
 * @param {Whole} plane
 * @param {number} margin
 * @returns {Whole}
 */
function padded(plane, margin) {
  const [height, width] = [plane.height + 2 * margin, plane.width + 2 * margin];
  const data = new Int16Array(height * width);
  for (let y = 0; y < plane.height; y++) {
    const row = plane.data.subarray(y * plane.width, (y + 1) * plane.width);
    data.set(row, (y + margin) * width + margin);
  }
  return { height, width, data };
}

/**
 * @param {Whole} plane
 * @param {number} margin
 * @returns {Whole}
 */
function cropped(plane, margin) {
  const [height, width] = [plane.height - 2 * margin, plane.width - 2 * margin];
  const data = new Int16Array(height * width);
  for (let y = 0; y < height; y++) {
    const start = (y + margin) * plane.width + margin;
    data.set(plane.data.subarray(start, start + width), y * width);
  }
  return { height, width, data };
}
