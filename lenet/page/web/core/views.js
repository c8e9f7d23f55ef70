// Nine views of an image, and the network's combined answer to them: lenet/reading/views.py.

import { IMAGE_SIZE } from "./config.js";

export const SHIFT = 1;
/** In degrees. */
export const TURN = 5;
export const ZOOM = 1.08;

const cos = Math.cos((TURN * Math.PI) / 180);
const sin = Math.sin((TURN * Math.PI) / 180);

/** How the content of each view differs from the image. */
export const VIEW_NAMES = [
  ...["itself", "left", "right", "up", "down"],
  ...["anticlockwise", "clockwise", "smaller", "larger"],
];

/** From each altered view to the image: [x, y] → [ax + by + right, cx + dy + down]. */
const MAPS = [
  { a: 1, b: 0, c: 0, d: 1, right: SHIFT, down: 0 },
  { a: 1, b: 0, c: 0, d: 1, right: -SHIFT, down: 0 },
  { a: 1, b: 0, c: 0, d: 1, right: 0, down: SHIFT },
  { a: 1, b: 0, c: 0, d: 1, right: 0, down: -SHIFT },
  { a: cos, b: -sin, c: sin, d: cos, right: 0, down: 0 },
  { a: cos, b: sin, c: -sin, d: cos, right: 0, down: 0 },
  { a: ZOOM, b: 0, c: 0, d: ZOOM, right: 0, down: 0 },
  { a: 1 / ZOOM, b: 0, c: 0, d: 1 / ZOOM, right: 0, down: 0 },
];

/** How many views there are. */
export const VIEWS = MAPS.length + 1;

const TABLES = MAPS.map(makeTable);

/**
 * The image itself and eight altered copies. New pixels at the edge are background.
 * @param {ArrayLike<number>} image 784 numbers
 */
export function views(image) {
  const original = new Float64Array(image);
  return [original, ...TABLES.map((table) => sample(original, table))];
}

/**
 * The logits of the answer: the mean of the views' logits.
 * @param {Float64Array[]} logits
 */
export function answerLogits(logits) {
  return logits[0].map((_, i) => mean(logits.map((view) => view[i])));
}

/**
 * How digit-like an image is, whatever the digit: low for non-digits.
 * @param {Float64Array[]} logits those of the views
 */
export const evidence = (logits) => mean(logits.map(logSumExp));

/** @param {Float64Array} logits */
export function logSumExp(logits) {
  const largest = Math.max(...logits);
  return largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}

/** @param {Float64Array} logits */
export function softmax(logits) {
  const total = logSumExp(logits);
  return logits.map((logit) => Math.exp(logit - total));
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The four pixels that each pixel of a view is interpolated from, and their shares.
 * @param {typeof MAPS[number]} map
 */
function makeTable({ a, b, c, d, right, down }) {
  const pixels = new Int32Array(4 * IMAGE_SIZE ** 2);
  const shares = new Float64Array(pixels.length);
  const centre = (IMAGE_SIZE - 1) / 2;
  for (let i = 0; i < pixels.length; i += 4) {
    const x = ((i / 4) % IMAGE_SIZE) - centre;
    const y = Math.floor(i / 4 / IMAGE_SIZE) - centre;
    const column = a * x + b * y + right + centre;
    const row = c * x + d * y + down + centre;
    for (let corner = 0; corner < 4; corner++) {
      const nearX = Math.floor(column) + (corner % 2);
      const nearY = Math.floor(row) + (corner >> 1);
      if (Math.min(nearX, nearY) < 0 || Math.max(nearX, nearY) >= IMAGE_SIZE) continue;
      pixels[i + corner] = nearY * IMAGE_SIZE + nearX;
      shares[i + corner] = (1 - Math.abs(column - nearX)) * (1 - Math.abs(row - nearY));
    }
  }
  return { pixels, shares };
}

/**
 * @param {Float64Array} image
 * @param {ReturnType<typeof makeTable>} table
 */
function sample(image, { pixels, shares }) {
  const view = new Float64Array(IMAGE_SIZE ** 2);
  for (let i = 0, k = 0; i < view.length; i++, k += 4) {
    view[i] =
      image[pixels[k]] * shares[k] +
      image[pixels[k + 1]] * shares[k + 1] +
      image[pixels[k + 2]] * shares[k + 2] +
      image[pixels[k + 3]] * shares[k + 3];
  }
  return view;
}
