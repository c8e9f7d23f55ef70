// Which components of a picture are the digit: mirrors lenet/drawing/grouping.py.

/** @import { Rectangle } from "../types" */
/** @import { Components } from "./components.js" */

import { around, boxOf, boxOfAll, contactOf, isFlat, sizeOf, sizeOfPart } from "./components.js";
import { TINY } from "./contrast.js";
import { foreignTo } from "./foreign.js";

/** What is smaller than this share of the picture's side, or 4 pixels, is not a digit. */
export const SPECK = 0.04;
/** Neither is what has less than this share of the heaviest component's mass. */
export const CRUMB = 0.005;
/** A component at the border must be this many times as heavy to be the main one. */
export const BORDER = 4;
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
/** Anything in more pieces is a pattern: print, the grain of a desk, dots. */
export const MOST_PIECES = 12;
/** At most this many patterns are removed; what is left may be a digit in any number of pieces. */
export const PATTERNS = 5;
/** If there are more parts, most of them don't belong to the digit. */
export const MOST_PARTS = 6;
/** What is smaller than this share of the digit is not a rival, however much of it there is. */
export const RIVAL = 0.25;
/** Another digit is about as high as the first… */
export const ALIKE_HEIGHT = 0.6;
/** …and about as heavy. */
export const ALIKE_MASS = 0.35;
/** Digits are farther apart than this share of their height. */
export const ASIDE = 0.1;

/**
 * What is taken for the digit: `chosen` says of each component whether it is part of it, `digits` is
 * how many digits there are, of which this is the heaviest. `clear` says whether it is none of the
 * things that are not digits: frames, sheets, what touches the border, specks. `share` is how much of
 * the mass that may be ink is in digits.
 * @typedef {{ chosen: boolean[], box: Rectangle, digits: number, clear: boolean, share: number }} Digit
 */

/**
 * The main component of a digit with the pieces of its strokes.
 * @typedef {{ chosen: boolean[], box: Rectangle }} Core
 */

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
  const likely = nativeTo(parts, found);
  const clear = likely.includes(true);
  let foreign = clear ? found : found.map(() => false);
  let native = clear ? likely : found.map(() => true);
  let { core, usable } = mainCore(parts, native, foreign, clear);
  for (let pattern = 0; pattern < PATTERNS; pattern++) {
    const removed = patternIn(parts, core);
    const rest = native.map((value, index) => value && !removed[index]);
    if (!removed.includes(true) || !rest.includes(true)) break;
    native = rest;
    foreign = foreign.map((value, index) => value || removed[index]);
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
    (value, index) => value || (!foreign[index] && isRivalOf(parts, index, box)),
  );
  const share = sumWhere(parts.mass, isDigit) / sumWhere(parts.mass, isRival);
  return { chosen, box, digits: 1 + aside.length, clear, share };
}

/**
 * Whether a component is large and high enough to compete with a digit.
 * @param {Components} parts
 * @param {number} index
 * @param {Rectangle} digit its box
 */
const isRivalOf = (parts, index, digit) =>
  !isFlat(boxOf(parts, index)) && sizeOfPart(parts, index) > RIVAL * sizeOf(digit);

/**
 * The components of a core that are print, grain or dots; none if the core may be a digit.
 * @param {Components} parts
 * @param {Core} core
 */
function patternIn(parts, { chosen, box }) {
  const pieces = chosen.filter(Boolean).length;
  // A line of print in few pieces.
  if (pieces <= MOST_PIECES) return isFlat(box) ? chosen : chosen.map(() => false);
  const sizes = chosen.map((isPiece, index) => (isPiece ? sizeOfPart(parts, index) : 0));
  const largest = sizes.reduce((most, size) => Math.max(most, size));
  // A digit amid print is larger than the letters.
  const small = sizes.map((size) => size > 0 && size <= RIVAL * largest);
  return 2 * small.filter(Boolean).length > pieces ? small : chosen;
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
