// Reduces large pictures block by block, so that they need little memory: mirrors `within` in
// lenet/drawing/contrast.py.

/** @import { Levels } from "../types" */

/** A stroke of 1% of the side is still 20 pixels wide. */
const MOST_PIXELS = 4_000_000;

/**
 * The whole factor by which a picture is reduced, so that `MOST_PIXELS` are left.
 * @param {number} width
 * @param {number} height
 */
export const reducingFactor = (width, height) =>
  Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_PIXELS)));

/**
 * Writes a block of a picture into the reduced picture: each pixel becomes the mean of
 * `factor`×`factor` pixels, or of those that exist at the edges. Colours are weighted by alpha.
 * @param {Levels} block
 * @param {number} factor
 * @param {Levels} reduced
 * @param {number} left where the block begins in `reduced`
 * @param {number} top
 */
export function reduceBlock(block, factor, reduced, left, top) {
  for (let y = 0; y < block.height; y += factor) {
    for (let x = 0; x < block.width; x += factor) {
      const to = 4 * ((top + y / factor) * reduced.width + left + x / factor);
      reducePixel(block, factor, x, y, reduced.data, to);
    }
  }
}

/**
 * @param {Levels} block
 * @param {number} factor
 * @param {number} left of the pixels that are averaged
 * @param {number} top
 * @param {Uint8ClampedArray} reduced
 * @param {number} to where the mean is written
 */
function reducePixel({ width, height, data }, factor, left, top, reduced, to) {
  const [right, bottom] = [Math.min(width, left + factor), Math.min(height, top + factor)];
  let [red, green, blue, opacity] = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let i = 4 * (y * width + left); i < 4 * (y * width + right); i += 4) {
      const alpha = data[i + 3];
      red += data[i] * alpha;
      green += data[i + 1] * alpha;
      blue += data[i + 2] * alpha;
      opacity += alpha;
    }
  }
  reduced[to] = roundedMean(red, opacity);
  reduced[to + 1] = roundedMean(green, opacity);
  reduced[to + 2] = roundedMean(blue, opacity);
  reduced[to + 3] = roundedMean(opacity, (right - left) * (bottom - top));
}

/**
 * The mean of whole numbers, with halves rounded up; 0 if nothing has weight.
 * @param {number} sum
 * @param {number} weight
 */
const roundedMean = (sum, weight) => (weight ? Math.floor((2 * sum + weight) / (2 * weight)) : 0);
