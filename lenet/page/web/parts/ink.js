import { bytes } from "../core/bytes.js";
import { approach, clipToPad, infiniteDistances } from "../core/ink.js";

/** @import { Point, Sketch, Stroke } from "../types" */

/** How many milliseconds painting may take before the page gets its turn. */
const BUDGET = 8;

/**
 * A canvas of white ink on a transparent background.
 * @param {string} base64 a square, one byte per pixel
 */
export function inkCanvas(base64) {
  const levels = bytes(base64);
  const side = Math.sqrt(levels.length);
  const image = new ImageData(side, side);
  image.data.fill(255);
  levels.forEach((level, i) => {
    image.data[4 * i + 3] = level;
  });
  const ink = document.createElement("canvas");
  ink.width = ink.height = side;
  ink.getContext("2d")?.putImageData(image, 0, 0);
  return ink;
}

/**
 * Paints sketches on a square canvas, by the formula of core/ink.js. Only what is new since the last
 * sketch is painted; if that is a lot, it takes several frames.
 */
export class Painter {
  #canvas;
  #context;
  #pen;
  #image = new ImageData(1, 1);
  #distances = distancesOn(1);
  /** @type {string | null} */
  #picture = null;
  /** The strokes that have been painted, and how many points of the last one. */
  #strokes = /** @type {Stroke[]} */ ([]);
  #points = 0;
  #frame = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} pen its width as a share of the side
   */
  constructor(canvas, pen) {
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("This browser can't paint.");
    this.#canvas = canvas;
    this.#context = context;
    this.#pen = pen;
  }

  /** @param {Sketch} sketch */
  paint(sketch) {
    this.stop();
    if (!this.#isPartOf(sketch)) this.#startFrom(sketch.picture);
    const deadline = performance.now() + BUDGET;
    const painted = [];
    for (const [start, end] of this.#missing(sketch.strokes)) {
      painted.push(...this.#draw(start, end));
      if (performance.now() < deadline) continue;
      this.#frame = requestAnimationFrame(() => this.paint(sketch));
      break;
    }
    this.#show(painted);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
  }

  /**
   * Whether everything on the canvas belongs to the sketch.
   * @param {Sketch} sketch
   */
  #isPartOf({ strokes, picture }) {
    return (
      this.#image.width === this.#canvas.width &&
      this.#picture === picture &&
      this.#strokes.every((stroke, i) => stroke === strokes[i])
    );
  }

  /** @param {string | null} picture */
  #startFrom(picture) {
    const side = this.#canvas.width;
    this.#context.clearRect(0, 0, side, side);
    this.#context.imageSmoothingQuality = "high";
    if (picture) this.#context.drawImage(inkCanvas(picture), 0, 0, side, side);
    this.#image = this.#context.getImageData(0, 0, side, side);
    // Ink is white, and so is what has no ink yet.
    const pixels = new Uint32Array(this.#image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] |= 0xffffff;
    this.#distances = distancesOn(side);
    this.#picture = picture;
    this.#strokes = [];
    this.#points = 0;
  }

  /**
   * The segments that have not been painted, from point to point.
   * @param {Stroke[]} strokes
   * @returns {Generator<[Point, Point]>}
   */
  *#missing(strokes) {
    for (let i = Math.max(0, this.#strokes.length - 1); i < strokes.length; i++) {
      const stroke = strokes[i];
      if (this.#strokes[i] !== stroke) {
        this.#strokes.push(stroke);
        this.#points = 0;
      }
      while (this.#points < stroke.length) {
        const end = this.#points++;
        // A dot is a segment of length 0.
        yield [stroke[Math.max(0, end - 1)], stroke[end]];
      }
    }
  }

  /**
   * Lowers the distances around a segment; returns x and y of its ends in pixels, if any of it lies
   * on the pad.
   * @param {Point} start
   * @param {Point} end
   */
  #draw(start, end) {
    const side = this.#image.width;
    const clipped = clipToPad(start, end);
    if (!clipped) return [];
    const [x0, y0, x1, y1] = clipped.map((value) => value * side);
    approach(this.#distances, (this.#pen * side) / 2, x0, y0, x1, y1);
    return [x0, y0, x1, y1];
  }

  /**
   * Shows the ink around these points.
   * @param {number[]} points x and y alternate
   */
  #show(points) {
    if (!points.length) return;
    const { width: side, data } = this.#image;
    const { squared } = this.#distances;
    const reach = (this.#pen * side) / 2 + 0.5;
    const [left, top, right, bottom] = around(points, reach, side);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const pixel = y * side + x;
        const ink = 255 * (reach - Math.sqrt(squared[pixel]));
        // Where the picture has more ink, it stays.
        if (ink > data[4 * pixel + 3]) data[4 * pixel + 3] = ink;
      }
    }
    this.#context.putImageData(this.#image, 0, 0, left, top, right - left, bottom - top);
  }
}

/**
 * Infinite distances of the pixels of a square.
 * @param {number} side
 */
const distancesOn = (side) => infiniteDistances(new Float32Array(side * side), side);

/**
 * The rectangle of whole pixels around points in a square: left, top, right and bottom.
 * @param {number[]} points x and y alternate
 * @param {number} margin
 * @param {number} side
 */
function around(points, margin, side) {
  const low = [side, side];
  const high = [0, 0];
  points.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  return [
    ...low.map((value) => Math.max(0, Math.floor(value - margin))),
    ...high.map((value) => Math.min(side, Math.ceil(value + margin))),
  ];
}
