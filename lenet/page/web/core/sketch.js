/** @import { Point, Sketch, Stroke } from "../types" */

const MAX_PAST = 200;
/** Points closer to the previous one than this share of the pad's side make no visible difference. */
const MIN_DISTANCE = 0.004;

/** @type {Sketch} */
export const BLANK = Object.freeze({ strokes: [], picture: null });

/**
 * A sketch that contains only a picture.
 * @param {string} picture
 * @returns {Sketch}
 */
export const sketchOf = (picture) => ({ strokes: [], picture });

/** @param {number} value */
const round = (value) => Math.round(value * 1000) / 1000;

/** @param {Sketch} sketch */
const countPoints = ({ strokes }) => strokes.reduce((sum, { length }) => sum + length, 0);

/**
 * Whether both are the same drawing, or the same picture and nothing else.
 * @param {Sketch} a
 * @param {Sketch} b
 */
const isSame = (a, b) =>
  a === b || (a.picture === b.picture && a.strokes.length + b.strokes.length === 0);

/** The sketch on a pad, the stroke being drawn, and the history for undo. */
export class Drawing {
  #sketch = BLANK;
  /** How many points the sketch has. */
  #count = 0;
  /** @type {Sketch[]} */
  #past = [];
  /** The initial sketch, an example that the first stroke replaces. */
  #example = BLANK;
  /** @type {Stroke | null} */
  #stroke = null;
  /** The state to restore if the stroke is cancelled. */
  #before = { sketch: BLANK, past: /** @type {Sketch[]} */ ([]) };
  #maxPoints;

  /**
   * @param {number} maxPoints
   * @param {Sketch} [sketch] on the pad at first
   */
  constructor(maxPoints, sketch = BLANK) {
    this.#maxPoints = maxPoints;
    this.#show(sketch);
  }

  get sketch() {
    return this.#sketch;
  }

  get isDrawing() {
    return this.#stroke !== null;
  }

  get isFull() {
    return this.#count >= this.#maxPoints;
  }

  /** @param {Point} point */
  begin([x, y]) {
    if (this.isFull) return;
    this.#before = { sketch: this.#sketch, past: this.#past };
    const base = this.#sketch === this.#example ? BLANK : this.#sketch;
    this.#stroke = [[round(x), round(y)]];
    this.#commit({ ...base, strokes: [...base.strokes, this.#stroke] });
  }

  /**
   * Adds points to the stroke; returns whether any were added.
   * @param {Point[]} points
   */
  extend(points) {
    if (!this.#stroke) return false;
    const before = this.#stroke.length;
    for (const [x, y] of points) {
      const [lastX, lastY] = this.#stroke[this.#stroke.length - 1];
      if (this.isFull) break;
      if (Math.hypot(x - lastX, y - lastY) < MIN_DISTANCE) continue;
      this.#stroke.push([round(x), round(y)]);
      this.#count++;
    }
    if (this.#stroke.length === before) return false;
    // A new object, so that the change is noticed, but the same strokes: copying them takes long.
    this.#sketch = { ...this.#sketch };
    return true;
  }

  end() {
    this.#stroke = null;
  }

  /** Removes the stroke, together with its undo step. */
  cancel() {
    if (!this.#stroke) return;
    this.#show(this.#before.sketch);
    this.#past = this.#before.past;
    this.#stroke = null;
  }

  /**
   * Replaces the sketch on the pad.
   * @param {Sketch} next
   */
  replace(next) {
    this.end();
    this.#commit(next);
  }

  /** Undoes the last change; returns whether there was one. */
  undo() {
    const last = this.#past.at(-1);
    if (this.#stroke || !last) return false;
    this.#past = this.#past.slice(0, -1);
    this.#show(last);
    return true;
  }

  /**
   * Shows an example if nothing has been drawn yet; returns whether it did.
   * @param {Sketch} example
   */
  showExample(example) {
    if (this.#sketch !== this.#example && !isSame(this.#sketch, example)) return false;
    this.#show(example);
    this.#example = example;
    return true;
  }

  /** @param {Sketch} next */
  #commit(next) {
    this.#past = [...this.#past, this.#sketch].slice(-MAX_PAST);
    this.#show(next);
  }

  /** @param {Sketch} next */
  #show(next) {
    this.#sketch = next;
    this.#count = countPoints(next);
  }
}
