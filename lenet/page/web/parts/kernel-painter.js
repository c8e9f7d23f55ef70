// Changes the weights of a kernel by pointer or keys.

import { decimal } from "../core/format.js";
import { ARROWS } from "./arrows.js";
import { find, setText } from "./dom.js";

/** @import { Cells } from "./cells.js" */

/** How many steps of a key lead from 0 to the largest weight. */
const STEPS = 10;

/**
 * @param {Cells} kernel
 * @param {HTMLElement} tools with the slider that chooses a weight
 * @param {object} actions
 * @param {(cell: number, weight: number) => void} actions.paint
 * @param {(cell: number) => number} actions.weightOf
 * @param {(cell: number) => void} actions.point is called when the keys move to a cell
 */
export function makeKernelPainter(kernel, tools, { paint, weightOf, point }) {
  const slider = find(tools, "input", HTMLInputElement);
  const output = find(tools, "output");
  let isOn = false;
  let isPainting = false;
  /** The cell that the keys change. */
  let cell = 0;

  const showWeight = () => setText(output, decimal(slider.valueAsNumber));
  slider.addEventListener("input", showWeight);

  /** @param {PointerEvent} event */
  function paintAt(event) {
    const at = kernel.at(event);
    if (at < 0) return;
    cell = at;
    if (weightOf(at) !== slider.valueAsNumber) paint(at, slider.valueAsNumber);
  }

  kernel.box.addEventListener("pointerdown", (event) => {
    if (!isOn || event.button !== 0) return;
    isPainting = true;
    kernel.box.setPointerCapture(event.pointerId);
    paintAt(event);
  });
  kernel.box.addEventListener("pointermove", (event) => {
    if (isPainting) paintAt(event);
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    kernel.box.addEventListener(name, () => {
      isPainting = false;
    });
  }

  kernel.box.addEventListener("focus", () => point(cell));
  kernel.box.addEventListener("keydown", (event) => {
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Number(slider.max) / STEPS;
    if (event.key in ARROWS) move(ARROWS[event.key]);
    else if (event.key === "+" || event.key === "=") paint(cell, weightOf(cell) + step);
    else if (event.key === "-") paint(cell, weightOf(cell) - step);
    else if (event.key === "0" || event.key === "Delete") paint(cell, 0);
    else if (event.key === "Enter" || event.key === " ") paint(cell, slider.valueAsNumber);
    else return;
    event.preventDefault();
    point(cell);
  });

  /** @param {[across: number, down: number]} step */
  function move([across, down]) {
    const columns = kernel.columns();
    const column = (cell % columns) + across;
    const next = cell + across + down * columns;
    if (column >= 0 && column < columns && next >= 0 && next < kernel.count()) cell = next;
  }

  return {
    /** Whether the keys are at the kernel. */
    hasFocus: () => document.activeElement === kernel.box,
    cell: () => cell,
    /**
     * Starts with a new kernel.
     * @param {boolean} trainable whether its weights can be changed
     * @param {number} most the largest weight
     */
    start(trainable, most) {
      isOn = trainable;
      tools.hidden = !trainable;
      kernel.box.classList.toggle("paintable", trainable);
      kernel.box.tabIndex = trainable ? 0 : -1;
      cell = 0;
      slider.max = `${most}`;
      slider.min = `${-most}`;
      slider.step = `${most / 50}`;
      slider.valueAsNumber = most;
      showWeight();
    },
  };
}
