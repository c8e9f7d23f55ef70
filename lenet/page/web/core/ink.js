// From pen strokes to ink: mirrors lenet/drawing/ink.py.
//
// Ink is 0 where nothing is drawn and 1 under the middle of the pen. A pixel's ink is
// clamp(½ + r − d, 0, 1), where r is the pen's radius and d is the distance from the pixel's centre
// to the nearest stroke, both in pixels.

/** @import { Plane, Point, Segments, Sketch, Stroke } from "../types" */

import { bytes } from "./bytes.js";
import { SketchpadError } from "./errors.js";
import { grouped } from "./format.js";
import { strayTaps } from "./taps.js";
import { text } from "./texts.js";

/** Longer side of a drawing, as in MNIST. */
export const BOX = 20;
/** Width of the pen as shown on the pad, as a share of the pad's side. */
export const PEN_WIDTH = 0.075;
/** Width of strokes as the network sees them, as a share of the drawing's longer side. */
export const STROKE_WIDTH = 0.11;
/** Smallest pen width as a share of the pad's side; a dot becomes a disc that fills the box. */
const MIN_PEN = 0.01;
/** Sketches with more points are rejected. */
export const MAX_POINTS = 20000;

/** Coordinates are limited to ±FAR, so that no product overflows. */
const FAR = 1e6;

/**
 * Ink of strokes alone: the longer side, pen included, is `box` pixels. Stray taps are left out. What
 * lies outside the pad doesn't count. `pen` is the pen's width as a share of the pad's side; by
 * default it depends on the drawing. The shorter side is rounded up to whole pixels, with the drawing
 * in the middle of them. Without a drawing, the ink is a blank square.
 * @param {Stroke[]} strokes
 * @param {number} [box]
 * @param {number | null} [pen]
 * @returns {Plane}
 */
export function inkFromStrokes(strokes, box = BOX, pen = null) {
  const { points } = fittedSegments(strokes);
  if (!points.length) return blank(box, box);
  const fit = fitSegments(points, box, pen);
  const { middle, scale, sides } = fit;
  const placed = points.map((value, i) => (value - middle[i % 2]) * scale + sides[i % 2] / 2);
  return draw(placed, (scale * fit.pen) / 2, sides[1], sides[0]);
}

/**
 * How strokes on the pad fill a box: (point − middle) · scale + sides / 2, in pixels. `sides` are
 * the width and height of the ink, `pen` is the pen's width as a share of the pad's side.
 * @typedef {{ middle: number[], scale: number, sides: number[], pen: number }} Fit
 */

/**
 * Where `inkFromStrokes` puts the points of strokes; null without a drawing.
 * @param {Stroke[]} strokes
 * @param {number} [box]
 * @param {number | null} [pen]
 */
export function fitStrokes(strokes, box = BOX, pen = null) {
  const { points } = fittedSegments(strokes);
  return points.length ? fitSegments(points, box, pen) : null;
}

/**
 * @param {Float64Array} points of segments
 * @param {number} box
 * @param {number | null} chosen the pen's width
 * @returns {Fit}
 */
function fitSegments(points, box, chosen) {
  const { low, high, extent } = boundsOf(points);
  const pen = chosen ?? fittingPen(extent);
  const scale = box / (extent + pen);
  // Less than 1e-9 of a pixel may be due to rounding, so it adds no pixel.
  const sides = [0, 1].map((axis) =>
    Math.min(Math.ceil((high[axis] - low[axis] + pen) * scale - 1e-9), box),
  );
  return { middle: [0, 1].map((axis) => (low[axis] + high[axis]) / 2), scale, sides, pen };
}

/**
 * Ink of the whole pad; if `pen` is null, it depends on the drawing.
 * @param {Stroke[]} strokes
 * @param {number} pixels
 * @param {number | null} [pen]
 * @param {boolean} [stray] false leaves out stray taps
 * @returns {Plane}
 */
export function inkOnPad(strokes, pixels, pen = PEN_WIDTH, stray = true) {
  const segments = segmentsOf(strokes);
  if (!segments.points.length) return blank(pixels, pixels);
  const fitted = withoutStrayTaps(segments).points;
  const width = pen ?? fittingPen(boundsOf(fitted).extent);
  const placed = (stray ? segments.points : fitted).map((value) => value * pixels);
  return draw(placed, (pixels * width) / 2, pixels, pixels);
}

/**
 * Ink of a sketch. Over a picture, strokes are drawn at its resolution with the pad's pen.
 * @param {Sketch} sketch
 * @param {number} [box]
 * @returns {Plane}
 */
export function inkFromSketch({ strokes, picture }, box = BOX) {
  if (picture === null) return inkFromStrokes(strokes, box);
  const { height, width, data } = unpackPicture(picture);
  const drawn = inkOnPad(strokes, height).data;
  return { height, width, data: data.map((ink, i) => Math.max(ink, drawn[i])) };
}

/**
 * Ink of a picture on the pad.
 * @param {string} picture
 * @returns {Plane}
 */
function unpackPicture(picture) {
  const levels = tryBytes(picture);
  if (!levels) {
    throw new SketchpadError(text("errors.pictureDamaged"));
  }
  const side = Math.round(Math.sqrt(levels.length));
  if (!side || side * side !== levels.length) {
    throw new SketchpadError(text("errors.pictureNotSquare"));
  }
  return { height: side, width: side, data: Float32Array.from(levels, (level) => level / 255) };
}

/** @param {string} base64 */
function tryBytes(base64) {
  try {
    return bytes(base64);
  } catch {
    return null;
  }
}

/**
 * The smallest and largest [x, y] of what lies on the pad, without the pen, and the longer side
 * between them; null if nothing lies there. Stray taps are left out.
 * @param {Stroke[]} strokes
 */
export function boundsOnPad(strokes) {
  const { points } = fittedSegments(strokes);
  return points.length ? boundsOf(points) : null;
}

/**
 * The pen width that equals `STROKE_WIDTH` of the drawing's longer side, pen included.
 * @param {number} extent
 */
export function fittingPen(extent) {
  // A dot or the start of a stroke has no size yet.
  return Math.max((extent * STROKE_WIDTH) / (1 - STROKE_WIDTH), MIN_PEN);
}

/**
 * @param {number} height
 * @param {number} width
 * @returns {Plane}
 */
const blank = (height, width) => ({ height, width, data: new Float32Array(height * width) });

/**
 * The smallest and largest x and y, and the longer side between them.
 * @param {Float64Array} points x and y alternate
 */
export function boundsOf(points) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  points.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  return { low, high, extent: Math.max(high[0] - low[0], high[1] - low[1]) };
}

/**
 * Ink of segments in pixels, drawn with a round pen.
 * @param {Float64Array} segments four numbers each: x and y of the start and the end
 * @param {number} radius
 * @param {number} height
 * @param {number} width
 * @returns {Plane}
 */
function draw(segments, radius, height, width) {
  const distances = infiniteDistances(new Float64Array(height * width), width);
  for (let i = 0; i < segments.length; i += 4) {
    approach(distances, radius, segments[i], segments[i + 1], segments[i + 2], segments[i + 3]);
  }
  const data = Float32Array.from(distances.squared, (distance) =>
    clamp(0.5 + radius - Math.sqrt(distance), 0, 1),
  );
  return { height, width, data };
}

/**
 * Squared distances of pixels from the nearest stroke, and the number of pixels in each row that
 * aren't full of ink.
 * @typedef {{ squared: Float64Array | Float32Array, unfilled: Int32Array, width: number }} Distances
 */

/**
 * Infinite distances, the state before the first segment.
 * @param {Float64Array | Float32Array} squared one number for each pixel
 * @param {number} width
 * @returns {Distances}
 */
export function infiniteDistances(squared, width) {
  const height = squared.length / width;
  return { squared: squared.fill(Infinity), unfilled: new Int32Array(height).fill(width), width };
}

/**
 * Lowers the distances of all pixels that this segment can ink. It skips full pixels, so scribbles
 * of thousands of points are fast.
 * @param {Distances} distances
 * @param {number} radius
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
export function approach({ squared, unfilled, width }, radius, x0, y0, x1, y1) {
  const reach = radius + 0.5;
  const full = Math.max(radius - 0.5, 0) ** 2;
  const across = x1 - x0;
  const down = y1 - y0;
  const length = across * across + down * down;
  const inverse = length > 1e-30 ? 1 / length : 0;
  const slope = across / down;
  // How far a nearly horizontal line reaches along a row is limited by its ends only.
  const half = Math.abs(down) > 1e-3 ? (reach * Math.sqrt(length)) / Math.abs(down) : Infinity;
  const top = Math.max(Math.ceil(Math.min(y0, y1) - reach - 0.5), 0);
  const bottom = Math.min(Math.floor(Math.max(y0, y1) + reach - 0.5), unfilled.length - 1);
  for (let row = top; row <= bottom; row++) {
    if (!unfilled[row]) continue;
    const below = row + 0.5 - y0;
    let low = Math.min(x0, x1) - reach;
    let high = Math.max(x0, x1) + reach;
    if (half < Infinity) {
      low = Math.max(low, x0 + below * slope - half);
      high = Math.min(high, x0 + below * slope + half);
    }
    const last = Math.min(Math.floor(high - 0.5), width - 1);
    for (let column = Math.max(Math.ceil(low - 0.5), 0); column <= last; column++) {
      const pixel = row * width + column;
      if (squared[pixel] <= full) continue;
      const right = column + 0.5 - x0;
      const along = clamp((right * across + below * down) * inverse, 0, 1);
      const x = right - along * across;
      const y = below - along * down;
      squared[pixel] = Math.min(squared[pixel], x * x + y * y);
      if (squared[pixel] <= full) unfilled[row]--;
    }
  }
}

/**
 * What lies on the pad, without stray taps.
 * @param {Stroke[]} strokes
 */
export const fittedSegments = (strokes) => withoutStrayTaps(segmentsOf(strokes));

/**
 * Whether a stray tap is left out of what is read.
 * @param {Stroke[]} strokes
 */
export const hasStrayTaps = (strokes) => strayTaps(segmentsOf(strokes)).size > 0;

/**
 * @param {Segments} segments
 * @returns {Segments}
 */
function withoutStrayTaps(segments) {
  const stray = strayTaps(segments);
  if (!stray.size) return segments;
  const { points, strokes } = segments;
  return {
    points: points.filter((_, i) => !stray.has(strokes[i >> 2])),
    strokes: strokes.filter((stroke) => !stray.has(stroke)),
  };
}

/**
 * What lies on the pad.
 * @param {Stroke[]} strokes
 * @returns {Segments}
 */
function segmentsOf(strokes) {
  const paths = checked(strokes);
  const most = paths.reduce((sum, { length }) => sum + length, 0);
  const [points, owners] = [new Float64Array(4 * most), new Int32Array(most)];
  let count = 0;
  for (const [stroke, path] of paths.entries()) {
    // A dot is a segment of length 0.
    for (let i = Math.min(1, path.length - 1); i < path.length; i++) {
      const segment = clipToPad(path[Math.max(i - 1, 0)], path[i]);
      if (!segment) continue;
      points.set(segment, 4 * count);
      owners[count++] = stroke;
    }
  }
  return { points: points.subarray(0, 4 * count), strokes: owners.subarray(0, count) };
}

/**
 * The part of a segment that lies in [0, 1]², by Liang and Barsky (1984): x and y of its start and
 * its end; null if there is none.
 * @param {Point} from
 * @param {Point} to
 */
export function clipToPad(from, to) {
  if (isOnPad(from) && isOnPad(to)) return [from[0], from[1], to[0], to[1]];
  const start = from.map((value) => clamp(value, -FAR, FAR));
  const end = to.map((value) => clamp(value, -FAR, FAR));
  const step = [end[0] - start[0], end[1] - start[1]];
  let first = 0;
  let last = 1;
  for (let axis = 0; axis < 2; axis++) {
    for (const [direction, room] of [
      [-step[axis], start[axis]],
      [step[axis], 1 - start[axis]],
    ]) {
      if (direction < 0) first = Math.max(first, room / direction);
      if (direction > 0) last = Math.min(last, room / direction);
      if (direction === 0 && room < 0) return null;
    }
  }
  if (first > last) return null;
  const entry = start.map((value, axis) => value + first * step[axis]);
  const exit = last < 1 ? start.map((value, axis) => value + last * step[axis]) : end;
  // Rounding may put a point just outside the pad.
  return [...entry, ...exit].map((value) => clamp(value, 0, 1));
}

/** @param {Point} point */
const isOnPad = ([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1;

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * The strokes that have points.
 * @param {Stroke[]} strokes
 */
function checked(strokes) {
  if (!Array.isArray(strokes) || !strokes.every(Array.isArray)) throw different();
  const count = strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  if (count > MAX_POINTS) {
    throw new SketchpadError(
      text("errors.tooManyPoints", { most: grouped(MAX_POINTS), found: grouped(count) }),
    );
  }
  for (const stroke of strokes) {
    if (!stroke.every(isPoint)) throw different();
    if (!stroke.every(isFinitePoint)) {
      throw new SketchpadError(text("errors.strokesNotFinite"));
    }
  }
  return strokes.filter((stroke) => stroke.length);
}

const different = () => new SketchpadError(text("errors.notStrokes"));

/** @param {unknown} point */
const isPoint = (point) =>
  Array.isArray(point) &&
  point.length === 2 &&
  typeof point[0] === "number" &&
  typeof point[1] === "number";

/** @param {Point} point */
const isFinitePoint = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);
