// The network layer by layer: a drawing, a table, and a calculator for output sizes.

import { describe } from "../core/descriptions.js";
import { diagram } from "../core/diagram.js";
import { networkTitle } from "../core/format.js";
import { text } from "../core/texts.js";
import { calculatorMarkup, makeCalculator } from "../parts/calculator.js";
import { find, fragment } from "../parts/dom.js";
import { fillLayerTable, layerTableMarkup } from "../parts/layer-table.js";
import { makeMessages } from "../parts/messages.js";

/** @import { Network, View } from "../types" */

const markup = () => `
  <section id="network" aria-label="${text("table.label")}">
    <p>${text("table.intro")}</p>
    <p class="message trouble" role="alert" hidden></p>
    <div class="sheet" hidden>
      <div class="picture"></div>
      <div class="numbers" role="region" tabindex="0" aria-label="${text("table.layers")}">
        ${layerTableMarkup()}
      </div>
      ${calculatorMarkup()}
    </div>
  </section>`;

/** @type {View} */
export default {
  id: "layers",
  title: () => text("table.title"),
  invitation: () => text("table.invitation"),
  fits: () => true,
  read: (network) => network,
  mount,
};

/** @type {View["mount"]} */
function mount(panel, state) {
  panel.replaceChildren(fragment(markup()));
  const calculator = makeCalculator(find(panel, "#calculator"));
  const messages = makeMessages(find(panel, ".trouble"));
  const unsubscribe = state.subscribe(["problem"], () => messages.report(state.get("problem")));

  return {
    /** @param {Network} network */
    show({ layers: table, title, sizeFormula, predictor }) {
      const words = describe(predictor.config);
      const layers = table.layers.map((layer, i) => ({ ...layer, ...words[i] }));
      find(panel, ".sheet").hidden = false;
      find(panel, ".picture").innerHTML = diagram(layers, networkTitle(title));
      calculator.setFormula(sizeFormula);
      const descriptions = words.map(({ description }) => description);
      fillLayerTable(find(panel, "table"), table, descriptions, sizeFormula, calculator.fill);
    },
    close: unsubscribe,
  };
}
