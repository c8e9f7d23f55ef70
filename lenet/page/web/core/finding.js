// A stand-in until the finder is there: the distance from the border's colour.

import { levels, resize } from "./preprocessing.js";

/** @import { Found, Levels, Plane } from "../types" */

/**
 * @param {Levels} picture
 * @returns {Found}
 */
export function silhouette({ width, height, data }) {
  const grey = Float32Array.from({ length: width * height }, (_, i) => data[4 * i + 1] / 255);
  const contrast = grey.map((value) => Math.abs(value - grey[0]));
  const strongest = contrast.reduce((most, value) => Math.max(most, value), 0);
  const isBlank = strongest < 0.06;
  const ink = contrast.map((value) => (isBlank ? 0 : Math.round((255 * value) / strongest) / 255));
  const side = Math.max(width, height);
  const square = new Float32Array(side * side);
  const [top, left] = [(side - height) >> 1, (side - width) >> 1];
  for (let y = 0; y < height; y++) {
    square.set(ink.subarray(y * width, (y + 1) * width), (top + y) * side + left);
  }
  const found = levels(resize({ width: side, height: side, data: square }, 140, 140));
  /** @type {(data: Float32Array) => Plane} */
  const plane = (data) => ({ width, height, data });
  return {
    ink: found,
    count: isBlank ? 0 : 1,
    frames: [
      ["picture", plane(grey)],
      ["contrast", plane(contrast)],
      ["taken", plane(ink.map((value) => Math.round(value)))],
      ["ink", found],
    ],
  };
}

export const find = silhouette;
