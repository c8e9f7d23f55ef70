// From ink to network input: mirrors lenet/drawing/preprocessing.py. Sums are float64, ink is
// float32.

/** @import { Plane, Rectangle, Sketch, Stroke } from "../types" */

import {
  BOX,
  clamp,
  hasStrayTaps,
  inkFromSketch,
  inkFromStrokes,
  inkOnPad,
  PEN_WIDTH,
} from "./ink.js";

export const FIELD = 28;
/** Ink fainter than this is ignored when the digit's bounding box is measured. */
export const FAINT = Math.fround(0.02);
/** Side of the film-strip's picture of the pad. */
export const PAD_PIXELS = 3 * FIELD;

/** @typedef {{ crop: Plane, box: Plane, centre: Plane }} Walk */

/**
 * Turns ink into an image like MNIST's, 28×28; blank stays blank. The longer side becomes `box`
 * pixels; `centring` ("mass" or "box") says what is centred.
 * @param {Plane} ink
 * @param {number} [box]
 * @param {string} [centring]
 */
export const networkInput = (ink, box = BOX, centring = "mass") =>
  walk(ink, [], box, centring).centre;

/**
 * `ink` after each step: `centre` is the network input. Steps named in `skip` are left out, to show
 * what each step contributes.
 * @param {Plane} ink
 * @param {string[]} [skip]
 * @param {number} [box]
 * @param {string} [centring]
 * @returns {Walk}
 */
export function walk(ink, skip = [], box = BOX, centring = "mass") {
  const move = centring === "mass" ? centreByMass : centreByBox;
  const cropped = skip.includes("crop") ? ink : cropToInk(ink);
  const boxed = skip.includes("box") ? squeeze(cropped) : fitIntoBox(cropped, box);
  const centre = skip.includes("centre") ? place(boxed, 0, 0) : move(boxed);
  return { crop: cropped, box: boxed, centre };
}

/**
 * Strokes on the pad, `draw`, and after each step. Strokes have no pixels, so they are drawn again
 * at the size of the box instead of being resized. Skipping "pen" draws them with the pad's pen.
 * Cropping leaves out stray taps.
 * @param {Stroke[]} strokes
 * @param {string[]} [skip]
 * @param {number} [box]
 * @param {string} [centring]
 * @returns {{ draw: Plane } & Walk}
 */
function walkStrokes(strokes, skip = [], box = BOX, centring = "mass") {
  const pen = skip.includes("pen") ? PEN_WIDTH : null;
  const pad = inkOnPad(strokes, PAD_PIXELS, pen);
  const isTapLeftOut = !skip.includes("crop") && hasStrayTaps(strokes);
  const drawing = isTapLeftOut ? inkOnPad(strokes, PAD_PIXELS, pen, false) : pad;
  const resized = walk(drawing, skip, box, centring);
  if (skip.includes("box")) return { draw: pad, ...resized };
  const draw = skip.includes("crop") ? inkOnPad : inkFromStrokes;
  const drawn = walk(draw(strokes, box, pen), skip, box, centring);
  return { draw: pad, ...drawn, crop: resized.crop };
}

/**
 * A sketch on the pad, `draw`, and after each step. Without skipped steps, `centre` is the network
 * input of `inkFromSketch`.
 * @param {Sketch} sketch
 * @param {string[]} [skip]
 * @param {number} [box]
 * @param {string} [centring]
 * @returns {{ draw: Plane } & Walk}
 */
export function walkSketch(sketch, skip = [], box = BOX, centring = "mass") {
  if (sketch.picture === null) return walkStrokes(sketch.strokes, skip, box, centring);
  const ink = inkFromSketch(sketch, box);
  return { draw: ink, ...walk(ink, skip, box, centring) };
}

/**
 * Whether there is no ink.
 * @param {Plane} ink
 */
export const isBlank = ({ data }) => !data.some((value) => value > FAINT);

/**
 * The smallest rectangle that contains all the ink; blank ink is unchanged.
 * @param {Plane} ink
 * @returns {Plane}
 */
export function cropToInk(ink) {
  const { top, left, bottom, right } = inkBounds(ink);
  const [height, width] = [bottom - top, right - left];
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * ink.width + left;
    data.set(ink.data.subarray(start, start + width), y * width);
  }
  return { height, width, data };
}

/**
 * The bounds of the ink, half-open; all of it if it is blank.
 * @param {Plane} ink
 * @returns {Rectangle}
 */
export function inkBounds(ink) {
  let [top, bottom, left, right] = [Infinity, -1, Infinity, -1];
  ink.data.forEach((value, i) => {
    if (!(value > FAINT)) return;
    const [y, x] = [Math.floor(i / ink.width), i % ink.width];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
  });
  if (bottom < 0) return { top: 0, left: 0, bottom: ink.height, right: ink.width };
  return { top, left, bottom: bottom + 1, right: right + 1 };
}

/**
 * Scales ink so that its longer side has `side` pixels, keeping the aspect ratio.
 * @param {Plane} ink
 * @param {number} [side]
 */
export function fitIntoBox(ink, side = BOX) {
  const longest = Math.max(ink.height, ink.width);
  const [height, width] = [ink.height, ink.width].map((length) =>
    Math.max(1, roundHalfUp((length * side) / longest)),
  );
  return resize(ink, height, width);
}

/**
 * Places ink in a 28×28 field with its centre of mass in the middle, pixel index 14. It moves by
 * whole pixels, as in MNIST, and never past the edge of the field.
 * @param {Plane} ink
 */
export function centreByMass(ink) {
  return place(ink, ...cornerByMass(ink));
}

/**
 * Top and left, not limited to the field.
 * @param {Plane} ink
 * @returns {[top: number, left: number]}
 */
function cornerByMass(ink) {
  let [mass, y, x] = [0, 0, 0];
  ink.data.forEach((value, i) => {
    mass += value;
    y += value * Math.floor(i / ink.width);
    x += value * (i % ink.width);
  });
  mass ||= 1;
  return [roundHalfUp(FIELD / 2 - y / mass), roundHalfUp(FIELD / 2 - x / mass)];
}

/**
 * Places ink in the middle of a 28×28 field. If the number of empty rows or columns is odd, the top
 * or left gets the extra one, as in Fashion-MNIST.
 * @param {Plane} ink
 */
export function centreByBox(ink) {
  return place(ink, ...cornerByBox(ink));
}

/**
 * @param {Plane} ink
 * @returns {[top: number, left: number]}
 */
function cornerByBox({ height, width }) {
  return [Math.floor((FIELD - height + 1) / 2), Math.floor((FIELD - width + 1) / 2)];
}

/**
 * Top and left of ink, at most 28×28, in the field where it is centred.
 * @param {Plane} ink
 * @param {string} [centring]
 */
export function corner(ink, centring = "mass") {
  return withinField(ink, ...(centring === "mass" ? cornerByMass(ink) : cornerByBox(ink)));
}

/**
 * All of `ink`, stretched to 28×28 without any other preprocessing.
 * @param {Plane} ink
 */
export const squeeze = (ink) => resize(ink, FIELD, FIELD);

/**
 * Ink with `height`×`width` pixels. Along an axis that shrinks, a pixel is the mean over the area
 * that it covers; along one that grows, it is interpolated between the centres of the two nearest
 * pixels. An equal size changes nothing.
 * @param {Plane} ink
 * @param {number} height
 * @param {number} width
 * @returns {Plane}
 */
export function resize(ink, height, width) {
  if (ink.height === height && ink.width === width) return ink;
  const rows = shares(ink.height, height);
  const columns = shares(ink.width, width);
  const resized = new Float64Array(height * ink.width);
  for (let y = 0; y < height; y++) {
    for (const [index, share] of rows[y]) {
      for (let x = 0; x < ink.width; x++) {
        resized[y * ink.width + x] += share * ink.data[index * ink.width + x];
      }
    }
  }
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [index, share] of columns[x]) sum += share * resized[y * ink.width + index];
      data[y * width + x] = sum;
    }
  }
  return { height, width, data };
}

/**
 * For each of the `now` pixels, the `old` pixels that contribute to it, and how much.
 * @param {number} old
 * @param {number} now
 */
function shares(old, now) {
  const scale = old / now;
  return Array.from({ length: now }, (_, position) => {
    const centre = clamp((position + 0.5) * scale - 0.5, 0, old - 1);
    /** @type {[number, number][]} */
    const contributions = [];
    for (let index = 0; index < old; index++) {
      const overlap =
        Math.min((position + 1) * scale, index + 1) - Math.max(position * scale, index);
      const share = now <= old ? overlap / scale : 1 - Math.abs(centre - index);
      if (share > 0) contributions.push([index, share]);
    }
    return contributions;
  });
}

/**
 * The nearest integer; halves, and what lies within 1e-9 below a half, are rounded up. Two languages
 * add numbers in different orders. With this margin, the last digit of a sum can't decide.
 * @param {number} value
 */
export const roundHalfUp = (value) => Math.floor(value + 0.5 + 1e-9);

/**
 * Ink as the levels from 0 to 255 that a picture on the pad can store.
 * @param {Plane} ink
 */
export const levelsOf = ({ data }) => Uint8Array.from(data, (value) => roundHalfUp(value * 255));

/**
 * Ink rounded to these levels.
 * @param {Plane} ink
 * @returns {Plane}
 */
export const levels = (ink) => ({
  ...ink,
  data: Float32Array.from(levelsOf(ink), (level) => level / 255),
});

/**
 * Ink in an empty field, with its upper left corner at (top, left) or as close as fits.
 * @param {Plane} ink
 * @param {number} top
 * @param {number} left
 * @returns {Plane}
 */
function place(ink, top, left) {
  const small = Math.max(ink.height, ink.width) > FIELD ? squeeze(ink) : ink;
  const { height, width, data } = small;
  const [down, right] = withinField(small, top, left);
  const field = new Float32Array(FIELD * FIELD);
  for (let y = 0; y < height; y++) {
    field.set(data.subarray(y * width, (y + 1) * width), (down + y) * FIELD + right);
  }
  return { height: FIELD, width: FIELD, data: field };
}

/**
 * The corner as close to (top, left) as the ink fits.
 * @param {Plane} ink
 * @param {number} top
 * @param {number} left
 */
const withinField = ({ height, width }, top, left) => [
  clamp(top, 0, FIELD - height),
  clamp(left, 0, FIELD - width),
];
