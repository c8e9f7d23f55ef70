// The output size of a window: mirrors `Window` in lenet/network/summary.py.

import { text } from "./texts.js";

/** @import { Window } from "../types" */

/**
 * The number of window positions along one side.
 * @param {Window} window
 */
export const positions = ({ n, k, p, s }) => Math.floor((n - k + p + s) / s);

/**
 * Python's size formula with the window's numbers filled in, and its result.
 * @param {string} formula
 * @param {Window} window
 */
export function filledFormula(formula, window) {
  const filled = formula.replace(/[nkps]/g, (name) =>
    String(window[/** @type {keyof Window} */ (name)]),
  );
  return `${filled} = ${positions(window)}`;
}

/**
 * The reason why a window does not fit; empty if it does.
 * @param {Window} window
 */
export function misfit({ n, k, p }) {
  if (k <= n + p) return "";
  return p
    ? text("table.misfitPadded", { kernel: k, pixels: n + p, input: n, padding: p })
    : text("table.misfit", { kernel: k, pixels: n });
}
