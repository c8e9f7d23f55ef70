import { blankGlow } from "../core/numbers.js";
import { blankText } from "../core/summaries.js";
import { element, find, setText } from "./dom.js";

/** @import { DrawReading, Network } from "../types" */

/**
 * A note below the maps of the first convolution that says why they glow on blank paper.
 * @param {HTMLElement} stack contains a figure for each layer, which may be replaced
 */
export function makeBlankNote(stack) {
  const note = element('<p class="blank-note"></p>');
  /** @type {Network["predictor"] | null} */
  let explained = null;

  /** @param {Network} network */
  function explain({ predictor, ranges }) {
    if (explained === predictor) return;
    explained = predictor;
    const { activation } = predictor.config;
    setText(note, blankText(blankGlow(predictor), ranges[1].values, activation));
  }

  return {
    /**
     * @param {DrawReading} reading
     * @param {boolean} before whether the maps show their values before the activation
     */
    show({ network, prediction }, before) {
      if (prediction.state === "blank") explain(network);
      note.hidden = prediction.state !== "blank" || before || !note.textContent;
      if (!note.hidden) find(stack, ".layer").append(note);
    },
  };
}
