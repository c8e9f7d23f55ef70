// The connected parts of what stands out in a picture, and which of them are the digit: mirrors
// lenet/drawing/components.py, in whole numbers.

/** @import { Rectangle, Whole } from "../types" */

import { TINY } from "./contrast.js";

/**
 * What touches the picture's border along more than this share of the shorter side is not a digit:
 * it is a desk, a shadow, a finger or the next sheet.
 */
export const CONTACT = 0.3;
/** A digit that touches the border fills at least this share of the picture: it was cut out. */
export const FILLING = 0.5;
/** Frames, printed boxes and sheets are longer than this share of the picture's side… */
export const FRAME = 0.1;
/** …and their shorter side is at least this share of their longer one. */
export const SQUARE = 0.4;
/**
 * A frame or a sheet lies along at least this share of all four sides of its box; a zero doesn't.
 */
export const STRAIGHT = 0.85;
/** A printed box lies along more than this share of each side, and may be empty. */
export const PRINTED = 0.95;
/** A sheet covers more than this share of its box, a frame less. */
export const SOLID = 0.6;
/** A frame contains something of more than this share of its size. */
export const CONTENT = 0.15;
/** What is smaller than this share of the picture's side, or 4 pixels, is not a digit. */
export const SPECK = 0.04;
/** Neither is what has less than this share of the heaviest component's mass. */
export const CRUMB = 0.005;
/** A part of the digit has at least this share of the main component's mass. */
export const PART = 0.03;
/** Its mean contrast is at least this share of the main component's. */
export const PALE = 0.4;
/** Components that are closer than this share of their size are pieces of a broken stroke. */
export const BROKEN = 0.08;
/** So are those closer than this share of the picture's side: a ballpoint skips that far. */
export const SKIP = 0.015;
/** Other parts, such as the flag of a 5, are at most this share of the digit's size away. */
export const NEAR = 0.2;
/** Another digit is about as high as the first… */
export const ALIKE_HEIGHT = 0.6;
/** …and about as heavy. */
export const ALIKE_MASS = 0.35;
/** Digits are farther apart than this share of their height. */
export const ASIDE = 0.1;
/** Anything in more pieces is a pattern: print, the grain of a desk, dots. */
export const MOST_PIECES = 12;
/** At most this many patterns are removed; what is left may be a digit in any number of pieces. */
export const PATTERNS = 2;
/** If there are more parts, most of them don't belong to the digit. */
export const MOST_PARTS = 6;
/** What is smaller than this share of the digit is not a rival, however much of it there is. */
export const RIVAL = 0.25;
/** A component at the border must be this many times as heavy to be the main one. */
export const BORDER = 4;
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
 * What is taken for the digit: `chosen` says of each component whether it is part of it, `digits` is
 * how many digits there are, of which this is the heaviest. `clear` says whether it is none of the
 * things that are not digits: frames, sheets, what touches the border, specks. `share` is the share
 * of the mass that may be ink and is in digits.
 * @typedef {{ chosen: boolean[], box: Rectangle, digits: number, clear: boolean, share: number }} Digit
 */

/**
 * The main component of a digit with the pieces of its strokes.
 * @typedef {{ chosen: boolean[], box: Rectangle }} Core
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
const boxOf = ({ top, left, bottom, right }, index) => ({
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
function boxOfAll(parts, chosen) {
  const indexes = [...chosen.keys()].filter((index) => chosen[index]);
  return indexes.map((index) => boxOf(parts, index)).reduce(around);
}

/**
 * The smallest rectangle that contains both.
 * @param {Rectangle} one
 * @param {Rectangle} other
 * @returns {Rectangle}
 */
const around = (one, other) => ({
  top: Math.min(one.top, other.top),
  left: Math.min(one.left, other.left),
  bottom: Math.max(one.bottom, other.bottom),
  right: Math.max(one.right, other.right),
});

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
 * The heaviest component that may be a digit, with those that belong to it. In a tiny picture, every
 * component belongs to the digit.
 * @param {Components} parts at least one
 * @returns {Digit}
 */
export function digit(parts) {
  if (Math.max(parts.height, parts.width) <= TINY) {
    const chosen = new Array(parts.count).fill(true);
    return { chosen, box: boxOfAll(parts, chosen), digits: 1, clear: true, share: 1 };
  }
  const found = foreignTo(parts);
  const clear = nativeTo(parts, found).includes(true);
  let foreign = clear ? found : found.map(() => false);
  let native = clear ? nativeTo(parts, found) : found.map(() => true);
  let { core, usable } = mainCore(parts, native, foreign, clear);
  for (let pattern = 0; pattern < PATTERNS; pattern++) {
    const { chosen } = core;
    const rest = native.map((value, index) => value && !chosen[index]);
    if (chosen.filter(Boolean).length <= MOST_PIECES || !rest.includes(true)) break;
    native = rest;
    foreign = foreign.map((value, index) => value || chosen[index]);
    ({ core, usable } = mainCore(parts, native, foreign, clear));
  }
  const others = usable.map((value, index) => value && !core.chosen[index]);
  const aside = otherDigits(parts, core, others);
  const isAside = others.map((_, index) => aside.some((other) => other.chosen[index]));
  const isPart = otherParts(
    parts,
    core,
    others.map((value, index) => value && !isAside[index]),
  );
  const chosen = core.chosen.map((value, index) => value || isPart[index]);
  const box = boxOfAll(parts, chosen);
  const isDigit = chosen.map((value, index) => value || isAside[index]);
  const isRival = isDigit.map(
    (value, index) => value || (!foreign[index] && sizeOfPart(parts, index) > RIVAL * sizeOf(box)),
  );
  const share = sumWhere(parts.mass, isDigit) / sumWhere(parts.mass, isRival);
  return { chosen, box, digits: 1 + aside.length, clear, share };
}

/**
 * The core of the heaviest native component, and what may be drawn with the same pen.
 * @param {Components} parts
 * @param {boolean[]} native
 * @param {boolean[]} foreign
 * @param {boolean} clear
 */
function mainCore(parts, native, foreign, clear) {
  const main = mainOf(parts, native);
  const usable = foreign.map(
    (value, index) =>
      !value && isLikeInkOf(parts, main, index) && !(clear && contactOf(parts, index)),
  );
  return { core: coreOf(parts, main, usable), usable };
}

/**
 * Which components may be the digit: neither foreign nor specks or crumbs.
 * @param {Components} parts
 * @param {boolean[]} foreign
 */
function nativeTo(parts, foreign) {
  const large = Math.max(SPECK * Math.max(parts.height, parts.width), 4);
  const heavy = CRUMB * parts.mass.reduce((most, mass) => Math.max(most, mass));
  return foreign.map(
    (value, index) => !value && sizeOfPart(parts, index) > large && parts.mass[index] > heavy,
  );
}

/**
 * @param {Float64Array} values
 * @param {boolean[]} isWanted
 */
const sumWhere = (values, isWanted) =>
  values.reduce((sum, value, index) => (isWanted[index] ? sum + value : sum), 0);

/**
 * The first of the heaviest native components; those at the picture's border count less.
 * @param {Components} parts
 * @param {boolean[]} native
 */
function mainOf(parts, native) {
  let [main, most] = [-1, -1];
  for (const [index, isNative] of native.entries()) {
    const weight = parts.mass[index] * (contactOf(parts, index) ? 1 : BORDER);
    if (isNative && weight > most) [main, most] = [index, weight];
  }
  return main;
}

/**
 * The pixels of a component on the picture's border.
 * @param {Components} parts
 * @param {number} index
 */
const contactOf = ({ contact }, index) => contact.reduce((sum, side) => sum + side[index], 0);

/**
 * @param {Components} parts
 * @param {number} index
 */
const sizeOfPart = (parts, index) => sizeOf(boxOf(parts, index));

/**
 * Which components are not digits: what lies along the border, frames, sheets.
 * @param {Components} parts
 */
function foreignTo(parts) {
  return Array.from({ length: parts.count }, (_, index) => isForeign(parts, index));
}

/**
 * @param {Components} parts
 * @param {number} index
 */
function isForeign(parts, index) {
  const { height, width, contact } = parts;
  const [top, bottom, left, right] = contact.map((side) => side[index] > 0);
  const sides = [top, bottom, left, right].filter(Boolean).length;
  if ((top && bottom) || (left && right) || sides > 2) return true;
  if (contactOf(parts, index) > CONTACT * Math.min(height, width)) return true;
  const size = sizeOfPart(parts, index);
  const side = Math.max(height, width);
  if (sides && size < FILLING * side) return true;
  return size > FRAME * side && isRectangle(parts, index);
}

/**
 * Whether a component is a sheet, a printed box, or a frame around something.
 * @param {Components} parts
 * @param {number} index
 */
function isRectangle(parts, index) {
  const mask = maskOf(parts, (other) => other === index, boxOf(parts, index));
  const { height, width } = mask;
  if (Math.min(height, width) < SQUARE * Math.max(height, width)) return false;
  const down = Math.max(2, height >> 3);
  const right = Math.max(2, width >> 3);
  const sides = [
    shareOfColumns(mask, 0, down),
    shareOfColumns(mask, height - down, height),
    shareOfRows(mask, 0, right),
    shareOfRows(mask, width - right, width),
  ];
  const straight = Math.min(...sides);
  if (straight < STRAIGHT) return false;
  if (straight > PRINTED || parts.area[index] / (height * width) > SOLID) return true;
  return containsSomething(parts, index);
}

/**
 * The share of a mask's columns in which something is between two rows.
 * @param {Mask} mask
 * @param {number} top
 * @param {number} bottom
 */
function shareOfColumns({ width, data }, top, bottom) {
  let count = 0;
  for (let x = 0; x < width; x++) {
    let y = top;
    while (y < bottom && !data[y * width + x]) y++;
    if (y < bottom) count++;
  }
  return count / width;
}

/**
 * The share of a mask's rows in which something is between two columns.
 * @param {Mask} mask
 * @param {number} left
 * @param {number} right
 */
function shareOfRows({ height, width, data }, left, right) {
  let count = 0;
  for (let y = 0; y < height; y++) {
    if (data.subarray(y * width + left, y * width + right).includes(1)) count++;
  }
  return count / height;
}

/**
 * @param {Components} parts
 * @param {number} frame
 */
function containsSomething(parts, frame) {
  const outer = boxOf(parts, frame);
  for (let index = 0; index < parts.count; index++) {
    const box = boxOf(parts, index);
    const isInside =
      box.top > outer.top &&
      box.bottom < outer.bottom &&
      box.left > outer.left &&
      box.right < outer.right;
    if (isInside && sizeOf(box) > CONTENT * sizeOf(outer)) return true;
  }
  return false;
}

/**
 * Whether a component is heavy enough, and dark enough, to be drawn with the same pen as the main
 * one.
 * @param {Components} parts
 * @param {number} main
 * @param {number} index
 */
function isLikeInkOf({ mass, area }, main, index) {
  if (!(mass[index] > PART * mass[main])) return false;
  // Means are compared as products, which are whole numbers.
  return mass[index] * area[main] > PALE * mass[main] * area[index];
}

/**
 * The main component with the pieces of its strokes, the pieces next to them, and so on.
 * @param {Components} parts
 * @param {number} main
 * @param {boolean[]} usable
 * @returns {Core}
 */
function coreOf(parts, main, usable) {
  const chosen = usable.map((_, index) => index === main);
  let box = boxOf(parts, main);
  for (;;) {
    const gap = Math.max(BROKEN * sizeOf(box), SKIP * Math.max(parts.height, parts.width));
    const pieces = [...chosen.keys()].filter(
      (index) => usable[index] && !chosen[index] && isNear(parts, box, gap, index),
    );
    if (!pieces.length) return { chosen, box };
    for (const index of pieces) {
      chosen[index] = true;
      box = around(box, boxOf(parts, index));
    }
  }
}

/**
 * Whether a component's box is less than `gap` pixels away from a box.
 * @param {Components} parts
 * @param {Rectangle} box
 * @param {number} gap
 * @param {number} index
 */
function isNear(parts, box, gap, index) {
  const { top, left, bottom, right } = boxOf(parts, index);
  const across = Math.max(left - box.right, box.left - right);
  const down = Math.max(top - box.bottom, box.top - bottom);
  return Math.max(across, down) < gap;
}

/**
 * Which components are parts of the digit that are not connected with its core.
 * @param {Components} parts
 * @param {Core} core
 * @param {boolean[]} usable
 */
function otherParts(parts, { box }, usable) {
  const near = usable.map((value, index) => value && isNear(parts, box, NEAR * sizeOf(box), index));
  if (near.filter(Boolean).length <= MOST_PARTS) return near;
  // So many are a pattern: dots on paper, holes of a notebook, the grain of a desk.
  return near.map((value, index) => value && sizeOfPart(parts, index) > RIVAL * sizeOf(box));
}

/**
 * The digits to the left or right of a digit's core, each with the pieces of its strokes.
 * @param {Components} parts
 * @param {Core} core
 * @param {boolean[]} others
 */
function otherDigits(parts, core, others) {
  const usable = [...others];
  const large = RIVAL * sizeOf(core.box);
  const found = [];
  for (;;) {
    let main = -1;
    for (const [index, isUsable] of usable.entries()) {
      if (!isUsable || sizeOfPart(parts, index) <= large) continue;
      if (main < 0 || parts.mass[index] > parts.mass[main]) main = index;
    }
    if (main < 0) return found;
    const other = coreOf(parts, main, usable);
    if (isAnotherDigit(parts, core, other)) found.push(other);
    for (const [index, isPiece] of other.chosen.entries()) if (isPiece) usable[index] = false;
  }
}

/**
 * Whether a second core is next to a digit's and a digit in its own right.
 * @param {Components} parts
 * @param {Core} core
 * @param {Core} other
 */
function isAnotherDigit(parts, core, other) {
  const [height, otherHeight] = [core, other].map(({ box }) => box.bottom - box.top);
  const [low, high] = [Math.min(height, otherHeight), Math.max(height, otherHeight)];
  const [mass, otherMass] = [core, other].map(({ chosen }) => sumWhere(parts.mass, chosen));
  const gap = Math.max(other.box.left - core.box.right, core.box.left - other.box.right);
  return low > ALIKE_HEIGHT * high && otherMass > ALIKE_MASS * mass && gap > ASIDE * height;
}
