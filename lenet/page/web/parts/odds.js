// The odds of the runner-up, in words.

import { oddsText } from "../core/summaries.js";
import { setText } from "./dom.js";
import { whenResting } from "./rest.js";

/** @import { Prediction } from "../types" */

/** Milliseconds between two texts: nobody reads faster, and each new text moves its surroundings. */
const PAUSE = 200;

/** @param {HTMLElement} element */
export function makeOdds(element) {
  let shownAt = -PAUSE;

  /** @param {Prediction} prediction */
  function write(prediction) {
    shownAt = performance.now();
    setText(element, oddsText(prediction));
  }
  const later = whenResting(write, PAUSE);

  return {
    /** @param {Prediction} prediction */
    show(prediction) {
      later.cancel();
      if (performance.now() - shownAt < PAUSE) later.schedule(prediction);
      else write(prediction);
    },
    close: later.cancel,
  };
}
