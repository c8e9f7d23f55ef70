// The sheet in a picture: the paper that a digit is on, without the desk around it. Mirrors
// lenet/drawing/sheet.py.

/** @import { Whole } from "../types" */
/** @import { Mask } from "./components.js" */

import { components, maskOf } from "./components.js";
import { largest } from "./contrast.js";
import { ranges } from "./extremes.js";

/** A picture is divided into about so many blocks along its longer side. */
export const ACROSS = 50;
/** Neighbouring blocks of a sheet differ by less than this share of the highest lightness. */
export const FLAT = 0.06;
/** A smaller surface is not a sheet. */
export const SMALLEST = 0.1;
/** Around a larger one, there is nothing to leave out. */
export const LARGEST = 0.9;

/**
 * Where a working picture shows the largest even surface, with the writing on it; null if there is
 * no such surface, or if it fills the picture.
 * @param {Whole[]} working
 * @returns {Mask | null}
 */
export function sheet(working) {
  const { height, width } = working[0];
  const block = Math.floor(Math.max(height, width) / ACROSS);
  if (block < 2 || Math.min(height, width) < block) return null;
  const even = evenBlocks(working.map((plane) => lightest(plane, block)));
  const parts = components(even, 0);
  if (!parts.count) return null;
  const main = parts.area.indexOf(parts.area.reduce((most, area) => Math.max(most, area)));
  const everything = { top: 0, left: 0, bottom: even.height, right: even.width };
  const filled = filledMask(maskOf(parts, (index) => index === main, everything));
  const share = filled.data.reduce((sum, value) => sum + value, 0) / filled.data.length;
  return share > SMALLEST && share < LARGEST ? enlarged(filled, block, height, width) : null;
}

/**
 * The highest lightness of each block, so that thin dark strokes disappear.
 * @param {Whole} plane
 * @param {number} block
 * @returns {Whole}
 */
function lightest(plane, block) {
  const [height, width] = [plane.height, plane.width].map((side) => Math.floor(side / block));
  const data = new Int16Array(height * width);
  for (let y = 0; y < height * block; y++) {
    const row = Math.floor(y / block) * width;
    for (let x = 0; x < width * block; x++) {
      const i = row + Math.floor(x / block);
      data[i] = Math.max(data[i], plane.data[y * plane.width + x]);
    }
  }
  return { height, width, data };
}

/**
 * 1 for the blocks whose neighbours have nearly the same lightness in all channels.
 * @param {Whole[]} blocks
 * @returns {Whole}
 */
function evenBlocks(blocks) {
  const limit = FLAT * Math.max(...blocks.map(({ data }) => largest(data)));
  const data = new Int16Array(blocks[0].data.length).fill(1);
  for (const plane of blocks) {
    const range = ranges(plane, 1).data;
    for (let i = 0; i < data.length; i++) if (range[i] >= limit) data[i] = 0;
  }
  return { ...blocks[0], data };
}

/**
 * A mask with everything that lies between two of its pixels in a row and in a column.
 * @param {Mask} mask
 * @returns {Mask}
 */
function filledMask({ height, width, data }) {
  const filled = new Uint8Array(data.length).fill(1);
  for (let y = 0; y < height; y++) keepBetween(data, filled, y * width, 1, width);
  for (let x = 0; x < width; x++) keepBetween(data, filled, x, width, height);
  return { height, width, data: filled };
}

/**
 * Empties a line of `filled` before the first and after the last pixel of `data`.
 * @param {Uint8Array} data
 * @param {Uint8Array} filled
 * @param {number} start
 * @param {number} step
 * @param {number} count
 */
function keepBetween(data, filled, start, step, count) {
  let [first, last] = [0, count - 1];
  while (first < count && !data[start + first * step]) first++;
  while (last > first && !data[start + last * step]) last--;
  for (let i = 0; i < count; i++) if (i < first || i > last) filled[start + i * step] = 0;
}

/**
 * A mask of blocks as one of pixels; the last blocks continue to the edge.
 * @param {Mask} mask
 * @param {number} block
 * @param {number} height
 * @param {number} width
 * @returns {Mask}
 */
function enlarged(mask, block, height, width) {
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.min(Math.floor(y / block), mask.height - 1) * mask.width;
    for (let x = 0; x < width; x++) {
      data[y * width + x] = mask.data[row + Math.min(Math.floor(x / block), mask.width - 1)];
    }
  }
  return { height, width, data };
}
