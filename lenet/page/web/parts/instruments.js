// Panels that open at a click: only open ones compute anything, after the answer is shown.

import { coalesced } from "../state.js";
import { element, find } from "./dom.js";

/** @import { DrawReading, Instrument, Network, Store } from "../types" */

/**
 * Adds a panel for each instrument at the end of `parent`.
 * @param {HTMLElement} parent
 * @param {Instrument[]} instruments
 * @param {Store} state
 */
export function makeInstruments(parent, instruments, state) {
  /** @type {DrawReading | null} */
  let last = null;
  const panels = instruments.map((instrument) => {
    const details = makeDetails(instrument);
    parent.append(details);
    const mounted = instrument.mount(find(details, ".body"), state);
    details.addEventListener("toggle", () => {
      if (details.open && last) mounted.show(last);
    });
    return { instrument, details, mounted };
  });

  // In a task of its own, so that the answer doesn't have to wait for it.
  const showOpen = coalesced(() => {
    for (const { details, mounted } of panels) {
      if (last && details.open && !details.hidden) mounted.show(last);
    }
  }, setTimeout);

  return {
    /** @param {Network} network */
    fit(network) {
      for (const { instrument, details } of panels) details.hidden = !instrument.fits(network);
    },
    /** @param {DrawReading} reading */
    show(reading) {
      last = reading;
      showOpen();
    },
    /**
     * Opens an instrument and moves there.
     * @param {string} id
     */
    open(id) {
      const details = panels.find(({ instrument }) => instrument.id === id)?.details;
      if (!details) return;
      details.open = true;
      find(details, "summary").focus({ preventScroll: true });
      const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      details.scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
    },
    close() {
      for (const { mounted } of panels) mounted.close();
    },
  };
}

/** @param {Instrument} instrument */
function makeDetails({ id, title }) {
  const details = element(
    '<details class="instrument"><summary></summary><div class="body"></div></details>',
  );
  if (!(details instanceof HTMLDetailsElement)) throw new Error("This is not a details element.");
  details.id = id;
  find(details, "summary").textContent = title();
  return details;
}
