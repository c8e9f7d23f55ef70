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

/** The sketch on a pad, the stroke being drawn, and the history for undo. */
export class Drawing {
  /** @type {Sketch} */
  sketch = BLANK;
  /** @type {Sketch[]} */
  #past = [];
  /** The initial sketch, an example that the first stroke replaces. */
  #example = BLANK;
  /** @type {Stroke | null} */
  #stroke = null;
  /** The state to restore if the stroke is cancelled. */
  #before = { sketch: BLANK, past: /** @type {Sketch[]} */ ([]) };
  #maxPoints;

  /** @param {number} maxPoints */
  constructor(maxPoints) {
    this.#maxPoints = maxPoints;
  }

  get isDrawing() {
    return this.#stroke !== null;
  }

  get isFull() {
    return this.#room() <= 0;
  }

  /** @param {Point} point */
  begin([x, y]) {
    if (this.isFull) return;
    this.#before = { sketch: this.sketch, past: this.#past };
    const base = this.sketch === this.#example ? BLANK : this.sketch;
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
    let room = this.#room();
    for (const [x, y] of points) {
      const [lastX, lastY] = this.#stroke[this.#stroke.length - 1];
      if (room <= 0) break;
      if (Math.hypot(x - lastX, y - lastY) < MIN_DISTANCE) continue;
      this.#stroke.push([round(x), round(y)]);
      room--;
    }
    if (this.#stroke.length === before) return false;
    this.sketch = { ...this.sketch };
    return true;
  }

  end() {
    this.#stroke = null;
  }

  /** Removes the stroke, together with its undo step. */
  cancel() {
    if (!this.#stroke) return;
    this.sketch = this.#before.sketch;
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
    this.sketch = last;
    return true;
  }

  /**
   * Shows an example if nothing has been drawn yet; returns whether it did.
   * @param {Sketch} example
   */
  showExample(example) {
    if (this.sketch !== this.#example) return false;
    this.sketch = this.#example = example;
    return true;
  }

  /** @param {Sketch} next */
  #commit(next) {
    this.#past = [...this.#past, this.sketch].slice(-MAX_PAST);
    this.sketch = next;
  }

  #room() {
    return this.#maxPoints - this.sketch.strokes.reduce((sum, { length }) => sum + length, 0);
  }
}
