// One term of a unit's sum in large: patch × kernel = products, and a brush for the kernel.

import { decimal } from "../core/format.js";
import { text } from "../core/texts.js";
import { makeCells } from "./cells.js";
import { element, find, fragment, setText } from "./dom.js";
import { makeKernelPainter } from "./kernel-painter.js";
import { cellText, patchName } from "./microscope-words.js";

/** @import { Explanation, Term } from "../types" */
/** @import { Scales } from "./terms.js" */

const MARKUP = `
  <div class="grids"></div>
  <p class="readout"></p>
  <div class="brush"><label><span></span> <input type="range"></label> <output></output></div>
  <ol class="strongest"></ol>`;

/** With more cells than this, the products that matter most are listed. */
const MANY = 36;
/** How many of them. */
const LISTED = 6;

/**
 * @param {HTMLElement} root
 * @param {(cell: number, weight: number) => void} paint changes a weight of the kernel
 * @param {(words: string) => void} speak
 */
export function makeTermView(root, paint, speak) {
  root.replaceChildren(fragment(MARKUP));
  const grids = find(root, ".grids");
  const readout = find(root, ".readout");
  const strongest = find(root, ".strongest");
  const [patch, kernel, products] = ["patch", "kernel", "products"].map(makeCells);
  const all = [patch, kernel, products];
  const painter = makeKernelPainter(kernel, find(root, ".brush"), {
    paint,
    weightOf: (cell) => shown?.term.kernel[cell] ?? 0,
    point: speakCell,
  });
  /** @type {{ explanation: Explanation, term: Term } | null} */
  let shown = null;
  /** The cell under the pointer; -1 if there is none. */
  let pointed = -1;

  all.forEach(({ box }, i) => {
    const figure = element("<figure><figcaption></figcaption></figure>");
    figure.append(box);
    if (i)
      grids.append(element(`<span class="sign" aria-hidden="true">${i === 1 ? "×" : "="}</span>`));
    grids.append(figure);
  });
  const names = [...grids.querySelectorAll("figcaption")];
  const sign = find(grids, ".sign");
  setText(find(root, ".brush span"), text("microscope.brush"));
  kernel.box.setAttribute("role", "application");
  kernel.box.ariaLabel = text("microscope.kernelKeys");

  for (const cells of all) {
    cells.box.addEventListener("pointermove", (event) => point(cells.at(event)));
    cells.box.addEventListener("pointerleave", () => point(-1));
  }
  kernel.box.addEventListener("blur", () => point(-1));

  /** @param {number} cell */
  function point(cell) {
    pointed = cell;
    drawCell();
  }

  /** @param {number} cell */
  function speakCell(cell) {
    point(cell);
    speak(readout.textContent ?? "");
  }

  /** Marks one cell in all grids, and shows its numbers. */
  function drawCell() {
    if (!shown) return;
    const { explanation, term } = shown;
    const cell = pointed < term.products.length ? pointed : -1;
    for (const cells of all) cells.mark("pointed", cell);
    const sum =
      explanation.terms.length < 2 ? "" : text("microscope.termSum", { sum: decimal(term.sum) });
    setText(readout, cell < 0 ? sum : cellText(explanation, term, cell));
  }

  /** @param {Term} term */
  function list({ products }) {
    strongest.hidden = products.length <= MANY;
    if (strongest.hidden || !shown) return;
    const { explanation, term } = shown;
    const order = [...products.keys()].sort(
      (a, b) => Math.abs(products[b]) - Math.abs(products[a]),
    );
    while (strongest.children.length < LISTED) strongest.append(document.createElement("li"));
    order.slice(0, LISTED).forEach((cell, i) => {
      setText(strongest.children[i], cellText(explanation, term, cell));
    });
  }

  return {
    /**
     * Starts with a different unit.
     * @param {Explanation} explanation
     * @param {number} most the largest weight of its layer
     */
    start({ kind, trainable }, most) {
      pointed = -1;
      painter.start(trainable, most);
      setText(sign, kind === "rbf" ? "−" : "×");
      setText(names[1], text(`microscope.${kind === "rbf" ? "bitmap" : "kernel"}`));
      setText(names[2], text(`microscope.${kind === "rbf" ? "differences" : "productGrid"}`));
    },
    /**
     * @param {Explanation} explanation
     * @param {Term} term
     * @param {Scales} scales
     */
    show(explanation, term, scales) {
      shown = { explanation, term };
      const columns = columnsOf(term);
      setText(names[0], patchName(explanation, term));
      patch.draw({ values: term.patch, columns, range: scales.patch, colours: scales.colours });
      kernel.draw({ values: term.kernel, columns, range: scales.kernel });
      products.draw({ values: term.products, columns, range: scales.products });
      patch.mark("winner", explanation.winner ?? -1);
      drawCell();
      list(term);
    },
    close() {
      for (const cells of all) cells.close();
    },
  };
}

/**
 * The columns of a term's grids: a strip of units has several rows.
 * @param {Term} term
 */
function columnsOf({ width, height }) {
  if (height > 1 || width < 10) return width;
  const root = Math.ceil(Math.sqrt(width));
  for (let columns = root; columns < 2 * root; columns++) {
    if (width % columns === 0) return columns;
  }
  return root;
}
