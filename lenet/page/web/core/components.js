// The connected parts of what stands out in a picture: mirrors lenet/drawing/components.py, in whole
// numbers.

/** @import { Rectangle, Whole } from "../types" */

/** Anything more than this many times as wide as high is print or a rule. No digit is that wide. */
export const TOO_WIDE = 1.75;
/** The overlap of a box with itself. */
export const WHOLE_BOX = 1000;

/**
 * Horizontal runs of pixels from top to bottom, from left to right; `stop` is exclusive.
 * @typedef {{ row: Int32Array, start: Int32Array, stop: Int32Array }} Runs
 */

/**
 * Components in the order of their first pixels. `owner` is the component of each run. All other
 * arrays have a number for each component: its box, its pixels, the sum of its contrast, and its
 * pixels on the picture's top, bottom, left and right border.
 * @typedef {{
 *   height: number, width: number, count: number, runs: Runs, owner: Int32Array,
 *   top: Int32Array, left: Int32Array, bottom: Int32Array, right: Int32Array,
 *   area: Int32Array, mass: Float64Array, contact: Int32Array[],
 * }} Components
 */

/**
 * A mask within a rectangle: 1 where something is, 0 elsewhere.
 * @typedef {{ height: number, width: number, data: Uint8Array }} Mask
 */

/**
 * The 8-connected components of the pixels above a threshold.
 * @param {Whole} plane
 * @param {number} threshold
 * @returns {Components}
 */
export function components(plane, threshold) {
  const runs = runsAbove(plane, threshold);
  const { owner, count } = owners(runs);
  const { height, width } = plane;
  const parts = {
    height,
    width,
    count,
    runs,
    owner,
    top: new Int32Array(count).fill(height),
    left: new Int32Array(count).fill(width),
    bottom: new Int32Array(count),
    right: new Int32Array(count),
    area: new Int32Array(count),
    mass: new Float64Array(count),
    contact: Array.from({ length: 4 }, () => new Int32Array(count)),
  };
  for (let run = 0; run < owner.length; run++) measure(parts, run, plane.data);
  return parts;
}

/**
 * Adds a run to the measures of its component.
 * @param {Components} parts
 * @param {number} run
 * @param {Int16Array} data
 */
function measure({ height, width, runs, owner, contact, ...parts }, run, data) {
  const index = owner[run];
  const [row, start, stop] = [runs.row[run], runs.start[run], runs.stop[run]];
  parts.top[index] = Math.min(parts.top[index], row);
  parts.left[index] = Math.min(parts.left[index], start);
  parts.bottom[index] = Math.max(parts.bottom[index], row + 1);
  parts.right[index] = Math.max(parts.right[index], stop);
  parts.area[index] += stop - start;
  for (let i = row * width + start; i < row * width + stop; i++) parts.mass[index] += data[i];
  if (row === 0) contact[0][index] += stop - start;
  if (row === height - 1) contact[1][index] += stop - start;
  if (start === 0) contact[2][index]++;
  if (stop === width) contact[3][index]++;
}

/**
 * @param {Whole} plane
 * @param {number} threshold
 * @returns {Runs}
 */
function runsAbove({ height, width, data }, threshold) {
  const most = height * ((width + 1) >> 1);
  const row = new Int32Array(most);
  const start = new Int32Array(most);
  const stop = new Int32Array(most);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++) {
    let inside = false;
    for (let x = 0; x < width; x++, i++) {
      if (data[i] > threshold === inside) continue;
      inside = !inside;
      if (inside) {
        row[count] = y;
        start[count] = x;
      } else {
        stop[count++] = x;
      }
    }
    if (inside) stop[count++] = width;
  }
  return { row: row.slice(0, count), start: start.slice(0, count), stop: stop.slice(0, count) };
}

/**
 * The component of each run, numbered in the order of their first runs.
 * @param {Runs} runs
 */
function owners(runs) {
  const root = connected(runs);
  const owner = new Int32Array(root.length);
  let count = 0;
  for (let run = 0; run < owner.length; run++) {
    owner[run] = root[run] === run ? count++ : owner[root[run]];
  }
  return { owner, count };
}

/**
 * The first run of each run's component. Runs of neighbouring rows are connected if their pixels
 * touch, corners included.
 * @param {Runs} runs
 */
function connected({ row, start, stop }) {
  const parent = Int32Array.from(row, (_, run) => run);
  for (let lower = 0, first = 0; lower < row.length; lower++) {
    const above = row[lower] - 1;
    while (row[first] < above || (row[first] === above && stop[first] < start[lower])) first++;
    for (let upper = first; row[upper] === above && start[upper] <= stop[lower]; upper++) {
      join(parent, upper, lower);
    }
  }
  for (let run = 0; run < parent.length; run++) parent[run] = parent[parent[run]];
  return parent;
}

/**
 * @param {Int32Array} parent
 * @param {number} upper
 * @param {number} lower
 */
function join(parent, upper, lower) {
  const a = rootOf(parent, upper);
  const b = rootOf(parent, lower);
  // Parents come before their children, so a component's root is its first run.
  parent[Math.max(a, b)] = Math.min(a, b);
}

/**
 * @param {Int32Array} parent
 * @param {number} run
 */
function rootOf(parent, run) {
  let root = run;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}

/**
 * The longer side of a rectangle.
 * @param {Rectangle} box
 */
export const sizeOf = ({ top, left, bottom, right }) => Math.max(bottom - top, right - left);

/**
 * The pixels of a rectangle.
 * @param {Rectangle} box
 */
const areaOf = ({ top, left, bottom, right }) => (bottom - top) * (right - left);

/**
 * Intersection over union of two rectangles, from 0 to `WHOLE_BOX`.
 * @param {Rectangle} one
 * @param {Rectangle} other
 */
export function overlap(one, other) {
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const both = Math.max(down, 0) * Math.max(across, 0);
  return Math.floor((WHOLE_BOX * both) / (areaOf(one) + areaOf(other) - both));
}

/**
 * A rectangle with a margin on all sides, within a picture.
 * @param {Rectangle} box
 * @param {number} margin
 * @param {{ height: number, width: number }} picture
 * @returns {Rectangle}
 */
export const grown = ({ top, left, bottom, right }, margin, { height, width }) => ({
  top: Math.max(0, top - margin),
  left: Math.max(0, left - margin),
  bottom: Math.min(height, bottom + margin),
  right: Math.min(width, right + margin),
});

/**
 * The box of one component.
 * @param {Components} parts
 * @param {number} index
 * @returns {Rectangle}
 */
export const boxOf = ({ top, left, bottom, right }, index) => ({
  top: top[index],
  left: left[index],
  bottom: bottom[index],
  right: right[index],
});

/**
 * The box around the chosen components, at least one.
 * @param {Components} parts
 * @param {boolean[]} chosen
 */
export function boxOfAll(parts, chosen) {
  const indexes = [...chosen.keys()].filter((index) => chosen[index]);
  return indexes.map((index) => boxOf(parts, index)).reduce(around);
}

/**
 * The smallest rectangle that contains both.
 * @param {Rectangle} one
 * @param {Rectangle} other
 * @returns {Rectangle}
 */
export const around = (one, other) => ({
  top: Math.min(one.top, other.top),
  left: Math.min(one.left, other.left),
  bottom: Math.max(one.bottom, other.bottom),
  right: Math.max(one.right, other.right),
});

/**
 * Whether a box is too wide for a digit.
 * @param {Rectangle} box
 */
export const isFlat = ({ top, left, bottom, right }) => right - left > TOO_WIDE * (bottom - top);

/**
 * The pixels of some components within a box.
 * @param {Components} parts
 * @param {(index: number) => boolean} isChosen
 * @param {Rectangle} box
 * @returns {Mask}
 */
export function maskOf({ runs, owner }, isChosen, { top, left, bottom, right }) {
  const [height, width] = [bottom - top, right - left];
  const data = new Uint8Array(height * width);
  for (let run = 0; run < owner.length; run++) {
    const y = runs.row[run] - top;
    if (y < 0 || y >= height || !isChosen(owner[run])) continue;
    const start = Math.max(runs.start[run] - left, 0);
    const stop = Math.min(runs.stop[run] - left, width);
    if (start < stop) data.fill(1, y * width + start, y * width + stop);
  }
  return { height, width, data };
}

/**
 * The pixels of a component on the picture's border.
 * @param {Components} parts
 * @param {number} index
 */
export const contactOf = ({ contact }, index) =>
  contact.reduce((sum, side) => sum + side[index], 0);

/**
 * @param {Components} parts
 * @param {number} index
 */
export const sizeOfPart = (parts, index) => sizeOf(boxOf(parts, index));
