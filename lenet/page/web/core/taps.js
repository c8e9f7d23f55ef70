// Stray taps, dots far from the drawing: mirrors lenet/drawing/taps.py.

/** @import { Segments } from "../types" */

/** A tap is a stroke whose longer side is at most this share of the longest stroke's. */
const TAP = 0.1;
/** A tap is stray if it is farther from the other strokes than this share of their longer side. */
const APART = 0.5;
/** With more taps than this, a drawing is dotted, and none of them is stray. */
const MOST_TAPS = 2;
/** Differences this small may be due to rounding. */
const SLACK = 1e-9;

/** @typedef {{ stroke: number, left: number, top: number, right: number, bottom: number }} Box */

/**
 * The numbers of the strokes that are stray taps.
 * @param {Segments} segments
 * @returns {Set<number>}
 */
export function strayTaps(segments) {
  const boxes = boxesOf(segments);
  const longest = Math.max(0, ...boxes.map(longerSide));
  const isTap = boxes.map((box) => longerSide(box) <= TAP * longest + SLACK);
  const taps = boxes.filter((_, i) => isTap[i]);
  if (taps.length > MOST_TAPS || taps.length === boxes.length) return new Set();
  const rest = around(boxes.filter((_, i) => !isTap[i]));
  const limit = (APART * longerSide(rest)) ** 2 + SLACK;
  return new Set(taps.filter((tap) => squaredGap(tap, rest) > limit).map(({ stroke }) => stroke));
}

/**
 * @param {Segments} segments
 * @returns {Box[]}
 */
function boxesOf({ points, strokes }) {
  /** @type {Box[]} */
  const boxes = [];
  strokes.forEach((stroke, i) => {
    if (boxes.at(-1)?.stroke !== stroke) boxes.push({ stroke, ...EMPTY });
    const box = boxes[boxes.length - 1];
    for (let at = 4 * i; at < 4 * i + 4; at += 2) {
      box.left = Math.min(box.left, points[at]);
      box.right = Math.max(box.right, points[at]);
      box.top = Math.min(box.top, points[at + 1]);
      box.bottom = Math.max(box.bottom, points[at + 1]);
    }
  });
  return boxes;
}

const EMPTY = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

/**
 * @param {Box[]} boxes
 * @returns {Box}
 */
const around = (boxes) =>
  boxes.reduce((a, b) => ({
    stroke: a.stroke,
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }));

/** @param {Box} box */
const longerSide = ({ left, top, right, bottom }) => Math.max(right - left, bottom - top);

/**
 * The squared distance between two boxes.
 * @param {Box} a
 * @param {Box} b
 */
function squaredGap(a, b) {
  const across = Math.max(a.left - b.right, b.left - a.right, 0);
  const down = Math.max(a.top - b.bottom, b.top - a.bottom, 0);
  return across ** 2 + down ** 2;
}
