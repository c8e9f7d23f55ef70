// The microscope: how the value of one unit follows from the layer before it.

import { colourScale } from "../core/colour-scale.js";
import { withKernel } from "../core/edits.js";
import { decimal } from "../core/format.js";
import { explain } from "../core/microscope.js";
import { text } from "../core/texts.js";
import { element, find, fragment, setText } from "./dom.js";
import { drawEquation } from "./equation.js";
import { largestWeight } from "./kernels.js";
import { sentences, unitName } from "./microscope-words.js";
import { GREY } from "./palette.js";
import { whenResting } from "./rest.js";
import { makeTermView } from "./term-view.js";
import { makeTerms } from "./terms.js";

/** @import { DrawReading, Explanation, Layer, Store, Unit } from "../types" */
/** @import { Scales } from "./terms.js" */

const MARKUP = `
  <div class="head">
    <h2 id="microscope-title" tabindex="-1"></h2>
    <div class="moves" role="group"></div>
    <button type="button" name="pin"></button>
    <button type="button" name="close">×</button>
  </div>
  <p class="equation"></p>
  <p class="finding"></p>
  <div class="terms" role="group"></div>
  <div class="term"></div>
  <p class="spoken" aria-live="polite"></p>`;

/** Milliseconds without a change until the unit is read out. */
const REST = 700;
/** Products are coloured as if one of them was at least this large. */
const FAINT = 0.05;
/** Buttons that move to a neighbour, for fingers. @type {[name: string, sign: string, key: string][]} */
const MOVES = [
  ["left", "←", "ArrowLeft"],
  ["up", "↑", "ArrowUp"],
  ["down", "↓", "ArrowDown"],
  ["right", "→", "ArrowRight"],
];

/**
 * @param {HTMLElement} section
 * @param {Store} state
 * @param {(key: string) => void} onMove moves the unit as an arrow key does
 */
export function makeMicroscope(section, state, onMove) {
  section.replaceChildren(fragment(MARKUP));
  fillTexts(section, onMove);
  const pin = find(section, "[name=pin]");
  const spoken = find(section, ".spoken");
  const terms = makeTerms(find(section, ".terms"), choose);
  const view = makeTermView(find(section, ".term"), paint, (words) => setText(spoken, words));
  /** The map of the open term, for each layer. @type {Map<string, number | null>} */
  const chosen = new Map();
  const speech = whenResting((/** @type {string} */ words) => setText(spoken, words), REST);
  /** @type {{ reading: DrawReading, explanation: Explanation, scales: Scales } | null} */
  let shown = null;

  const shut = () => state.set({ unit: null, pinned: false });
  pin.addEventListener("click", () => state.set({ pinned: !state.get("pinned") }));
  find(section, "[name=close]").addEventListener("click", shut);
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // It closes the microscope only, not the big screen around it.
    shut();
  });

  /** @param {number} index */
  function choose(index) {
    if (!shown) return;
    const { unit, terms } = shown.explanation;
    chosen.set(unit.layer, terms[index].map);
    drawTerms();
  }

  /**
   * @param {number} cell
   * @param {number} weight
   */
  function paint(cell, weight) {
    if (!shown) return;
    const { kind, unit, terms } = shown.explanation;
    const term = terms[openTerm(shown.explanation)];
    const weights = term.kernel.slice();
    weights[cell] = weight;
    // A subsampling map has one coefficient for all inputs.
    const [input, values] = kind === "subsampling" ? [null, [weight]] : [term.map, weights];
    state.set({ edits: withKernel(state.get("edits"), unit.layer, unit.map, input, values) });
  }

  /**
   * The term that is open: the one chosen in this layer, or the largest.
   * @param {Explanation} explanation
   */
  function openTerm({ unit, terms }) {
    const at = terms.findIndex(({ map }) => map === chosen.get(unit.layer));
    if (at >= 0) return at;
    /** @param {number} i */
    const size = (i) => Math.abs(terms[i].sum);
    return terms.reduce((best, _, i) => (size(i) > size(best) ? i : best), 0);
  }

  function drawTerms() {
    if (!shown) return;
    const { explanation, scales } = shown;
    const open = openTerm(explanation);
    terms.show(explanation.terms, scales, open);
    view.show(explanation, explanation.terms[open], scales);
  }

  return {
    /**
     * @param {DrawReading} reading
     * @param {Unit} unit
     */
    show(reading, unit) {
      const { network, prediction } = reading;
      const explanation = explain(network.predictor, prediction.layers, unit);
      const layer = /** @type {Layer} */ (
        prediction.layers.find(({ name }) => name === unit.layer)
      );
      const isNew = shown?.explanation.unit !== unit;
      shown = { reading, explanation, scales: scalesOf(reading, explanation) };
      section.hidden = false;
      const name = unitName(network, layer, unit);
      if (isNew) {
        setText(find(section, "h2"), name);
        view.start(explanation, largestWeight(network.predictor.checkpoint, unit.layer));
      }
      const words = sentences(reading, explanation).join(" ");
      drawEquation(find(section, ".equation"), explanation);
      setText(find(section, ".finding"), words);
      drawTerms();
      describe(section, explanation);
      speech.schedule(`${name}: ${decimal(explanation.value)}. ${words}`);
    },
    /** @param {boolean} isPinned */
    pin(isPinned) {
      section.dataset.pinned = String(isPinned);
      pin.ariaPressed = String(isPinned);
    },
    hide() {
      shown = null;
      section.hidden = true;
      speech.cancel();
      setText(spoken, "");
    },
    focus: () => find(section, "h2").focus(),
    close() {
      speech.cancel();
      view.close();
    },
  };
}

/**
 * @param {HTMLElement} section
 * @param {(key: string) => void} onMove
 */
function fillTexts(section, onMove) {
  setText(find(section, "[name=pin]"), text("microscope.pin"));
  find(section, "[name=pin]").title = text("microscope.pinHint");
  find(section, "[name=close]").ariaLabel = text("microscope.close");
  find(section, ".terms").ariaLabel = text("microscope.termList");
  const moves = find(section, ".moves");
  moves.ariaLabel = text("microscope.move");
  moves.replaceChildren(
    ...MOVES.map(([name, sign, key]) => {
      const button = element('<button type="button"></button>');
      button.textContent = sign;
      button.ariaLabel = text(`microscope.${name}`);
      button.addEventListener("click", () => onMove(key));
      return button;
    }),
  );
}

/**
 * The exact numbers, for programs.
 * @param {HTMLElement} section
 * @param {Explanation} explanation
 */
function describe({ dataset }, { kind, unit, bias, sum, value }) {
  const { layer, map, row, column } = unit;
  Object.assign(dataset, { kind, layer, map, row, column, bias, sum, value });
}

/**
 * The colour scales of all terms together; those of kernels and products are symmetric.
 * @param {DrawReading} reading
 * @param {Explanation} explanation
 * @returns {Scales}
 */
function scalesOf({ network }, { unit, kind, previous, terms }) {
  const patch = network.ranges.find(({ name }) => name === previous)?.values ?? [0, 1];
  const [, high] = colourScale(...terms.map((term) => term.products), [-FAINT, FAINT]);
  const most = largestWeight(network.predictor.checkpoint, unit.layer);
  return {
    patch,
    // A bitmap is compared with the patch.
    kernel: kind === "rbf" ? patch : [-most, most],
    products: [-high, high],
    colours: previous === "input" ? GREY : undefined,
  };
}
