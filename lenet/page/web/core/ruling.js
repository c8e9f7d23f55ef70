// Contrast without printed rules, lined and squared paper: mirrors lenet/drawing/ruling.py, in whole
// numbers. Rules are thin straight lines across most of a picture. There are at least three of them,
// or they reach from edge to edge; no digit has such lines.

/** @import { Whole } from "../types" */
/** @import { Contrast } from "./contrast.js" */

import { FULL, quantile, transposed } from "./contrast.js";

/** Smaller pictures have no room for rules next to a digit. */
export const RULED_FROM = 100;
/** Rules may be turned by up to 12 %, or 7°; they are searched for in steps of 1 %. */
export const STEEPEST = 12;
/** About how many columns are looked at to find the rules' slope. */
export const SEARCHED = 32;
/** About how many columns are looked at to measure each rule. */
export const MEASURED = 100;
/** A rule is seen on at least this share of the columns; a digit or a shadow may hide the rest. */
export const COVERED = 0.7;
/** A single line that is seen on this share of the columns is a rule, too. */
export const THROUGHOUT = 0.95;
/** Contrast of the faintest rule, as a share of `FULL`. */
export const FAINTEST = 0.03;
/** Thickest rule, as a share of the picture's longer side. */
export const WIDEST = 0.025;
/** Fewer parallel lines may belong to a digit or a frame, unless they reach from edge to edge. */
export const FEWEST = 3;
/** Where contrast is this many times the rule's, there is ink on the rule. */
export const STRONGER = 1.7;

/**
 * A printed rule, as rows of the middle column; `throughout` says whether it reaches from edge to
 * edge.
 * @typedef {{ top: number, bottom: number, contrast: number, throughout: boolean }} Rule
 */

/**
 * A column of a picture: its position, and its values from top to bottom.
 * @typedef {{ x: number, values: Int16Array }} Column
 */

/**
 * Contrast with horizontal and vertical rules erased, if there are any.
 * @param {Contrast} contrast
 * @returns {Contrast}
 */
export function withoutRules({ plane, noise }) {
  if (Math.max(plane.height, plane.width) < RULED_FROM) return { plane, noise };
  const turned = transposed(plane);
  const across = withoutHorizontalRules(plane, turned, noise);
  const acrossTurned = across === plane ? turned : transposed(across);
  const clean = withoutHorizontalRules(acrossTurned, across, noise);
  return { plane: clean === acrossTurned ? across : transposed(clean), noise };
}

/**
 * The plane with the rules across it erased and the strokes that cross them mended.
 * @param {Whole} plane
 * @param {Whole} turned the same, transposed
 * @param {number} noise
 * @returns {Whole}
 */
function withoutHorizontalRules(plane, turned, noise) {
  const measured = thickColumns(turned, MEASURED);
  const usual = quantile(joined(measured), 0.5);
  const faintest = usual + Math.max(Math.floor(FAINTEST * FULL), Math.floor((3 * noise) / 2));
  const marked = measured.filter(({ values }) => values.some((value) => value > faintest));
  if (marked.length < measured.length - rankOf(measured, COVERED)) return plane; // too few show anything
  const slope = slopeOf(thickColumns(turned, SEARCHED), faintest, plane.width);
  const lines = rulesOf(measured, faintest, slope, plane);
  const rules = lines.length < FEWEST ? lines.filter((rule) => rule.throughout) : lines;
  if (!rules.length) return plane;
  const widest = Math.max(...rules.map(({ top, bottom }) => bottom - top));
  return erased(plane, drawn(rules, slope, plane), widest);
}

/**
 * About `count` columns at equal distances. A value is the largest of three, so that a rule that is
 * not quite straight stays within its row.
 * @param {Whole} turned columns are rows
 * @param {number} count
 * @returns {Column[]}
 */
function thickColumns({ height: width, width: height, data }, count) {
  const step = Math.max(1, Math.floor(width / count));
  return Array.from({ length: Math.ceil(width / step) }, (_, index) => {
    const x = index * step;
    return { x, values: thick(data.subarray(x * height, (x + 1) * height)) };
  });
}

/**
 * The largest of each value and its neighbours.
 * @param {Int16Array} values
 */
function thick(values) {
  const largest = new Int16Array(values.length);
  const last = values.length - 1;
  for (let i = 0; i <= last; i++) {
    const around = Math.max(values[Math.max(i - 1, 0)], values[Math.min(i + 1, last)]);
    largest[i] = Math.max(values[i], around);
  }
  return largest;
}

/** @param {Column[]} columns */
function joined(columns) {
  const height = columns[0].values.length;
  const all = new Int16Array(columns.length * height);
  for (const [index, { values }] of columns.entries()) all.set(values, index * height);
  return all;
}

/**
 * By how many rows a line with a slope in per cent is lower in a column than in the middle. It is
 * rounded down; half a row makes no difference to the search.
 * @param {number} x
 * @param {number} width
 * @param {number} slope
 */
const shift = (x, width, slope) => Math.floor((slope * (2 * x - width)) / 200);

/**
 * The slope in per cent along which the most columns show rules.
 * @param {Column[]} columns
 * @param {number} faintest
 * @param {number} width
 */
function slopeOf(columns, faintest, width) {
  const enough = Math.ceil(COVERED * columns.length);
  let best = { slope: 0, covered: -1 };
  for (let slope = -STEEPEST; slope <= STEEPEST; slope++) {
    let covered = 0;
    for (const count of shown(columns, faintest, width, slope)) {
      covered += Math.max(count - enough, 0);
    }
    if (covered > best.covered) best = { slope, covered };
  }
  return best.slope;
}

/**
 * How many columns show something along the line with a slope through each row. Lines that leave
 * the picture continue along its edge.
 * @param {Column[]} columns
 * @param {number} faintest
 * @param {number} width
 * @param {number} slope
 */
function shown(columns, faintest, width, slope) {
  const last = columns[0].values.length - 1;
  const counts = new Int16Array(last + 1);
  for (const { x, values } of columns) {
    const down = shift(x, width, slope);
    for (let y = 0; y <= last; y++) {
      if (values[Math.min(Math.max(y + down, 0), last)] > faintest) counts[y]++;
    }
  }
  return counts;
}

/**
 * The index of the value that `share` of the columns, sorted, reach.
 * @param {Column[]} columns
 * @param {number} share
 */
const rankOf = (columns, share) => Math.floor((1 - share) * columns.length);

/**
 * The thin lines with a slope that most columns show.
 * @param {Column[]} columns
 * @param {number} faintest
 * @param {number} slope
 * @param {Whole} plane
 * @returns {Rule[]}
 */
function rulesOf(columns, faintest, slope, { height, width }) {
  const [rank, lowRank] = [COVERED, THROUGHOUT].map((share) => rankOf(columns, share));
  const enough = columns.length - rank;
  const counts = shown(columns, faintest, width, slope);
  const widest = Math.max(5, Math.floor(WIDEST * Math.max(height, width)));
  /** @type {Rule[]} */
  const rules = [];
  for (let top = 0, bottom = 0; top < height; top = bottom + 1) {
    bottom = top;
    while (bottom < height && counts[bottom] >= enough) bottom++;
    if (bottom > top && bottom - top <= widest) {
      const rows = Array.from({ length: bottom - top }, (_, index) => top + index);
      const lines = rows.map((row) => along(columns, row, width, slope));
      const contrast = Math.max(...lines.map((line) => line[rank]));
      const throughout = lines.some((line) => line[lowRank] > faintest);
      rules.push({ top, bottom, contrast, throughout });
    }
  }
  return rules;
}

/**
 * The values on the line with a slope through a row, from low to high.
 * @param {Column[]} columns
 * @param {number} row
 * @param {number} width
 * @param {number} slope
 */
function along(columns, row, width, slope) {
  const last = columns[0].values.length - 1;
  return Int16Array.from(columns, ({ x, values }) => {
    const y = row + shift(x, width, slope);
    return values[Math.min(Math.max(y, 0), last)];
  }).sort();
}

/**
 * The rules' contrast where they are, 0 elsewhere.
 * @param {Rule[]} rules
 * @param {number} slope
 * @param {Whole} plane
 * @returns {Whole}
 */
function drawn(rules, slope, { height, width }) {
  const profile = new Int16Array(height);
  for (const { top, bottom, contrast } of rules) profile.fill(contrast, top, bottom);
  const data = new Int16Array(height * width);
  for (let x = 0; x < width; x++) {
    const down = shift(x, width, slope);
    const stop = Math.min(height, height + down);
    for (let y = Math.max(0, down); y < stop; y++) data[y * width + x] = profile[y - down];
  }
  return { height, width, data };
}

/**
 * The plane without the contrast of rules, mended where a stroke continues on both sides.
 * @param {Whole} plane
 * @param {Whole} rules
 * @param {number} widest
 * @returns {Whole}
 */
function erased({ height, width, data }, rules, widest) {
  const kept = data.map((value, i) =>
    rules.data[i] > 0 && value < STRONGER * rules.data[i] ? 0 : value,
  );
  const mended = kept.slice();
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (rules.data[i] <= 0) continue;
      const above = largestAlong(kept, i, -width, Math.min(widest, y), widest);
      const below = largestAlong(kept, i, width, Math.min(widest, height - 1 - y), widest);
      mended[i] = Math.max(kept[i], Math.min(above, below));
    }
  }
  return { height, width, data: mended };
}

/**
 * The largest of the next `count` values; 0 stands for those that lie outside.
 * @param {Int16Array} data
 * @param {number} from
 * @param {number} step
 * @param {number} count
 * @param {number} wanted
 */
function largestAlong(data, from, step, count, wanted) {
  let largest = count < wanted ? 0 : -Infinity;
  for (let n = 1; n <= count; n++) largest = Math.max(largest, data[from + n * step]);
  return largest;
}
