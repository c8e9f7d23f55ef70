// The network layer by layer: a drawing, a table, and a calculator for output sizes.

import { CALCULATOR, makeCalculator } from "../parts/calculator.js";
import { find, fragment } from "../parts/dom.js";
import { fillLayerTable, LAYER_TABLE } from "../parts/layer-table.js";
import { makeMessages } from "../parts/messages.js";

/** @import { Network, View } from "../types" */

const MARKUP = `
  <section id="network" aria-label="The network, layer by layer">
    <p>All counts are for one image. The receptive field is the square of input pixels that one unit
      sees. Select a size formula to copy its numbers to the calculator.</p>
    <p class="message trouble" role="alert" hidden></p>
    <div class="sheet" hidden>
      <div class="picture"></div>
      <div class="numbers" role="region" tabindex="0" aria-label="Layers of the network">
        ${LAYER_TABLE}
      </div>
      ${CALCULATOR}
    </div>
  </section>`;

/** @type {View} */
export default {
  id: "layers",
  title: "Layers",
  invitation: () => "See what each layer does, how large its output is, and what it costs.",
  fits: () => true,
  read: (network) => network,
  mount,
};

/** @type {View["mount"]} */
function mount(panel, state) {
  panel.replaceChildren(fragment(MARKUP));
  const calculator = makeCalculator(find(panel, "#calculator"));
  const messages = makeMessages(find(panel, ".trouble"));
  const unsubscribe = state.subscribe(["problem"], () => messages.report(state.get("problem")));

  return {
    /** @param {Network} network */
    show({ layers, sizeFormula }) {
      find(panel, ".sheet").hidden = false;
      find(panel, ".picture").innerHTML = layers.picture;
      calculator.setFormula(sizeFormula);
      fillLayerTable(find(panel, "table"), layers, sizeFormula, calculator.fill);
    },
    close: unsubscribe,
  };
}
