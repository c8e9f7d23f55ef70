// What is not a digit among the components of a picture: mirrors lenet/drawing/foreign.py.

/** @import { Rectangle } from "../types" */
/** @import { Components, Mask } from "./components.js" */

import { around, boxOf, contactOf, maskOf, sizeOf, sizeOfPart } from "./components.js";

/**
 * What touches the picture's border along more than this share of the shorter side is not a digit:
 * it is a desk, a shadow, a finger or the next sheet.
 */
export const CONTACT = 0.3;
/** A digit that touches the border fills at least this share of the picture: it was cut out. */
export const FILLING = 0.5;
/** Frames, printed boxes, their sides and sheets are longer than this share of the picture. */
export const FRAME = 0.1;
/** The shorter side of a frame, box or sheet is at least this share of the longer one. */
export const SQUARE = 0.4;
/**
 * A sheet lies along more than this share of each side of its box, and a frame around something
 * along more than this share of three sides; a zero doesn't.
 */
export const STRAIGHT = 0.85;
/** A printed box lies along more than this share of each side, and may be empty. */
export const PRINTED = 0.95;
/** A sheet covers more than this share of its box. */
export const SOLID = 0.6;
/** A frame contains something of more than this share of its size. */
export const CONTENT = 0.15;
/** The sides of printed boxes are more than this many times as long as thick… */
export const SLIM = 6;
/**
 * …and opposite ones start and end in the same rows or columns, to within this share of the
 * picture's side. Ones next to each other, as in 101, are not that equal.
 */
export const ALIGNED = 0.005;

/**
 * Which components are not digits: what lies along the border, frames, sheets, printed boxes.
 * @param {Components} parts
 */
export function foreignTo(parts) {
  const foreign = Array.from({ length: parts.count }, (_, index) => isForeign(parts, index));
  for (const index of sidesOfBoxes(parts)) foreign[index] = true;
  return foreign;
}

/**
 * Straight bars around something: printed boxes whose other two sides are pale or erased.
 * @param {Components} parts
 */
function sidesOfBoxes(parts) {
  const { top, left, bottom, right } = parts;
  return [...barsAroundSomething(parts, top, bottom), ...barsAroundSomething(parts, left, right)];
}

/**
 * @param {Components} parts
 * @param {Int32Array} start where components start in the direction of the bars
 * @param {Int32Array} stop
 */
function barsAroundSomething(parts, start, stop) {
  const side = Math.max(parts.height, parts.width);
  const bars = Array.from(start.keys()).filter((index) => {
    const length = stop[index] - start[index];
    return isBar(parts, index, length) && length > FRAME * side;
  });
  return bars.filter((index) => {
    const aligned = bars.filter((other) => {
      const apart = [start[other] - start[index], stop[other] - stop[index]].map(Math.abs);
      return Math.max(...apart) < ALIGNED * side;
    });
    const boxes = aligned.map((other) => boxOf(parts, other));
    return containsSomething(parts, boxes.reduce(around));
  });
}

/**
 * Whether a component is straight, and more than `SLIM` times as long as thick.
 * @param {Components} parts
 * @param {number} index
 * @param {number} length
 */
function isBar({ area, ...parts }, index, length) {
  const height = parts.bottom[index] - parts.top[index];
  const width = parts.right[index] - parts.left[index];
  return 2 * area[index] > height * width && length > SLIM * Math.min(height, width);
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
  const [worst, second] = sides.sort((one, other) => one - other);
  const coverage = parts.area[index] / (height * width);
  if (worst > PRINTED || (worst > STRAIGHT && coverage > SOLID)) return true;
  return second > STRAIGHT && containsSomething(parts, boxOf(parts, index));
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
 * @param {Rectangle} outer
 */
function containsSomething(parts, outer) {
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
