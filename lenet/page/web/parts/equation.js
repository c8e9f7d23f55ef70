// How the value of a unit follows from its terms, as a row of numbers with names.

import { decimal } from "../core/format.js";
import { text } from "../core/texts.js";
import { element, setText } from "./dom.js";

/** @import { Explanation } from "../types" */
/** @typedef {{ number: number, name: string } | { sign: string }} Part */

/**
 * @param {HTMLElement} row
 * @param {Explanation} explanation
 */
export function drawEquation(row, explanation) {
  const parts = partsOf(explanation);
  const pattern = parts.map((part) => ("sign" in part ? part.sign : "#")).join(" ");
  if (row.dataset.pattern !== pattern) {
    row.dataset.pattern = pattern;
    row.replaceChildren(...parts.map(makePart));
  }
  parts.forEach((part, i) => {
    if ("sign" in part) return;
    const [number, name] = row.children[i].children;
    setText(number, decimal(part.number));
    setText(name, part.name);
  });
}

/**
 * @param {Explanation} explanation
 * @returns {Part[]}
 */
function partsOf({ kind, terms, bias, sum, activation, value, muted }) {
  const total = terms.reduce((all, term) => all + term.sum, 0);
  const count = terms.length === 1 ? terms[0].products.length : terms.length;
  const name = text(`microscope.${terms.length === 1 ? totals[kind] : "terms"}`, { count });
  /** @type {Part[]} */
  const parts = [{ number: total, name }];
  const hasBias = kind !== "average" && kind !== "max" && kind !== "rbf";
  if (hasBias) {
    parts.push({ sign: "+" }, { number: bias, name: text("microscope.bias") });
    parts.push({ sign: "=" }, { number: sum, name: text("microscope.sum") });
  }
  if (activation) parts.push({ sign: `→ ${text(`microscope.${activation}`)} →` });
  if (muted) parts.push({ sign: `→ ${text("microscope.muted")} →` });
  if (activation || muted) parts.push({ number: value, name: text("microscope.value") });
  return parts;
}

/** @type {Record<string, string>} */
const totals = {
  convolution: "products",
  dense: "products",
  subsampling: "products",
  average: "mean",
  max: "largest",
  rbf: "distance",
};

/** @param {Part} part */
function makePart(part) {
  if (!("sign" in part)) return element('<span class="part"><b></b><small></small></span>');
  const sign = element('<span class="sign"></span>');
  sign.textContent = part.sign;
  return sign;
}
