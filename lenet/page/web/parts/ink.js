import { bytes } from "../core/bytes.js";
import { addSegment } from "../core/pad-ink.js";

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
 * Paints sketches on a square canvas. Only what is new since the last sketch is painted; if that is
 * a lot, it takes several frames.
 */
export class Painter {
  #canvas;
  #context;
  #pen;
  #image = new ImageData(1, 1);
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
    const added = [];
    for (const point of this.#paintSegments(sketch.strokes)) {
      added.push(point);
      if (performance.now() < deadline) continue;
      this.#frame = requestAnimationFrame(() => this.paint(sketch));
      break;
    }
    if (added.length) this.#show(added);
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
    // White where there is no ink yet, too.
    const pixels = new Uint32Array(this.#image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] |= 0xffffff;
    this.#picture = picture;
    this.#strokes = [];
    this.#points = 0;
  }

  /**
   * Paints what is missing, segment by segment; yields the points.
   * @param {Stroke[]} strokes
   */
  *#paintSegments(strokes) {
    const { data, width } = this.#image;
    for (let i = Math.max(0, this.#strokes.length - 1); i < strokes.length; i++) {
      const stroke = strokes[i];
      if (this.#strokes[i] !== stroke) {
        this.#strokes.push(stroke);
        this.#points = 0;
      }
      while (this.#points < stroke.length) {
        const end = stroke[this.#points];
        const start = stroke[Math.max(0, this.#points - 1)];
        addSegment(data, width, start, end, this.#pen);
        this.#points++;
        yield start;
        yield end;
      }
    }
  }

  /**
   * Shows the area around these points.
   * @param {Point[]} points
   */
  #show(points) {
    const side = this.#image.width;
    const margin = (this.#pen * side) / 2 + 1;
    const [left, right, top, bottom] = [0, 1].flatMap((axis) => {
      const values = points.map((point) => point[axis] * side);
      const low = values.reduce((a, b) => Math.min(a, b));
      const high = values.reduce((a, b) => Math.max(a, b));
      return [Math.floor(low - margin), Math.ceil(high + margin)];
    });
    this.#context.putImageData(this.#image, 0, 0, left, top, right - left, bottom - top);
  }
}
