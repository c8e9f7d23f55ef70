// From a picture of one digit to its ink: mirrors lenet/drawing/finding.py.
//
// 1. The picture is reduced to a working picture with a side of about 400 pixels.
// 2. Its contrast is measured in three ways, and printed rules are erased.
// 3. Each contrast is cut at a few thresholds. Connected components that belong together, and
//    are not frames, print, specks or pieces of the desk, are a candidate for the digit.
// 4. The candidate wins whose outline is where the picture changes most, whose strokes are thin,
//    and which most of the others agree with.
// 5. If there is a sheet on a desk, its candidates compete with those of the whole picture.
// 6. A small digit in a large picture is looked at again, closer.
// 7. Its ink is brought to full strength, and its strokes to the width that MNIST's have.

/** @import { Found, Levels, Plane, Rectangle, Whole } from "../types" */
/** @import { Components, Mask } from "./components.js" */
/** @import { Colours, Contrast } from "./contrast.js" */
/** @import { Digit } from "./grouping.js" */

import { components, grown, isFlat, maskOf, overlap, sizeOf, WHOLE_BOX } from "./components.js";
import {
  border,
  bounded,
  changes,
  colours,
  contrasts,
  cutOut,
  different,
  FULL,
  largest,
  leastContrast,
  quantile,
  sumsOfNine,
  TINY,
  WHITE,
  workingFactor,
  workingPicture,
} from "./contrast.js";
import { dilation } from "./extremes.js";
import { FILLING } from "./foreign.js";
import { digit } from "./grouping.js";
import { BOX, clamp } from "./ink.js";
import { cropToInk, fitIntoBox, levels, roundHalfUp } from "./preprocessing.js";
import { withoutRules } from "./ruling.js";
import { sheet } from "./sheet.js";
import { CANVAS, maskWidth, withUsualStrokes } from "./stroke-width.js";

/** Contrast is cut at these shares of its maximum, from the blackest core to pale strokes. */
export const THRESHOLDS = [0.7, 0.5, 0.35, 0.25, 0.18, 0.125, 0.09];
/** A picture whose sides differ by more than this factor has no room for a digit. */
export const ELONGATED = 100;
/** An outline is supported where the picture changes by more than this share of the ink. */
export const EDGE = 0.3;
/** What a candidate gains by being as long as the longest: a fragment of a digit is shorter. */
export const LONGER = 0.1;
/** Of candidates that are this close to the best one, the one with the most ink wins. */
export const NEARLY = 0.03;
/** Boxes that overlap by more than this, of `WHOLE_BOX`, are around the same thing. */
export const SAME = 800;
/**
 * A candidate of lower quality is not a digit. Nine in ten synthetic pictures of a digit have more
 * than 0.88, of a block digit more than 0.75.
 */
export const CONVINCING = 0.7;
/** Where the strongest contrast is less than this, as a share of `FULL`, are folds and shadows. */
export const PALEST = 0.1;
/** A digit has at least this share of the ink. */
export const DOMINANT = 0.33;
/**
 * A small digit must stand out: its share of the picture's side, times the square of its mean
 * contrast, is at least this. Anything both small and pale is a fold or an edge.
 */
export const VISIBLE = 0.0016;
/** If its longer side has fewer working pixels, a digit in a reduced picture is looked at again. */
export const CLOSE = 80;
/** The margin of the closer look, as a share of the digit's longer side. */
export const AROUND = 0.6;
/** Digits up to this size, which is MNIST's field, keep their greys: each pixel counts. */
export const SMALL = 28;
/** The level of a small digit's darkest strokes is this quantile of its pixels'. */
export const FULLEST = 0.9;
/** Side of the ink square for the digit's longer side, as in MNIST: 28 for 20 pixels. */
export const MARGIN = 1.4;

/** What is shown of an elongated picture. */
const NO_PICTURE = { height: 1, width: 1, data: new Int16Array(1) };

/**
 * What may be the digit: some components of one contrast, cut at one threshold. The quality is at
 * most 1.
 * @typedef {{
 *   contrast: Contrast, parts: Components, digit: Digit, quality: number,
 * }} Candidate
 */

/**
 * The digit in a picture.
 * @param {Levels} picture
 * @returns {Found}
 */
export function find(picture) {
  if (isElongated(picture)) return nothing([NO_PICTURE], null);
  const channels = colours(bounded(picture));
  const working = workingPicture(channels);
  const best = bestCandidate(working);
  if (!best || !isConvincing(best)) return nothing(working, best);
  const { digits, box } = best.digit;
  const factor = workingFactor(channels.height, channels.width);
  if (factor > 1 && sizeOf(box) < CLOSE) {
    const margin = roundHalfUp(AROUND * sizeOf(box));
    const around = grown(box, margin, working[0]);
    const closer = workingPicture(cut(channels, around, factor));
    const again = bestCandidate(closer);
    if (again && isConvincing(again)) return found(closer, again, digits);
  }
  return found(working, best, digits);
}

/**
 * A thing on a plain background; its greys are kept. Ink is the distance from the border's colour;
 * what varies along the border is noise. Its longer side is at most `CANVAS` pixels, as that of a
 * digit.
 * @param {Levels} picture
 * @returns {Found}
 */
export function silhouette(picture) {
  if (isElongated(picture)) return nothing([NO_PICTURE], null);
  const working = workingPicture(colours(bounded(picture)));
  const distance = different(working);
  const lowest = 4 * quantile(border(distance), 0.5);
  const highest = largest(distance.data);
  if (highest - lowest < leastContrast(0)) return nothing(working, null);
  const ink = inkOf(distance, (value) => (value - lowest) / (highest - lowest));
  const thing = cropToInk(ink);
  const isLarge = Math.max(thing.height, thing.width) > CANVAS;
  const square = squareAround(isLarge ? fitIntoBox(thing, CANVAS) : thing);
  return {
    ink: square,
    count: 1,
    frames: [
      ["picture", grey(working)],
      ["contrast", visible(distance)],
      ["taken", ink],
      ["ink", square],
    ],
  };
}

/** @param {Levels} picture */
const isElongated = ({ height, width }) =>
  Math.max(height, width) > ELONGATED * Math.min(height, width);

/**
 * A rectangle of a picture that is `factor` times as large as the working picture.
 * @param {Colours} colours
 * @param {Rectangle} box in working pixels
 * @param {number} factor
 * @returns {Colours}
 */
function cut(colours, box, factor) {
  const height = factor * (box.bottom - box.top);
  const width = factor * (box.right - box.left);
  const data = new Uint8Array(4 * height * width);
  for (let y = 0; y < height; y++) {
    const start = 4 * ((factor * box.top + y) * colours.width + factor * box.left);
    data.set(colours.data.subarray(start, start + 4 * width), 4 * y * width);
  }
  return { ...colours, height, width, data };
}

/**
 * Whether a candidate is a digit rather than whatever else stands out.
 * @param {Candidate} candidate
 */
function isConvincing({ parts, digit, quality }) {
  const side = Math.max(parts.height, parts.width);
  if (side <= TINY) return true;
  const isFilling = sizeOf(digit.box) > FILLING * side;
  if (!(digit.clear || isFilling) || isFlat(digit.box)) return false;
  if (digit.share < DOMINANT || quality < CONVINCING) return false;
  const { area, mass } = totals(parts, digit);
  const contrast = mass / (area * FULL);
  return contrast * contrast * sizeOf(digit.box) >= VISIBLE * side;
}

/**
 * The area, the mass and the contact of a digit's components.
 * @param {Components} parts
 * @param {Digit} digit
 */
function totals(parts, { chosen }) {
  let [area, mass, contact] = [0, 0, 0];
  for (const [index, isChosen] of chosen.entries()) {
    if (!isChosen) continue;
    area += parts.area[index];
    mass += parts.mass[index];
    for (const side of parts.contact) contact += side[index];
  }
  return { area, mass, contact };
}

/**
 * The best candidate in a working picture; null if nothing stands out. If there is a sheet on a
 * desk, the digit is also looked for on the sheet alone. The edge of a shadow looks like that of a
 * sheet and may cut a digit in two, so the candidates in the whole picture compete, too.
 * @param {Whole[]} working
 */
function bestCandidate(working) {
  const change = changes(working);
  const anywhere = Object.values(contrasts(working)).map(withoutRules);
  const inside = sheet(working);
  const clean = inside
    ? [...anywhere, ...anywhere.map((contrast) => within(contrast, inside))]
    : anywhere;
  return bestOf(clean.flatMap((contrast) => candidatesOf(contrast, change)));
}

/**
 * Contrast in a part of a picture. Everything around it becomes one object with the most contrast.
 * @param {Contrast} contrast
 * @param {Mask} inside
 * @returns {Contrast}
 */
function within({ plane, noise }, inside) {
  const most = largest(plane.data.filter((_, i) => inside.data[i]));
  const data = plane.data.map((value, i) => (inside.data[i] ? value : most));
  return { plane: { ...plane, data }, noise };
}

/**
 * The digit in a contrast at each threshold.
 * @param {Contrast} contrast
 * @param {Whole} change
 * @returns {Candidate[]}
 */
const candidatesOf = (contrast, change) =>
  thresholdsOf(contrast).map((threshold) => {
    const parts = components(contrast.plane, threshold);
    const chosen = digit(parts);
    const mask = maskOf(parts, (index) => chosen.chosen[index], grown(chosen.box, 1, parts));
    return { contrast, parts, digit: chosen, quality: qualityOf(parts, chosen, mask, change) };
  });

/**
 * Shares of the maximum, from high to low, as far as they are above the noise.
 * @param {Contrast} contrast
 */
function thresholdsOf({ plane, noise }) {
  const highest = largest(plane.data);
  const least = leastContrast(noise);
  if (highest <= Math.max(least, Math.floor(PALEST * FULL))) return [];
  // Each pixel of a tiny picture counts, the palest, too.
  if (Math.max(plane.height, plane.width) <= TINY) return [least];
  const last = THRESHOLDS.findIndex((share) => share * highest <= least);
  const shares = last < 0 ? THRESHOLDS : THRESHOLDS.slice(0, last + 1);
  return shares.map((share) => Math.max(Math.floor(share * highest), least));
}

/**
 * How much a candidate, the mask in its box with a margin of 1, is like a pen's strokes. It is the
 * share of its outline along which the picture itself changes, less the strokes' width as a share of
 * its size, less the share of the picture's border that it covers. A gap between objects, a shadow
 * or a sheet has an outline where nothing changes, is wide, or is at the border.
 * @param {Components} parts
 * @param {Digit} digit
 * @param {Mask} mask
 * @param {Whole} change
 */
function qualityOf(parts, digit, mask, change) {
  const { box } = digit;
  const { area, mass, contact } = totals(parts, digit);
  const { supported, length } = supportOf(mask, grown(box, 1, parts), change, (EDGE * mass) / area);
  const width = maskWidth(mask) / sizeOf(box);
  const covered = contact / (2 * (parts.height + parts.width));
  return supported / Math.max(length, 1) - width - covered;
}

/**
 * The length of a mask's outline in pixels, and how much of it is where the picture changes.
 * @param {Mask} mask
 * @param {Rectangle} box
 * @param {Whole} change
 * @param {number} least
 */
function supportOf(mask, { top, left }, change, least) {
  let [supported, length] = [0, 0];
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (!isOnOutline(mask, y, x)) continue;
      length++;
      if (change.data[(top + y) * change.width + left + x] > least) supported++;
    }
  }
  return { supported, length };
}

/**
 * Whether a pixel of a mask has a neighbour, corners included, that is not part of it.
 * @param {Mask} mask
 * @param {number} y
 * @param {number} x
 */
function isOnOutline({ height, width, data }, y, x) {
  const here = y * width;
  if (!data[here + x]) return false;
  const above = Math.max(y - 1, 0) * width;
  const below = Math.min(y + 1, height - 1) * width;
  const left = Math.max(x - 1, 0);
  const right = Math.min(x + 1, width - 1);
  const upper = data[above + left] & data[above + x] & data[above + right];
  const lower = data[below + left] & data[below + x] & data[below + right];
  return !(upper & data[here + left] & data[here + right] & lower);
}

/**
 * Those that fulfil a condition, or all if none does.
 * @template Item
 * @param {Item[]} items
 * @param {(item: Item) => boolean} condition
 */
function preferred(items, condition) {
  const wanted = items.filter(condition);
  return wanted.length ? wanted : items;
}

/**
 * The candidate of the best quality that most of the others agree with; null if none is found. A
 * digit is found in the same place in two ways and at many thresholds. A fragment of it, a gap
 * between two things, or the grain of a desk is found at few.
 * @param {Candidate[]} found
 * @returns {Candidate | null}
 */
function bestOf(found) {
  if (!found.length) return null;
  // What looks like something else counts only if there is nothing else.
  const likely = preferred(found, isConvincing);
  // Sheets, desks and frames are found at many thresholds, too, so their boxes have no vote.
  const clear = preferred(found, (one) => one.digit.clear || isConvincing(one));
  const boxes = clear.map(({ digit }) => digit.box);
  const longest = Math.max(...likely.map(({ digit }) => sizeOf(digit.box)));
  const scores = likely.map(
    ({ quality, digit: { box } }) =>
      quality + agreement(box, boxes) + (LONGER * sizeOf(box)) / longest,
  );
  const highest = Math.max(...scores);
  const top = likely[scores.indexOf(highest)];
  const close = likely.filter(
    ({ contrast }, index) => contrast === top.contrast && scores[index] >= highest - NEARLY,
  );
  // The last has the most ink.
  const best = close[close.length - 1];
  const digits = usualCount(best.digit.box, likely);
  return { ...best, digit: { ...best.digit, digits } };
}

/**
 * The median number of digits in the candidates with about this box. What is visible next to the
 * digit depends on the threshold. If the candidates are split evenly, the higher number is safer: a
 * visitor notices at once if it is wrong.
 * @param {Rectangle} box
 * @param {Candidate[]} likely
 */
function usualCount(box, likely) {
  const same = likely.filter(({ digit }) => overlap(digit.box, box) > SAME);
  const counts = same.map(({ digit }) => digit.digits).sort((one, other) => one - other);
  return counts[counts.length >> 1];
}

/**
 * The mean overlap of a box with all `boxes`, from 0 to 1.
 * @param {Rectangle} box
 * @param {Rectangle[]} boxes
 */
function agreement(box, boxes) {
  // Sums of whole numbers don't depend on their order.
  const sum = boxes.reduce((total, other) => total + overlap(box, other), 0);
  return sum / (WHOLE_BOX * boxes.length);
}

/**
 * @param {Whole[]} working
 * @param {Candidate} best
 * @param {number} count
 * @returns {Found}
 */
function found(working, best, count) {
  const ink = squareAround(inkOfCandidate(best));
  return { ink, count, frames: [...framesOf(working, best), ["ink", ink]] };
}

/**
 * Without a digit; `best` is what stands out nevertheless.
 * @param {Whole[]} working
 * @param {Candidate | null} best
 * @returns {Found}
 */
function nothing(working, best) {
  const blank = blankLike(working[0]);
  const ink = blankLike({ height: SMALL, width: SMALL });
  /** @type {[string, Plane][]} */
  const frames = [
    ["picture", grey(working)],
    ["contrast", blank],
    ["taken", blank],
  ];
  return { ink, count: 0, frames: [...(best ? framesOf(working, best) : frames), ["ink", ink]] };
}

/**
 * @param {{ height: number, width: number }} size
 * @returns {Plane}
 */
const blankLike = ({ height, width }) => ({
  height,
  width,
  data: new Float32Array(height * width),
});

/**
 * The steps up to what is taken for ink.
 * @param {Whole[]} working
 * @param {Candidate} best
 * @returns {[string, Plane][]}
 */
function framesOf(working, { contrast, parts, digit }) {
  const everything = { top: 0, left: 0, bottom: parts.height, right: parts.width };
  const taken = maskOf(parts, (index) => digit.chosen[index], everything);
  return [
    ["picture", grey(working)],
    ["contrast", visible(contrast.plane)],
    ["taken", { ...taken, data: Float32Array.from(taken.data) }],
  ];
}

/**
 * A working picture in grey; 1 is white, and so is what is transparent.
 * @param {Whole[]} working
 * @returns {Plane}
 */
function grey(working) {
  const { height, width } = working[0];
  const colours = working.slice(0, 3);
  const alpha = working[3];
  const data = new Float32Array(height * width);
  for (let i = 0; i < data.length; i++) {
    let lightness = 0;
    for (const colour of colours) lightness += colour.data[i];
    lightness /= colours.length;
    if (alpha) lightness += WHITE - alpha.data[i];
    data[i] = lightness / WHITE;
  }
  return { height, width, data };
}

/**
 * Contrast in [0, 1].
 * @param {Whole} plane
 */
function visible(plane) {
  const highest = Math.max(largest(plane.data), 1);
  return inkOf(plane, (value) => value / highest);
}

/**
 * Ink of whole numbers, limited to [0, 1].
 * @param {Whole} plane
 * @param {(value: number, pixel: number) => number} ink
 * @returns {Plane}
 */
function inkOf({ height, width, data }, ink) {
  const limited = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) limited[i] = clamp(ink(data[i], i), 0, 1);
  return { height, width, data: limited };
}

/**
 * The digit's ink at full strength, with strokes like MNIST's.
 * @param {Candidate} best
 * @returns {Plane}
 */
function inkOfCandidate({ contrast, parts, digit }) {
  const box = grown(digit.box, 3, parts);
  const mask = maskOf(parts, (index) => digit.chosen[index], box);
  const plane = cutOut(contrast.plane, box);
  const soft = softened(mask);
  const size = sizeOf(digit.box);
  if (size > SMALL) {
    const full = localMaximum(plane, mask).data;
    return withUsualStrokes(
      inkOf(plane, (value, i) => soft.data[i] * strengthened(value / full[i], 2)),
    );
  }
  const full = fullest(plane, mask);
  if (size >= BOX) {
    return inkOf(plane, (value, i) => soft.data[i] * strengthened(value / full, 1));
  }
  // Enlarged in steps, a stroke would look like stairs. Sums of half the contrast fit in 16 bits.
  const smooth = sumsOfNine(threeTimes({ ...plane, data: plane.data.map((value) => value >> 1) }));
  const inside = threeTimes(soft).data;
  return withUsualStrokes(
    inkOf(smooth, (value, i) => inside[i] * strengthened(value / ((9 * full) >> 1), 1)),
  );
}

/**
 * Each pixel as 3×3.
 * @param {Whole} plane
 * @returns {Whole}
 */
function threeTimes({ height, width, data }) {
  const enlarged = new Int16Array(9 * data.length);
  for (let y = 0, i = 0; y < 3 * height; y++) {
    const row = Math.floor(y / 3) * width;
    for (let x = 0; x < 3 * width; x++) enlarged[i++] = data[row + Math.floor(x / 3)];
  }
  return { height: 3 * height, width: 3 * width, data: enlarged };
}

/**
 * A mask with the pixels next to it.
 * @param {Mask} mask
 */
const softened = (mask) => dilation({ ...mask, data: Int16Array.from(mask.data) }, 1);

/**
 * The contrast of a small digit's darkest strokes.
 * @param {Whole} plane
 * @param {Mask} mask
 */
const fullest = (plane, mask) =>
  quantile(
    plane.data.filter((_, i) => mask.data[i]),
    FULLEST,
  );

/**
 * The largest contrast of the digit within a stroke's width of each pixel.
 * @param {Whole} plane
 * @param {Mask} mask
 */
function localMaximum(plane, mask) {
  const radius = Math.max(1, roundHalfUp(maskWidth(mask)));
  const inside = { ...plane, data: plane.data.map((value, i) => (mask.data[i] ? value : 0)) };
  const { data, ...size } = dilation(inside, radius);
  return { ...size, data: data.map((value) => Math.max(value, 1)) };
}

/**
 * Ink of contrast as a share of full strength: ½ at one half, steeper or less steep around it.
 * @param {number} share
 * @param {number} steepness
 */
const strengthened = (share, steepness) => 0.5 + steepness * (share - 0.5);

/**
 * The ink in the middle of a square, as in MNIST.
 * @param {Plane} ink
 * @returns {Plane}
 */
function squareAround(ink) {
  const cropped = levels(cropToInk(ink));
  const { height, width } = cropped;
  const side = roundHalfUp(MARGIN * Math.max(height, width));
  const [top, left] = [(side - height) >> 1, (side - width) >> 1];
  const data = new Float32Array(side * side);
  for (let y = 0; y < height; y++) {
    const row = cropped.data.subarray(y * width, (y + 1) * width);
    data.set(row, (top + y) * side + left);
  }
  return { height: side, width: side, data };
}
