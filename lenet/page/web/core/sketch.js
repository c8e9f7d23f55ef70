/** @import { Point, Sketch, Stroke } from "../types" */

const MAX_PAST = 200;
/** Points nearer to the last one than this share of the pad's side add nothing to see. */
const MIN_DISTANCE = 0.004;

/** @type {Sketch} */
export const BLANK = Object.freeze({ strokes: [], picture: null });

/**
 * A sketch of nothing but a picture.
 * @param {string} picture
 * @returns {Sketch}
 */
export const pictured = (picture) => ({ strokes: [], picture });

/** @param {number} value */
const round = (value) => Math.round(value * 1000) / 1000;

/** What is on a pad, the stroke that is being drawn, and what was there before. */
export class Drawing {
  /** @type {Sketch} */
  sketch = BLANK;
  /** @type {Sketch[]} */
  #past = [];
  /** What is there at first is only an example: the first stroke takes its place. */
  #example = BLANK;
  /** @type {Stroke | null} */
  #stroke = null;
  /** What to go back to if the stroke is cancelled. */
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
   * Lengthens the stroke; answers whether there is anything new.
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

  /** Takes the stroke back as if it had never been begun. */
  cancel() {
    if (!this.#stroke) return;
    this.sketch = this.#before.sketch;
    this.#past = this.#before.past;
    this.#stroke = null;
  }

  /**
   * Puts something else on the pad.
   * @param {Sketch} next
   */
  replace(next) {
    this.end();
    this.#commit(next);
  }

  /** Takes back the last change; answers whether there was one. */
  undo() {
    const last = this.#past.at(-1);
    if (this.#stroke || !last) return false;
    this.#past = this.#past.slice(0, -1);
    this.sketch = last;
    return true;
  }

  /**
   * Shows an example where nobody has drawn anything yet; answers whether it did.
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
