// From a picture's levels to contrast, how much each pixel stands out from what is around it:
// mirrors lenet/drawing/contrast.py, in whole numbers.

/** @import { Levels, Rectangle, Whole } from "../types" */

import { close, copy, dilate, load, negate, partOf, ranges, roomFor } from "./extremes.js";
import { roundHalfUp } from "./preprocessing.js";

/** Pictures with more pixels are reduced before anything else: a browser can't hold them at once. */
export const MOST_HELD = 4_000_000;
/** The working picture's longer side is about this: a pen of 0.6 % still has two pixels there. */
export const WORKING_SIDE = 400;
/** Working pictures of this side are smoothed. In smaller ones, strokes may be one pixel wide. */
export const SMOOTH_FROM = 200;
/** If no level is higher, the picture is a mask or has few levels, and the highest becomes white. */
export const FEW_LEVELS = 16;
/** Pictures up to this side, which is MNIST's field, show a digit and nothing else. */
export const TINY = 28;
/** Sums over 3×3 pixels stay sums, because whole numbers have no rounding. */
export const WHITE = 9 * 255;
/** The contrast of black ink on white paper. */
export const FULL = 4096;
/**
 * What is darker than its surroundings and narrower than this share of the picture is ink: a pen,
 * even a marker. A wider strip of desk or shadow is not. Thicker strokes are seen by `different`.
 */
export const WINDOW = 0.12;
/**
 * The share of the side, 1/100, within which the surroundings on both sides of a stroke are alike. On
 * the edge of a sheet or a shadow they are not.
 */
export const BOTH_SIDES = 100;
/** The share of the side, 1/80, within which the edge of a stroke changes the picture. */
export const CHANGE = 80;
/** Contrast below this share of `FULL` counts as none. */
export const INVISIBLE = 0.06;
/** Contrast must also be this many times the noise. */
export const NOISE = 4.5;

/** How much each pixel stands out, and how much the background itself varies. */
/** @typedef {{ plane: Whole, noise: number }} Contrast */

/**
 * The least contrast that can be ink.
 * @param {number} noise
 */
export const leastContrast = (noise) =>
  Math.max(Math.floor(INVISIBLE * FULL), Math.floor(NOISE * noise));

/**
 * By how much a picture is reduced before anything else.
 * @param {number} height
 * @param {number} width
 */
export function boundingFactor(height, width) {
  let factor = 1;
  while (
    factor < Math.min(height, width) &&
    Math.floor(height / factor) * Math.floor(width / factor) > MOST_HELD
  ) {
    factor++;
  }
  return factor;
}

/**
 * Levels with at most `MOST_HELD` pixels.
 * @param {Levels} levels
 * @returns {Levels}
 */
export const bounded = (levels) => reduced(levels, boundingFactor(levels.height, levels.width));

/**
 * The mean of each factor×factor pixels, rounded half up. What is left over on the right and at the
 * bottom is less than one pixel and is left out.
 * @param {Levels} levels
 * @param {number} factor
 * @returns {Levels}
 */
export function reduced(levels, factor) {
  if (factor === 1) return levels;
  const height = Math.floor(levels.height / factor);
  const width = Math.floor(levels.width / factor);
  const area = factor * factor;
  const data = new Uint8Array(4 * height * width);
  const sums = new Uint32Array(4 * width);
  for (let y = 0; y < height; y++) {
    sums.fill(area >> 1);
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      addRow(sums, levels.data, 4 * row * levels.width, factor);
    }
    const start = y * sums.length;
    for (let i = 0; i < sums.length; i++) data[start + i] = Math.floor(sums[i] / area);
  }
  return { height, width, data };
}

/**
 * Adds the levels of one row to the sums of the pixels that they are part of.
 * @param {Uint32Array} sums
 * @param {Uint8Array | Uint8ClampedArray} data
 * @param {number} start
 * @param {number} factor
 */
function addRow(sums, data, start, factor) {
  for (let i = 0, from = start; i < sums.length; i += 4) {
    for (const stop = from + 4 * factor; from < stop; from += 4) {
      sums[i] += data[from];
      sums[i + 1] += data[from + 1];
      sums[i + 2] += data[from + 2];
      sums[i + 3] += data[from + 3];
    }
  }
}

/**
 * Levels of which only the first three or four channels are looked at.
 * @typedef {Levels & { channels: number }} Colours
 */

/**
 * The channels of a picture that are looked at. Colours are weighted by alpha, which stays a channel:
 * a transparent background differs from black ink as much as from white. An alpha that is opaque
 * everywhere is left out.
 * @param {Levels} levels
 * @returns {Colours}
 */
export function colours(levels) {
  const channels = isOpaque(levels.data) ? 3 : 4;
  const weighted = { ...levels, channels };
  if (channels > 3) weighted.data = weightedByAlpha(levels.data);
  const highest = highestOfFew(weighted);
  if (highest > 0)
    weighted.data = weighted.data.map((level) => Math.floor((level * 255) / highest));
  return weighted;
}

/** @param {Levels["data"]} data */
function isOpaque(data) {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** @param {Levels["data"]} data */
function weightedByAlpha(data) {
  const weighted = Uint8Array.from(data);
  for (let i = 0; i < data.length; i++) {
    if (i % 4 < 3) weighted[i] = Math.floor((data[i] * data[i | 3] + 127) / 255);
  }
  return weighted;
}

/**
 * The highest level, or 0 if there are levels above `FEW_LEVELS`.
 * @param {Colours} colours
 */
function highestOfFew({ data, channels }) {
  let highest = 0;
  for (let i = 0; i < data.length; i++) {
    if (i % 4 >= channels) continue;
    if (data[i] > FEW_LEVELS) return 0;
    highest = Math.max(highest, data[i]);
  }
  return highest;
}

/**
 * The largest value.
 * @param {Int16Array} values
 */
export function largest(values) {
  let most = values[0];
  for (let i = 1; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/**
 * By how much a picture is reduced to get the working picture.
 * @param {number} height
 * @param {number} width
 */
export function workingFactor(height, width) {
  const factor = roundHalfUp(Math.max(height, width) / WORKING_SIDE);
  return Math.max(1, Math.min(factor, height, width));
}

/**
 * Lightness, 0 to `WHITE`, of a picture's channels, reduced and smoothed: one for grey, otherwise
 * three or four.
 * @param {Colours} colours
 * @returns {Whole[]}
 */
export function workingPicture({ channels, ...levels }) {
  const small = reduced(levels, workingFactor(levels.height, levels.width));
  const planes = Array.from({ length: channels }, (_, index) => channelOf(small, index));
  const wanted = planes.every((plane) => isEqual(plane, planes[0])) ? [planes[0]] : planes;
  const isLarge = Math.max(small.height, small.width) >= SMOOTH_FROM;
  return wanted.map((plane) => (isLarge ? sumsOfNine(plane) : nineTimes(plane)));
}

/**
 * @param {Levels} levels
 * @param {number} index
 * @returns {Whole}
 */
function channelOf({ height, width, data }, index) {
  const channel = new Int16Array(height * width);
  for (let i = 0, from = index; i < channel.length; i++, from += 4) channel[i] = data[from];
  return { height, width, data: channel };
}

/**
 * @param {Whole} one
 * @param {Whole} other
 */
function isEqual(one, other) {
  for (let i = 0; i < one.data.length; i++) if (one.data[i] !== other.data[i]) return false;
  return true;
}

/**
 * @param {Whole} plane
 * @returns {Whole}
 */
const nineTimes = (plane) => ({ ...plane, data: plane.data.map((level) => 9 * level) });

/**
 * Sums over 3×3 pixels; the border is repeated outwards.
 * @param {Whole} plane
 * @returns {Whole}
 */
export function sumsOfNine({ height, width, data }) {
  const sums = new Int16Array(data.length);
  const column = new Int16Array(width);
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const above = Math.max(y - 1, 0) * width;
    const below = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x++) column[x] = data[above + x] + data[here + x] + data[below + x];
    for (let x = 0; x < width; x++) {
      sums[here + x] = column[Math.max(x - 1, 0)] + column[x] + column[Math.min(x + 1, width - 1)];
    }
  }
  return { height, width, data: sums };
}

/**
 * The contrast of a working picture, in three ways. "darker" and "lighter" compare with the
 * surroundings, so they see pencil in a shadow. "different" compares with the border's colour, so it
 * sees strokes of any width and two inks. In a tiny picture, it is the only one: there are no
 * surroundings.
 * @param {Whole[]} picture
 * @returns {Record<string, Contrast>}
 */
export function contrasts(picture) {
  const { height, width } = picture[0];
  if (Math.max(height, width) <= TINY) return { different: aboveNoise(different(picture)) };
  const [darker, lighter] = darkerAndLighter(picture);
  return {
    different: aboveNoise(different(picture)),
    darker: aboveNoise(darker),
    lighter: aboveNoise(lighter),
  };
}

/**
 * How much darker than its surroundings each pixel is, in the best channel, and how much lighter: the
 * same for the negative. The surroundings G are the picture without anything dark that is narrower
 * than `WINDOW`; the contrast is (G − I − S) / G, so it doesn't depend on the light. S is the range
 * of G nearby: a stroke has the same surroundings on both sides, an edge between two surfaces has
 * not. In deep shadow, where G is less than half its maximum, the contrast is lower, so that a darker
 * object has less contrast than ink.
 * @param {Whole[]} picture
 * @returns {Whole[]}
 */
function darkerAndLighter(picture) {
  const { height, width } = picture[0];
  const side = Math.max(height, width);
  const radius = Math.max(2, roundHalfUp((WINDOW * side) / 2));
  const nearby = Math.max(1, roundHalfUp(side / BOTH_SIDES));
  const [channel, around, most, least] = [0, radius, 0, 0].map((margin) =>
    roomFor(picture[0], margin),
  );
  const dark = new Int16Array(height * width);
  const light = new Int16Array(height * width);
  for (const plane of picture) {
    load(channel, plane, WHITE);
    copy(around, channel);
    close(around, radius, WHITE);
    copy(most, around);
    dilate(most, nearby);
    copy(least, around);
    negate(least, WHITE);
    dilate(least, nearby);
    const all = [channel, around, most, least].map(({ data }) => data);
    raiseToContrast(dark, all, 0);
    raiseToContrast(light, all, 1);
  }
  return [dark, light].map((data) => ({ height, width, data }));
}

/**
 * Raises the best contrast so far to that of one of two planes.
 * @param {Int16Array} best
 * @param {Int32Array[]} pairs the picture, its surroundings, and the largest values near each pixel of
 *   the surroundings and of their negatives
 * @param {number} which 0 for the picture itself, 1 for its negative
 */
function raiseToContrast(best, [channel, around, most, least], which) {
  let lightest = 1;
  for (let i = 0; i < best.length; i++) lightest = Math.max(lightest, partOf(around[i], which));
  const half = Math.max(lightest >> 1, 1);
  for (let i = 0; i < best.length; i++) {
    const here = partOf(around[i], which);
    const step = partOf(most[i], which) + partOf(least[i], which) - WHITE;
    const rest = here - partOf(channel[i], which) - step;
    if (rest > 0) best[i] = Math.max(best[i], Math.floor((rest * FULL) / Math.max(here, half)));
  }
}

/**
 * How far each pixel is from the border's median colour, in the best channel.
 * @param {Whole[]} picture
 * @returns {Whole}
 */
export function different(picture) {
  const { height, width } = picture[0];
  const distance = new Int16Array(height * width);
  for (const channel of picture) {
    const background = quantile(border(channel), 0.5);
    for (let i = 0; i < distance.length; i++) {
      distance[i] = Math.max(distance[i], Math.abs(channel.data[i] - background));
    }
  }
  return { height, width, data: asContrast(distance) };
}

/**
 * The values along the four sides; corners count twice.
 * @param {Whole} plane
 */
export function border({ height, width, data }) {
  const values = new Int16Array(2 * (height + width));
  values.set(data.subarray(0, width), 0);
  values.set(data.subarray(data.length - width), width);
  for (let y = 0; y < height; y++) {
    values[2 * (width + y)] = data[y * width];
    values[2 * (width + y) + 1] = data[(y + 1) * width - 1];
  }
  return values;
}

/**
 * Contrast measured from the background's own level. At least a quarter of a picture is background,
 * so its level and how much it varies follow from the lowest quarter: in normal noise, the quantiles
 * of 5 % and 25 % are 0.97 σ apart, and the middle is 0.67 σ above the latter.
 * @param {Whole} plane
 * @returns {Contrast}
 */
function aboveNoise(plane) {
  const low = quantile(plane.data, 0.05);
  const quarter = quantile(plane.data, 0.25);
  const noise = quarter - low;
  return { plane: lowered(plane, quarter + Math.floor((7 * noise) / 10)), noise };
}

/**
 * How much the picture changes around each pixel, on the scale of contrast: the range of the
 * lightness within a small square, in the best channel, less its lower quartile. What changes
 * everywhere is noise.
 * @param {Whole[]} picture
 * @returns {Whole}
 */
export function changes(picture) {
  const { height, width } = picture[0];
  const radius = Math.max(1, roundHalfUp(Math.max(height, width) / CHANGE));
  const change = new Int16Array(height * width);
  for (const channel of picture) {
    const { data } = ranges(channel, radius);
    for (let i = 0; i < change.length; i++) change[i] = Math.max(change[i], data[i]);
  }
  const data = asContrast(change);
  return lowered({ height, width, data }, quantile(data, 0.25));
}

/**
 * Differences of lightness on the scale of contrast.
 * @param {Int16Array} differences
 */
function asContrast(differences) {
  const contrast = new Int16Array(differences.length);
  for (let i = 0; i < contrast.length; i++) {
    contrast[i] = Math.floor((differences[i] * FULL) / WHITE);
  }
  return contrast;
}

/**
 * Each value less a level.
 * @param {Whole} plane
 * @param {number} level
 * @returns {Whole}
 */
function lowered({ height, width, data }, level) {
  const rest = new Int16Array(data.length);
  for (let i = 0; i < rest.length; i++) rest[i] = data[i] - level;
  return { height, width, data: rest };
}

/**
 * Rows become columns.
 * @param {Whole} plane
 * @returns {Whole}
 */
export function transposed({ height, width, data }) {
  const turned = new Int16Array(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) turned[x * height + y] = data[i];
  }
  return { height: width, width: height, data: turned };
}

/**
 * Raises `count` values to those of another array.
 * @param {Int16Array} data
 * @param {number} start
 * @param {Int16Array} other
 * @param {number} otherStart
 * @param {number} count
 */
export function raise(data, start, other, otherStart, count) {
  const stop = start + count;
  for (let i = start, from = otherStart; i < stop; i++, from++) {
    data[i] = Math.max(data[i], other[from]);
  }
}

/**
 * A rectangle of a plane.
 * @param {Whole} plane
 * @param {Rectangle} box
 * @returns {Whole}
 */
export function cutOut(plane, { top, left, bottom, right }) {
  const [height, width] = [bottom - top, right - left];
  const data = new Int16Array(height * width);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * plane.width + left;
    data.set(plane.data.subarray(start, start + width), y * width);
  }
  return { height, width, data };
}

/**
 * The value that `share` of the others don't exceed: number floor(share · (n − 1)) of n.
 * @param {Int16Array} values
 * @param {number} share
 */
export function quantile(values, share) {
  const counts = new Uint32Array(65536);
  for (let i = 0; i < values.length; i++) counts[values[i] + 32768]++;
  let left = Math.floor(share * (values.length - 1));
  let value = 0;
  while (left >= counts[value]) left -= counts[value++];
  return value - 32768;
}
