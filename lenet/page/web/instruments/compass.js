// How far the drawing can be moved and bent before the answer changes.

import { GRIDS, variant } from "../core/robustness.js";
import { named, text } from "../core/texts.js";
import { isAbort } from "../core/workers.js";
import { makeAnswerGrid } from "../parts/answer-grid.js";
import { classColours } from "../parts/class-colours.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { whenResting } from "../parts/rest.js";

/** @import { DrawReading, Instrument, Network } from "../types" */

/** @type {Instrument} */
export default {
  id: "compass",
  title: () => text("compass.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body, state) {
  body.replaceChildren(
    fragment(
      '<p class="intro"></p><div class="grids"></div><ul class="classes-legend" hidden></ul>',
    ),
  );
  setText(find(body, ".intro"), text("compass.intro"));
  /** @type {DrawReading | null} */
  let last = null;
  /** What the grids show. @type {ReturnType<typeof question> | null} */
  let shown = null;

  const grids = Object.keys(GRIDS).map((name) => ({
    name,
    ...makeAnswerGrid(name, (bend) => last && state.set({ sketch: variant(last.sketch, bend) })),
  }));
  find(body, ".grids").append(...grids.map(({ figure }) => figure));

  function question() {
    const { network, sketch, prediction } = /** @type {DrawReading} */ (last);
    // The pad adds points to the strokes of a sketch; the input is new with each reading.
    const { networkInput: input } = prediction;
    return { network: network.name, edits: state.get("edits"), sketch, input };
  }

  const rest = whenResting(async () => {
    const network = state.get("network");
    if (!network || last?.network.name !== network.name) return;
    const asked = question();
    const { labels, digits } = network;
    try {
      for (const { name, show } of grids) {
        const argument = { sketch: asked.sketch, grid: name };
        const cells = await state.get("tasks").run("compass", network, asked.edits, argument);
        show({ cells, labels, digits });
      }
      shown = asked;
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  });

  return {
    /** @param {DrawReading} reading */
    show(reading) {
      if (last?.network.name !== reading.network.name) drawLegend(body, reading.network);
      last = reading;
      const asked = question();
      if (shown?.input === asked.input && shown.edits === asked.edits) return;
      for (const { setBusy } of grids) setBusy(true);
      rest.schedule();
    },
    close: rest.cancel,
  };
}

/**
 * The names of classes that cells shorten.
 * @param {HTMLElement} body
 * @param {Network} network
 */
function drawLegend(body, { labels, digits }) {
  const legend = find(body, ".classes-legend");
  legend.hidden = digits;
  legend.replaceChildren(
    ...labels.map((label, i) => {
      const item = element("<li><i></i> <span></span></li>");
      find(item, "i").style.background = classColours(i, 1).background;
      find(item, "span").textContent = named("classes", label);
      return item;
    }),
  );
}
