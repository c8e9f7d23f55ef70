// How far a drawing can be moved and bent before the answer changes: mirrors
// lenet/reading/robustness.py.

import { base64 } from "./bytes.js";
import { boundsOnPad, fittingPen, inkFromSketch, inkOnPad, STROKE_WIDTH } from "./ink.js";
import { inkBounds, isBlank, levelsOf, PAD_PIXELS, resize, roundHalfUp } from "./preprocessing.js";
import { sketchOf } from "./sketch.js";

/** @import { Bend, CompassCell, Plane, Progress, Sketch, Stroke } from "../types" */
/** @import { Predictor } from "./reading.js" */

/** @type {Bend} */
const UNCHANGED = Object.freeze({
  right: 0,
  down: 0,
  turn: 0,
  size: 1,
  slant: 0,
  thickness: 1,
});

const SHIFTS = [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6];
const TURNS = [-60, -40, -20, 0, 20, 40, 60];
const SLANTS = [-1.2, -0.8, -0.4, 0, 0.4, 0.8, 1.2];
const FACTORS = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8];

/**
 * What changes from column to column, and from row to row.
 * @typedef {{ columns: { key: keyof Bend, values: number[] }, rows: { key: keyof Bend, values: number[] } }} Grid
 */

/** @type {Record<string, Grid>} */
export const GRIDS = {
  shift: { columns: { key: "right", values: SHIFTS }, rows: { key: "down", values: SHIFTS } },
  turn: { columns: { key: "turn", values: TURNS }, rows: { key: "size", values: FACTORS } },
  slant: {
    columns: { key: "slant", values: SLANTS },
    rows: { key: "thickness", values: FACTORS },
  },
};

/**
 * The answers to the variants of a sketch in one of GRIDS, row by row. The cell in the middle is the
 * sketch itself.
 * @param {Predictor} predictor
 * @param {{ sketch: Sketch, grid: string }} argument
 * @returns {Generator<Progress, CompassCell[][]>}
 */
export function* compass(predictor, { sketch, grid }) {
  const rows = bends(grid);
  const total = rows.flat().length;
  /** @type {CompassCell[][]} */
  const cells = [];
  for (const [y, row] of rows.entries()) {
    cells.push([]);
    for (const bend of row) {
      const { state, label, nearest, confidence } = predictor.readSketch(variant(sketch, bend));
      cells[y].push({ bend, state, label, nearest, probability: confidence });
      yield { done: y * row.length + cells[y].length, total };
    }
  }
  return cells;
}

/**
 * The bends of one of GRIDS, row by row.
 * @param {string} grid
 * @returns {Bend[][]}
 */
function bends(grid) {
  const { columns, rows } = GRIDS[grid];
  return rows.values.map((row) =>
    columns.values.map((column) => ({ ...UNCHANGED, [columns.key]: column, [rows.key]: row })),
  );
}

/**
 * A sketch, moved and bent; what leaves the pad is lost. Thinner and wider variants don't contain
 * stray taps.
 * @param {Sketch} sketch
 * @param {Bend} bend
 * @returns {Sketch}
 */
export function variant(sketch, bend) {
  if (isUnchanged(bend)) return sketch;
  const { strokes, picture } = sketch;
  if (picture !== null) {
    const ink = resize(inkFromSketch(sketch), PAD_PIXELS, PAD_PIXELS);
    return sketchOfInk(thicken(bendInk(ink, bend), bend.thickness));
  }
  const bent = bendStrokes(strokes, bend);
  if (bend.thickness === 1) return { strokes: bent, picture: null };
  const pen = fittingPen(boundsOnPad(bent)?.extent ?? 0) * bend.thickness;
  return sketchOfInk(inkOnPad(bent, PAD_PIXELS, pen, false));
}

/** @param {Bend} bend */
const isUnchanged = (bend) =>
  Object.entries(UNCHANGED).every(
    ([key, value]) => bend[/** @type {keyof Bend} */ (key)] === value,
  );

/**
 * A sketch that contains only this square of ink.
 * @param {Plane} ink
 * @returns {Sketch}
 */
export const sketchOfInk = (ink) => sketchOf(base64(levelsOf(ink)));

/**
 * Strokes, moved and bent; coordinates are rounded to thousandths, as on the pad.
 * @param {Stroke[]} strokes
 * @param {Bend} bend
 * @returns {Stroke[]}
 */
function bendStrokes(strokes, bend) {
  const bounds = boundsOnPad(strokes);
  if (!bounds) return strokes;
  const [middleX, middleY] = [0, 1].map((axis) => (bounds.low[axis] + bounds.high[axis]) / 2);
  const { a, b, c, d } = matrix(bend);
  return strokes.map((stroke) =>
    stroke.map(([pointX, pointY]) => {
      const [x, y] = [pointX - middleX, pointY - middleY];
      return [
        roundHalfUp((a * x + b * y + middleX + bend.right) * 1000) / 1000,
        roundHalfUp((c * x + d * y + middleY + bend.down) * 1000) / 1000,
      ];
    }),
  );
}

/**
 * Square ink, moved and bent, interpolated between the four nearest pixels.
 * @param {Plane} ink
 * @param {Bend} bend
 * @returns {Plane}
 */
function bendInk(ink, bend) {
  const side = ink.width;
  const { top, left, bottom, right } = inkBounds(ink);
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const { a, b, c, d } = matrix(bend);
  const determinant = a * d - b * c;
  const data = new Float32Array(side * side);
  for (let i = 0; i < data.length; i++) {
    const x = (i % side) + 0.5 - middleX - bend.right * side;
    const y = Math.floor(i / side) + 0.5 - middleY - bend.down * side;
    data[i] = sample(
      ink,
      (d * x - b * y) / determinant + middleX - 0.5,
      (a * y - c * x) / determinant + middleY - 0.5,
    );
  }
  return { ...ink, data };
}

/**
 * The ink at a point between pixels; there is none outside.
 * @param {Plane} ink
 * @param {number} x
 * @param {number} y
 */
function sample({ height, width, data }, x, y) {
  const [lowX, lowY] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  for (let nearY = lowY; nearY <= lowY + 1; nearY++) {
    for (let nearX = lowX; nearX <= lowX + 1; nearX++) {
      if (nearX < 0 || nearY < 0 || nearX >= width || nearY >= height) continue;
      const share = (1 - Math.abs(x - nearX)) * (1 - Math.abs(y - nearY));
      sum += share * data[nearY * width + nearX];
    }
  }
  return sum;
}

/**
 * Ink with strokes that are `factor` times as wide, if they have the usual share of the drawing's
 * longer side. Thinner strokes are a thicker background.
 * @param {Plane} ink
 * @param {number} factor
 * @returns {Plane}
 */
function thicken(ink, factor) {
  if (factor === 1 || isBlank(ink)) return ink;
  const { top, left, bottom, right } = inkBounds(ink);
  const growth = ((factor - 1) * STROKE_WIDTH * Math.max(bottom - top, right - left)) / 2;
  const exact = Float64Array.from(ink.data);
  const size = { height: ink.height, width: ink.width };
  const grown =
    growth > 0
      ? grow({ ...size, data: exact }, growth)
      : grow({ ...size, data: exact.map((value) => 1 - value) }, -growth).map((value) => 1 - value);
  return { ...size, data: Float32Array.from(grown) };
}

/**
 * Each pixel becomes the largest of its neighbours, less the distance that exceeds `radius`.
 * @param {{ height: number, width: number, data: Float64Array }} ink
 * @param {number} radius
 */
function grow({ height, width, data }, radius) {
  const reach = Math.floor(radius + 1);
  const grown = data.slice();
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      const loss = Math.max(Math.hypot(down, right) - radius, 0);
      if (loss >= 1) continue;
      for (let y = Math.max(down, 0); y < height + Math.min(down, 0); y++) {
        for (let x = Math.max(right, 0); x < width + Math.min(right, 0); x++) {
          const value = data[(y - down) * width + x - right] - loss;
          if (value > grown[y * width + x]) grown[y * width + x] = value;
        }
      }
    }
  }
  return grown;
}

/**
 * Slants, then turns and scales, around the origin: [x, y] → [ax + by, cx + dy]; y points down.
 * @param {Bend} bend
 */
function matrix({ turn, size, slant }) {
  const cos = size * Math.cos((turn * Math.PI) / 180);
  const sin = size * Math.sin((turn * Math.PI) / 180);
  return { a: cos, b: -cos * slant - sin, c: sin, d: cos - sin * slant };
}
