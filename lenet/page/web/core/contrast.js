// From a picture's levels to contrast, how much each pixel stands out from what is around it:
// mirrors lenet/drawing/contrast.py, in whole numbers.

/** @import { Levels, Whole } from "../types" */

import { roundHalfUp } from "./preprocessing.js";

/** Pictures with more pixels are reduced before anything else: a browser can't hold them at once. */
export const MAX_PIXELS = 4_000_000;
/** The working picture's longer side is about this: a pen of 0.6 % still has two pixels there. */
export const WORKING_SIDE = 400;
/** Working pictures of this side are smoothed. In smaller ones, strokes may be one pixel wide. */
export const SMOOTH_FROM = 200;
/** If no level is higher, the picture is a mask or has few levels, and the highest becomes white. */
export const FEW_LEVELS = 16;
/** Sums over 3×3 pixels stay sums, because whole numbers have no rounding. */
export const WHITE = 9 * 255;
/** The contrast of black ink on white paper. */
export const FULL = 4096;
/**
 * What is darker than its surroundings and narrower than this share of the picture is ink. The
 * strokes of block digits have 0.25; a sheet of paper on a desk has more.
 */
export const WINDOW = 0.35;
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
  while (Math.floor(height / factor) * Math.floor(width / factor) > MAX_PIXELS) factor++;
  return factor;
}

/**
 * Levels with at most `MAX_PIXELS` pixels.
 * @param {Levels} levels
 * @returns {Levels}
 */
export const bounded = (levels) => reduced(levels, boundingFactor(levels.height, levels.width), 4);

/**
 * The mean of each factor×factor pixels, rounded half up. What is left over on the right and at the
 * bottom is less than one pixel and is left out.
 * @param {Levels} levels with `channels` values for each pixel
 * @param {number} factor
 * @param {number} [channels]
 * @returns {Levels}
 */
export function reduced(levels, factor, channels = 1) {
  if (factor === 1) return levels;
  const height = Math.floor(levels.height / factor);
  const width = Math.floor(levels.width / factor);
  const area = factor * factor;
  const data = new Uint8Array(height * width * channels);
  const sums = new Uint32Array(width * channels);
  for (let y = 0; y < height; y++) {
    sums.fill(area >> 1);
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      addRow(sums, levels.data, row * levels.width * channels, factor, channels);
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
 * @param {number} channels
 */
function addRow(sums, data, start, factor, channels) {
  for (let i = 0, from = start; i < sums.length; i += channels) {
    for (let n = 0; n < factor; n++) {
      for (let channel = 0; channel < channels; channel++) sums[i + channel] += data[from++];
    }
  }
}

/**
 * The channels that matter, 1 to 4. Colours are weighted by alpha, which stays a channel: a
 * transparent background differs from black ink as much as from white. A channel that repeats the
 * others or is constant is left out.
 * @param {Levels} levels
 * @returns {Levels[]}
 */
export function colours({ height, width, data }) {
  const channels = channelsOf(data);
  const highest = Math.max(...channels.map(largest));
  if (highest > 0 && highest <= FEW_LEVELS) {
    for (const channel of channels) {
      for (let i = 0; i < channel.length; i++)
        channel[i] = Math.floor((channel[i] * 255) / highest);
    }
  }
  return channels.map((channel) => ({ height, width, data: channel }));
}

/** @param {Uint8Array | Uint8ClampedArray} data */
function channelsOf(data) {
  const alpha = channelOf(data, 3);
  const opaque = alpha.every((value) => value === 255);
  const [red, green, blue] = [0, 1, 2].map((index) => channelOf(data, index));
  if (opaque) return isGrey(red, green, blue) ? [red] : [red, green, blue];
  for (const channel of [red, green, blue]) {
    for (let i = 0; i < channel.length; i++) {
      channel[i] = Math.floor((channel[i] * alpha[i] + 127) / 255);
    }
  }
  return [red, green, blue, alpha];
}

/**
 * @param {Uint8Array | Uint8ClampedArray} data
 * @param {number} index
 */
function channelOf(data, index) {
  const channel = new Uint8Array(data.length / 4);
  for (let i = 0, from = index; i < channel.length; i++, from += 4) channel[i] = data[from];
  return channel;
}

/**
 * @param {Uint8Array} red
 * @param {Uint8Array} green
 * @param {Uint8Array} blue
 */
const isGrey = (red, green, blue) =>
  red.every((value, i) => value === green[i] && value === blue[i]);

/** @param {Uint8Array | Int16Array} values */
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
 * Lightness, 0 to `WHITE`, of a picture's channels, reduced and smoothed.
 * @param {Levels[]} channels
 * @returns {Whole[]}
 */
export function workingPicture(channels) {
  const factor = workingFactor(channels[0].height, channels[0].width);
  return channels.map((channel) => {
    const { height, width, data } = reduced(channel, factor);
    if (Math.max(height, width) >= SMOOTH_FROM) return sumsOfNine({ height, width, data });
    return { height, width, data: Int16Array.from(data, (level) => 9 * level) };
  });
}

/**
 * Sums over 3×3 pixels; the border is repeated outwards.
 * @param {Levels} plane
 * @returns {Whole}
 */
function sumsOfNine({ height, width, data }) {
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
 * sees strokes of any width and two inks.
 * @param {Whole[]} picture
 * @returns {Record<string, Contrast>}
 */
export function contrasts(picture) {
  const negative = picture.map((plane) => map(plane, (value) => WHITE - value));
  return {
    different: aboveNoise(different(picture)),
    darker: aboveNoise(darker(picture)),
    lighter: aboveNoise(darker(negative)),
  };
}

/**
 * @param {Whole} plane
 * @param {(value: number) => number} change
 * @returns {Whole}
 */
const map = ({ height, width, data }, change) => ({ height, width, data: data.map(change) });

/**
 * How much darker than its surroundings each pixel is, in the best channel. The surroundings G are
 * the picture without anything dark that is narrower than `WINDOW`; the contrast is (G − I) / G, so
 * it doesn't depend on the light. In deep shadow, where G is less than half its maximum, it is less:
 * another, darker object has not as much contrast as ink.
 * @param {Whole[]} picture
 * @returns {Whole}
 */
export function darker(picture) {
  const { height, width } = picture[0];
  const radius = Math.max(2, roundHalfUp((WINDOW * Math.max(height, width)) / 2));
  const best = new Int16Array(height * width);
  for (const channel of picture) {
    const around = closing(channel, radius).data;
    const half = Math.max(largest(around) >> 1, 1);
    for (let i = 0; i < best.length; i++) {
      const contrast = ((around[i] - channel.data[i]) * FULL) / Math.max(around[i], half);
      best[i] = Math.max(best[i], Math.floor(contrast));
    }
  }
  return { height, width, data: best };
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
  return map({ height, width, data: distance }, (value) => Math.floor((value * FULL) / WHITE));
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
  const level = quarter + Math.floor((7 * noise) / 10);
  return { plane: map(plane, (value) => value - level), noise };
}

/**
 * How much the picture changes around each pixel, on the scale of contrast: the range of the
 * lightness within a small square, in the best channel, less its median. What changes everywhere is
 * noise.
 * @param {Whole[]} picture
 * @returns {Whole}
 */
export function changes(picture) {
  const { height, width } = picture[0];
  const radius = Math.max(1, roundHalfUp(Math.max(height, width) / CHANGE));
  const change = new Int16Array(height * width);
  for (const channel of picture) {
    const high = dilation(channel, radius).data;
    const low = erosion(channel, radius).data;
    for (let i = 0; i < change.length; i++) change[i] = Math.max(change[i], high[i] - low[i]);
  }
  const scaled = change.map((value) => Math.floor((value * FULL) / WHITE));
  const median = quantile(scaled, 0.5);
  return { height, width, data: scaled.map((value) => value - median) };
}

/**
 * The plane without anything dark that is narrower than a square of 2 · radius + 1 pixels.
 * @param {Whole} plane
 * @param {number} radius
 */
export const closing = (plane, radius) => erosion(dilation(plane, radius), radius);

/**
 * The largest value within a square of 2 · radius + 1 pixels around each pixel.
 * @param {Whole} plane
 * @param {number} radius
 */
export const dilation = (plane, radius) => turnedMaximum(turnedMaximum(plane, radius), radius);

/**
 * The smallest value within that square.
 * @param {Whole} plane
 * @param {number} radius
 */
const erosion = (plane, radius) => negative(dilation(negative(plane), radius));

/** @param {Whole} plane */
const negative = (plane) => map(plane, (value) => -value);

/**
 * The largest of 2 · radius + 1 rows around each row; outside, there are none.
 * @param {Whole} plane
 * @param {number} radius
 */
export const runningMaximum = (plane, radius) => turnedMaximum(transposed(plane), radius);

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
 * The largest value within `radius` pixels along each row, transposed. A pixel costs three
 * comparisons, however wide the window (van Herk 1992, Gil and Werman 1993): a window is the end of
 * one block and the start of the next.
 * @param {Whole} plane
 * @param {number} radius
 * @returns {Whole}
 */
export function turnedMaximum({ height, width, data }, radius) {
  const reach = Math.min(radius, width - 1);
  const size = 2 * reach + 1;
  const padded = Math.ceil((width + 2 * reach) / size) * size;
  const line = new Int16Array(padded).fill(-32768);
  const fromStart = new Int16Array(padded);
  const toEnd = new Int16Array(padded);
  const turned = new Int16Array(data.length);
  for (let y = 0; y < height; y++) {
    line.set(data.subarray(y * width, (y + 1) * width), reach);
    for (let start = 0; start < padded; start += size) {
      fillBlock(line, fromStart, toEnd, start, start + size);
    }
    for (let x = 0, i = y; x < width; x++, i += height) {
      turned[i] = Math.max(toEnd[x], fromStart[x + size - 1]);
    }
  }
  return { height: width, width: height, data: turned };
}

/**
 * The largest value since the start of a block, and up to its end.
 * @param {Int16Array} line
 * @param {Int16Array} fromStart
 * @param {Int16Array} toEnd
 * @param {number} start
 * @param {number} stop
 */
function fillBlock(line, fromStart, toEnd, start, stop) {
  let most = line[start];
  for (let i = start; i < stop; i++) {
    most = Math.max(most, line[i]);
    fromStart[i] = most;
  }
  most = line[stop - 1];
  for (let i = stop - 1; i >= start; i--) {
    most = Math.max(most, line[i]);
    toEnd[i] = most;
  }
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
