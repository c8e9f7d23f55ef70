// The largest values around each pixel: mirrors `dilation`, `ranges`, `closing` and `running_maximum`
// of lenet/drawing/contrast.py, but for two planes at once. The second one is the negative of the
// first, so that its largest values are the smallest of the first.

/** @import { Whole } from "../types" */

/**
 * Two planes in one: low + 2¹⁴ · high, both from 0 to 8191; others would spill
 * into each other. Results replace the values; they are
 * written to `spare`, because fresh memory costs about as much as the comparisons.
 * @typedef {{ height: number, width: number, data: Int32Array, spare: Int32Array }} Pairs
 */

/**
 * Where the values of a row or a column are.
 * @typedef {{ data: Int32Array, start: number, step: number }} Line
 */

// These are not exported: an exported constant would be read again for each pixel.
const BITS = 14;
const HIGHEST = (1 << (BITS - 1)) - 1;
/** The bit above each value: the highest of its `BITS`, 0 in a pair. */
const GUARDS = (HIGHEST + 1) * (1 + (1 << BITS));

/**
 * @param {number} pair
 * @param {number} which 0 for the low one, 1 for the high one
 */
export const partOf = (pair, which) => (pair >> (which * BITS)) & HIGHEST;

/**
 * Room for pairs with a margin on all sides.
 * @param {{ height: number, width: number }} size
 * @param {number} [margin]
 * @returns {Pairs}
 */
export function roomFor({ height, width }, margin = 0) {
  const count = (height + 2 * margin) * (width + 2 * margin);
  return { height, width, data: new Int32Array(count), spare: new Int32Array(count) };
}

/**
 * Stores a plane and its negative.
 * @param {Pairs} pairs
 * @param {Whole} plane
 * @param {number} white what a value and its negative add up to
 */
export function load({ data: pairs }, { data }, white) {
  for (let i = 0; i < data.length; i++) pairs[i] = data[i] + ((white - data[i]) << BITS);
}

/**
 * Stores the values of other pairs of the same size.
 * @param {Pairs} pairs
 * @param {Pairs} other
 */
export function copy({ height, width, data }, other) {
  data.set(other.data.subarray(0, height * width));
}

/**
 * Replaces each value by `white` minus it.
 * @param {Pairs} pairs
 * @param {number} white
 */
export function negate({ height, width, data }, white) {
  const both = white + (white << BITS);
  const count = height * width;
  for (let i = 0; i < count; i++) data[i] = both - data[i];
}

/**
 * The largest of 2 · radius + 1 rows around each row; outside, there are none.
 * @param {Whole} plane
 * @param {number} radius
 */
export function runningMaximum(plane, radius) {
  const pairs = roomFor(plane);
  load(pairs, plane, HIGHEST);
  raiseLines(pairs, 2 * radius + 1, radius, plane.height, false);
  return lowPlane(pairs);
}

/**
 * The largest value within a square of 2 · radius + 1 pixels around each pixel.
 * @param {Whole} plane
 * @param {number} radius
 */
export function dilation(plane, radius) {
  const pairs = roomFor(plane);
  load(pairs, plane, HIGHEST);
  dilate(pairs, radius);
  return lowPlane(pairs);
}

/**
 * The largest minus the smallest value within a square of 2 · radius + 1 pixels around each pixel.
 * @param {Whole} plane
 * @param {number} radius
 * @returns {Whole}
 */
export function ranges(plane, radius) {
  const { height, width } = plane;
  const pairs = roomFor(plane);
  load(pairs, plane, HIGHEST);
  dilate(pairs, radius);
  const data = new Int16Array(height * width);
  for (let i = 0; i < data.length; i++) {
    data[i] = partOf(pairs.data[i], 0) + partOf(pairs.data[i], 1) - HIGHEST;
  }
  return { height, width, data };
}

/**
 * @param {Pairs} pairs
 * @returns {Whole}
 */
function lowPlane({ height, width, data }) {
  const lower = new Int16Array(height * width);
  for (let i = 0; i < lower.length; i++) lower[i] = partOf(data[i], 0);
  return { height, width, data: lower };
}

/**
 * Each value becomes the largest within a square of 2 · radius + 1 pixels around it.
 * @param {Pairs} pairs
 * @param {number} radius
 */
export function dilate(pairs, radius) {
  raiseLines(pairs, 2 * radius + 1, radius, pairs.height, false);
  raiseLines(pairs, 2 * radius + 1, radius, pairs.width, true);
}

/**
 * Whatever is lower than its surroundings and narrower than a square of 2 · radius + 1 pixels is
 * filled. Beyond its edge, the picture continues: a strip of desk along the edge is not narrow.
 * @param {Pairs} pairs with room for a margin of the radius
 * @param {number} radius
 * @param {number} white
 */
export function close(pairs, radius, white) {
  const { height, width } = pairs;
  const [down, across] = [height, width].map((side) => Math.min(radius, side));
  raiseLines(pairs, 2 * down + 1, 2 * down, height + 2 * down, false);
  raiseLines(pairs, 2 * across + 1, 2 * across, width + 2 * across, true);
  negate(pairs, white);
  raiseLines(pairs, 2 * across + 1, 0, width, true);
  raiseLines(pairs, 2 * down + 1, 0, height, false);
  negate(pairs, white);
}

/**
 * Replaces the lines, rows or columns, by `count` new ones. Each is the maximum of a window of lines
 * that starts `before` lines earlier; lines outside the plane don't count. Lines are grouped into
 * blocks as long as the window, so each window is the end of one block and the start of the next
 * (van Herk 1992, Gil and Werman 1993).
 * @param {Pairs} pairs
 * @param {number} window
 * @param {number} before
 * @param {number} count
 * @param {boolean} isAcross
 */
function raiseLines(pairs, window, before, count, isAcross) {
  const { height, width, data, spare } = pairs;
  const [lines, length] = isAcross ? [width, height] : [height, width];
  const most = new Int32Array(length);
  const none = { data: most, start: 0, step: 1 };
  /** @param {number} index */
  const source = (index) => (index < lines ? lineOf(data, width, index, isAcross) : none);
  const [newHeight, newWidth] = isAcross ? [height, count] : [count, width];
  /** @param {number} index */
  const target = (index) =>
    index >= 0 && index < count ? lineOf(spare, newWidth, index, isAcross) : none;
  spare.fill(0, 0, count * length);
  for (let first = lines - 1; first >= 0; first--) {
    if ((first + 1) % window === 0) most.fill(0);
    gather(most, source(first), target(first + before));
  }
  for (let last = 0; last < count - before + window - 1; last++) {
    if (last % window === 0) most.fill(0);
    gather(most, source(last), target(last - window + 1 + before));
  }
  [pairs.height, pairs.width] = [newHeight, newWidth];
  [pairs.data, pairs.spare] = [spare, data];
}

/**
 * @param {Int32Array} data
 * @param {number} width
 * @param {number} index
 * @param {boolean} isColumn
 * @returns {Line}
 */
const lineOf = (data, width, index, isColumn) =>
  isColumn ? { data, start: index, step: width } : { data, start: index * width, step: 1 };

/**
 * Raises the largest values so far to those of a line, and another line to them.
 * @param {Int32Array} most
 * @param {Line} source
 * @param {Line} target
 */
function gather(most, source, target) {
  const { data, step } = source;
  const { data: raised, step: raisedStep } = target;
  for (let n = 0, i = source.start, to = target.start; n < most.length; n++) {
    const value = larger(data[i], most[n]);
    most[n] = value;
    raised[to] = larger(raised[to], value);
    i += step;
    to += raisedStep;
  }
}

/**
 * The larger of both values. A guard bit, set in the first, survives the subtraction where the
 * second is not larger.
 * @param {number} pair
 * @param {number} other
 */
function larger(pair, other) {
  const difference = (pair | GUARDS) - other;
  const isLarger = difference & GUARDS;
  return other + (difference & (isLarger - (isLarger >> (BITS - 1))));
}
