/** @import { Point } from "../types" */
/** @import { Pen } from "./pointer.js" */

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.03;
const SMALL_STEP = 0.01;

/**
 * Draws by keyboard: arrow keys move the cursor, Space lowers and lifts the pen.
 * @param {HTMLElement} pad
 * @param {HTMLElement} cursor
 * @param {Pen} pen
 * @param {() => boolean} isBusy whether a pointer is drawing
 */
export function drawByKeys(pad, cursor, pen, isBusy) {
  /** @type {Point} */
  let at = [0.5, 0.3];

  function placeCursor() {
    cursor.hidden = false;
    cursor.style.left = `${at[0] * 100}%`;
    cursor.style.top = `${at[1] * 100}%`;
    cursor.classList.toggle("down", pen.isDown());
  }

  function lift() {
    if (!isBusy()) pen.end();
    cursor.hidden = true;
  }

  /** @type {(arrow: Point, step: number, time: number) => void} */
  function move(arrow, step, time) {
    const moved = at.map((value, axis) => Math.min(1, Math.max(0, value + step * arrow[axis])));
    at = [moved[0], moved[1]];
    if (pen.isDown()) pen.extend([at], time);
  }

  /** Handles a key; returns whether the key has a function. @param {KeyboardEvent} event */
  function press({ key, shiftKey, repeat, timeStamp }) {
    if (key in ARROWS) {
      move(ARROWS[key], shiftKey ? SMALL_STEP : STEP, timeStamp);
    } else if (key === " " || key === "Enter") {
      if (repeat) return true;
      if (pen.isDown()) pen.end();
      else pen.begin(at, timeStamp);
    } else if (key === "Delete" || key === "Backspace") {
      pen.clear();
    } else {
      return false;
    }
    return true;
  }

  pad.addEventListener("keydown", (event) => {
    if (isBusy() || event.ctrlKey || event.metaKey || event.altKey || !press(event)) return;
    event.preventDefault();
    placeCursor();
  });
  pad.addEventListener("blur", lift);

  return { lift };
}
