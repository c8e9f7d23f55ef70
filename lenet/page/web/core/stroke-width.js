// The width of strokes in a picture of a digit, and how to change it: mirrors
// lenet/drawing/stroke_width.py. MNIST's strokes are 1.7 to 3.9 pixels wide (5 % to 95 %, measured
// as here), 2.4 in the middle. A digit drawn with a thinner or thicker pen gets strokes like those.

/** @import { Plane, Whole } from "../types" */
/** @import { Mask } from "./components.js" */

import { cutOut, raise, transposed } from "./contrast.js";
import { runningMaximum } from "./extremes.js";
import { BOX } from "./ink.js";
import { cropToInk, fitIntoBox, levelsOf, roundHalfUp } from "./preprocessing.js";

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
 * @param {Plane} ink
 * @returns {Plane}
 */
export function withUsualStrokes(ink) {
  const pixel = CANVAS / BOX;
  let plane = onCanvas(ink);
  let width = strokeWidth(plane);
  if (width < THIN * pixel - 1e-9) return toInk(thickened(plane, width, THIN * pixel));
  for (let round = 0; round < ROUNDS && width > THICK * pixel + 1e-9; round++) {
    plane = onCanvas(toInk(eroded(plane, (width - THINNED * pixel) / 2)));
    width = strokeWidth(plane);
  }
  return toInk(plane);
}

/**
 * Twice the ink divided by the length of its outline, in pixels; 0 without ink. The outline's length
 * is the total variation: the sum of the gradient's length, divided by the ink of a full pixel.
 * @param {Whole} plane
 */
export function strokeWidth(plane) {
  const { width, data } = padded(plane, 1);
  let [sum, outline] = [0, 0];
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
  const { width, data } = padded({ ...mask, data: Int16Array.from(mask.data) }, 1);
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
 * Ink, cropped, with a longer side of `CANVAS`; 255 is full ink, so that steps are exact.
 * @param {Plane} ink
 * @returns {Whole}
 */
function onCanvas(ink) {
  const cropped = cropToInk(ink);
  // Levels are resized, not ink: a mean that is exactly a half stays one in float32.
  const whole = { ...cropped, data: Float32Array.from(levelsOf(cropped)) };
  const { height, width, data } = fitIntoBox(whole, CANVAS);
  return { height, width, data: Int16Array.from(data, roundHalfUp) };
}

/**
 * @param {Whole} plane
 * @returns {Plane}
 */
const toInk = ({ height, width, data }) => ({
  height,
  width,
  data: Float32Array.from(data, (level) => level / 255),
});

/**
 * Strokes that get the width `after` when the digit fills the canvas again.
 * @param {Whole} plane
 * @param {number} before
 * @param {number} after
 */
const thickened = (plane, before, after) =>
  dilated(plane, (after - before) / 2 / (1 - after / CANVAS));

/**
 * The most ink within a disc around each pixel, with a margin of the radius on each side.
 * @param {Whole} plane
 * @param {number} radius
 * @returns {Whole}
 */
export function dilated(plane, radius) {
  const reach = Math.ceil(radius - 1e-9);
  const { height, width, data } = padded(plane, reach);
  const turned = transposed({ height, width, data });
  const most = data.slice();
  for (let down = 0; down <= reach; down++) {
    const squared = radius ** 2 - down ** 2 + 1e-9;
    if (squared < 0) continue;
    const rows = transposed(runningMaximum(turned, Math.floor(Math.sqrt(squared)))).data;
    const moved = down * width;
    raise(most, moved, rows, 0, data.length - moved);
    raise(most, 0, rows, moved, data.length - moved);
  }
  return { height, width, data: most };
}

/**
 * The least ink within a disc around each pixel; outside, there is none.
 * @param {Whole} plane
 * @param {number} radius
 */
function eroded(plane, radius) {
  const reach = Math.ceil(radius - 1e-9);
  const empty = complement(padded(plane, reach));
  return trimmed(complement(dilated(empty, radius)), 2 * reach);
}

/**
 * @param {Whole} plane
 * @returns {Whole}
 */
const complement = (plane) => ({ ...plane, data: plane.data.map((level) => 255 - level) });

/**
 * With an empty margin on all sides.
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
 * Without a margin on all sides.
 * @param {Whole} plane
 * @param {number} margin
 */
const trimmed = (plane, margin) =>
  cutOut(plane, {
    top: margin,
    left: margin,
    bottom: plane.height - margin,
    right: plane.width - margin,
  });
