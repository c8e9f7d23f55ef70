// The network layer by layer: a drawing, a table, and a calculator for output sizes.

import { CALCULATOR, makeCalculator } from "../parts/calculator.js";
import { find, fragment } from "../parts/dom.js";
import { fillLayerTable, layerTable } from "../parts/layer-table.js";
import { makeMessages } from "../parts/messages.js";

/** @import { LayerTable, Network, View } from "../types" */

/** @param {string} formula */
const markup = (formula) => `
  <section id="network" aria-label="The network, layer by layer">
    <p>All counts are for one image. The receptive field is the square of input pixels that one unit
      sees. Select a size formula to copy its numbers to the calculator.</p>
    <p class="message trouble" role="alert" hidden></p>
    <div class="sheet" hidden>
      <div class="picture"></div>
      <div class="numbers" role="region" tabindex="0" aria-label="Layers of the network">
        ${layerTable(formula)}
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
  mount,
};

/** @type {View["mount"]} */
function mount(panel, state) {
  const { sizeFormula } = state.get("facts");
  panel.replaceChildren(fragment(markup(sizeFormula)));
  const calculator = makeCalculator(find(panel, "#calculator"), sizeFormula);
  const messages = makeMessages(find(panel, ".trouble"));
  /** @type {WeakMap<Network, LayerTable>} */
  const cache = new WeakMap();
  const unsubscribe = state.subscribe(["problem"], () => messages.report(state.get("problem")));

  return {
    async read(network) {
      const answer =
        cache.get(network) ?? (await state.get("server").network({ model: network.name }));
      if (answer && !("error" in answer)) cache.set(network, answer);
      return answer;
    },
    /** @param {LayerTable} network */
    show(network) {
      find(panel, ".sheet").hidden = false;
      find(panel, ".picture").innerHTML = network.picture;
      fillLayerTable(find(panel, "table"), network, calculator.fill);
    },
    close: unsubscribe,
  };
}
