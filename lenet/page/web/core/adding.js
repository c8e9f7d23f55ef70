// How many strokes of a drawing add ink: mirrors lenet/drawing/adding.py.

import { boundsOf, fittedSegments } from "./ink.js";

/** @import { Segments, Stroke } from "../types" */

/** Cells along the longer side of the drawing. */
const CELLS = 32;
/** Ink this many cells from an earlier stroke, or fewer, is not new: about the width of the pen. */
const NEAR = 3;
/** A stroke adds ink if more than this many of its cells are new. */
const LEAST = 2;
/** Differences this small may be due to rounding. */
const SLACK = 1e-9;

const SIDE = CELLS + 1;
const NOBODY = 2 ** 31 - 1;

/**
 * How many strokes reach farther than the pen's width from all strokes before them. Going over a
 * line again adds no ink. Stray taps don't count.
 * @param {Stroke[]} strokes
 */
export function strokesThatAddInk(strokes) {
  const segments = fittedSegments(strokes);
  if (!segments.strokes.length) return 0;
  const { low, extent } = boundsOf(segments.points);
  if (!extent) return 0;
  const inCells = segments.points.map((value, i) => (value - low[i % 2]) * (CELLS / extent));
  const visits = { points: inCells, strokes: segments.strokes };
  const first = new Int32Array(SIDE * SIDE).fill(NOBODY);
  visitCells(visits, (cell, stroke) => {
    if (stroke < first[cell]) first[cell] = stroke;
  });
  return countAdding(visits, firstNearby(first));
}

/**
 * @param {Segments} segments in cells
 * @param {Int32Array} nearby for each cell, the first stroke within NEAR cells
 */
function countAdding(segments, nearby) {
  const last = new Int32Array(SIDE * SIDE).fill(-1);
  let [current, fresh, count] = [-1, 0, 0];
  visitCells(segments, (cell, stroke) => {
    if (stroke !== current) [current, fresh] = [stroke, 0];
    if (last[cell] === stroke || nearby[cell] < stroke) return;
    last[cell] = stroke;
    fresh++;
    if (fresh === LEAST + 1) count++;
  });
  return count;
}

/**
 * Calls `visit` with every cell that a segment passes through. A segment has a point at least every
 * cell.
 * @param {Segments} segments in cells
 * @param {(cell: number, stroke: number) => void} visit
 */
function visitCells({ points, strokes }, visit) {
  for (let i = 0; i < strokes.length; i++) {
    const [x, y] = [points[4 * i], points[4 * i + 1]];
    const [across, down] = [points[4 * i + 2] - x, points[4 * i + 3] - y];
    const longer = Math.max(Math.abs(across), Math.abs(down));
    const count = Math.max(Math.ceil(longer - SLACK), 1);
    for (let n = 0; n <= count; n++) {
      const column = Math.floor(x + across * (n / count) + SLACK);
      const row = Math.floor(y + down * (n / count) + SLACK);
      visit(row * SIDE + column, strokes[i]);
    }
  }
}

/**
 * For each cell of the grid, the first stroke within NEAR cells.
 * @param {Int32Array} first the first stroke in each cell
 */
const firstNearby = (first) => smallestAlong(smallestAlong(first, 1, SIDE), SIDE, 1);

/**
 * The smallest of the values within NEAR cells along an axis.
 * @param {Int32Array} values
 * @param {number} step from one cell to the next along the axis
 * @param {number} line from one line of cells to the next
 */
function smallestAlong(values, step, line) {
  const smallest = values.slice();
  for (let start = 0; start < SIDE * line; start += line) {
    for (let at = 0; at < SIDE; at++) {
      const end = Math.min(at + NEAR, CELLS);
      for (let near = Math.max(at - NEAR, 0); near <= end; near++) {
        const value = values[start + near * step];
        if (value < smallest[start + at * step]) smallest[start + at * step] = value;
      }
    }
  }
  return smallest;
}
