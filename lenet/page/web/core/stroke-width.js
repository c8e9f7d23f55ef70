// The width of strokes in a picture of a digit, and how to change it: mirrors
// lenet/drawing/stroke_width.py. MNIST's strokes are 1.7 to 3.9 pixels wide (5 % to 95 %, measured
// as here), 2.4 in the middle. A digit drawn with a thinner or thicker pen gets strokes like those.

/** @import { Plane, Whole } from "../types" */
/** @import { Mask } from "./components.js" */

import { raise, runningMaximum, transposed } from "./contrast.js";
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
 * @param {Plane} ink
 */
export function strokeWidth(ink) {
  const { width, data } = framed(ink);
  let sum = 0;
  let outline = 0;
  for (let i = 0; i < data.length - width; i++) {
    sum += data[i];
    outline += Math.sqrt((data[i + 1] - data[i]) ** 2 + (data[i + width] - data[i]) ** 2);
  }
  return outline ? (2 * sum) / outline : 0;
}

/**
 * `strokeWidth` of a mask, from the number of pixels at its edges and corners.
 * @param {Mask} mask
 */
export function maskWidth(mask) {
  const { width, data } = framed(mask);
  let [sum, edges, corners] = [0, 0, 0];
  for (let i = 0; i < data.length - width; i++) {
    const right = data[i] ^ data[i + 1];
    const down = data[i] ^ data[i + width];
    sum += data[i];
    edges += right ^ down;
    corners += right & down;
  }
  return (2 * sum) / (edges + Math.SQRT2 * corners);
}

/**
 * A plane with one empty pixel on all sides.
 * @template {Float32Array | Uint8Array} Data
 * @param {{ height: number, width: number, data: Data }} plane
 * @returns {{ height: number, width: number, data: Data }}
 */
function framed({ height, width, data }) {
  const [tall, wide] = [height + 2, width + 2];
  const frame = /** @type {Data} */ (new /** @type {any} */ (data.constructor)(tall * wide));
  for (let y = 0; y < height; y++) {
    frame.set(data.subarray(y * width, (y + 1) * width), (y + 1) * wide + 1);
  }
  return { height: tall, width: wide, data: frame };
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
  const { height, width, data } = padded(plane, reach);
  const turned = transposed({ height, width, data });
  const largest = data.slice();
  for (let down = 0; down <= reach; down++) {
    const squared = radius ** 2 - down ** 2 + 1e-9;
    if (squared < 0) continue;
    const rows = transposed(runningMaximum(turned, Math.floor(Math.sqrt(squared)))).data;
    const moved = down * width;
    raise(largest, moved, rows, 0, data.length - moved);
    raise(largest, 0, rows, moved, data.length - moved);
  }
  return { height, width, data: largest };
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
