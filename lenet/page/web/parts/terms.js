// A button for each term of a sum, with small pictures of patch, kernel and products.

import { shortNumber } from "../core/format.js";
import { element, find, setText } from "./dom.js";
import { paintValues } from "./maps.js";

/** @import { Range, Term } from "../types" */
/**
 * The colour scales of a term; `colours` are those of the patch.
 * @typedef {{ patch: Range, kernel: Range, products: Range, colours?: Uint32Array }} Scales
 */

const PICTURES = /** @type {const} */ (["patch", "kernel", "products"]);

/**
 * @param {HTMLElement} list
 * @param {(index: number) => void} onChoose
 */
export function makeTerms(list, onChoose) {
  return {
    /**
     * Shows the terms if there are several.
     * @param {Term[]} terms
     * @param {Scales} scales
     * @param {number} chosen
     */
    show(terms, scales, chosen) {
      list.hidden = terms.length < 2;
      if (list.hidden) return;
      if (list.children.length !== terms.length) {
        list.replaceChildren(...terms.map((_, i) => makeButton(() => onChoose(i))));
      }
      terms.forEach((term, i) => {
        const button = /** @type {HTMLElement} */ (list.children[i]);
        button.ariaPressed = String(i === chosen);
        setText(find(button, "span"), `${(term.map ?? 0) + 1}`);
        setText(find(button, "b"), shortNumber(term.sum));
        drawTerm(button, term, scales);
      });
    },
  };
}

/** @param {() => void} onClick */
function makeButton(onClick) {
  const pictures = PICTURES.map(() => '<canvas aria-hidden="true"></canvas>').join("");
  const button = element(`<button type="button"><i>${pictures}</i><span></span> <b></b></button>`);
  button.addEventListener("click", onClick);
  return button;
}

/**
 * @param {HTMLElement} button
 * @param {Term} term
 * @param {Scales} scales
 */
function drawTerm(button, term, scales) {
  const { width, height } = term;
  button.querySelectorAll("canvas").forEach((canvas, i) => {
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    const kind = PICTURES[i];
    const colours = kind === "patch" ? scales.colours : undefined;
    paintValues(canvas, term[kind], 0, scales[kind], colours);
  });
}
