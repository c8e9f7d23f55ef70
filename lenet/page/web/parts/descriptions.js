import { summaries } from "../core/summaries.js";
import { element, setText } from "./dom.js";
import { whenResting } from "./rest.js";

/** @import { DrawReading } from "../types" */

/** Milliseconds without a new reading until the descriptions follow: the pen rests. */
const REST = 400;

/** Where the description of each part stands; the other parts are layers. */
const PLACES = new Map([
  ["pad", "#pad"],
  ["input", ".input"],
]);

/**
 * Descriptions of the panels that only screen readers find, at the end of each panel. The answer and
 * the probabilities are text already.
 * @param {HTMLElement} panel
 */
export function makeDescriptions(panel) {
  /** @param {DrawReading} reading */
  function describe(reading) {
    for (const { part, text } of summaries(reading)) {
      const place = panel.querySelector(PLACES.get(part) ?? `.layer[data-layer="${part}"]`);
      if (!place) continue;
      const last = place.querySelector(":scope > .description");
      const description = last ?? place.appendChild(element('<span class="description"></span>'));
      setText(description, text);
    }
  }

  const rest = whenResting(describe, REST);
  return { show: rest.schedule, close: rest.cancel };
}
