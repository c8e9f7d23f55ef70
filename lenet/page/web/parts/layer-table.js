import { grouped, layerName, size } from "../core/format.js";
import { text } from "../core/texts.js";
import { element, find } from "./dom.js";

/** @import { LayerRow, LayerTable, Window } from "../types" */

export const layerTableMarkup = () => `
  <table aria-label="${text("table.layers")}">
    <thead>
      <tr>
        <th scope="col">${text("table.layer")}</th>
        <th scope="col">${text("table.does")}</th>
        <th scope="col" class="count">${text("table.output")}</th>
        <th scope="col" class="count">${text("table.parameters")}</th>
        <th scope="col" class="count">${text("table.multiplications")}</th>
        <th scope="col" class="count">${text("table.field")}</th>
        <th scope="col" class="formula"></th>
      </tr>
    </thead>
    <tbody></tbody>
    <tfoot></tfoot>
  </table>`;

/**
 * Fills the table; `onChoose` receives the window of a layer that is clicked.
 * @param {HTMLElement} table made of `layerTableMarkup`
 * @param {LayerTable} network
 * @param {string[]} descriptions of its layers
 * @param {string} formula
 * @param {(window: Window) => void} onChoose
 */
export function fillLayerTable(table, network, descriptions, formula, onChoose) {
  const { layers, parameters, multiplications } = network;
  find(table, ".formula").textContent = text("table.size", { formula });
  find(table, "tbody").replaceChildren(
    ...layers.map((layer, i) => makeRow(layer, descriptions[i], onChoose)),
  );
  const total = tableRow(
    '<th scope="row"></th><td colspan="2"></td><td class="count"></td>' +
      '<td class="count"></td><td colspan="2"></td>',
    [text("table.total"), "", grouped(parameters), grouped(multiplications)],
  );
  find(table, "tfoot").replaceChildren(total);
}

/**
 * @param {LayerRow} layer
 * @param {string} description
 * @param {(window: Window) => void} onChoose
 */
function makeRow(layer, description, onChoose) {
  const field = layer.receptive_field;
  const row = tableRow(
    '<th scope="row"></th><td></td><td class="count"></td><td class="count"></td>' +
      '<td class="count"></td><td class="count"></td><td></td>',
    [
      layerName(layer.name),
      description,
      size(layer.shape),
      grouped(layer.parameters),
      grouped(layer.multiplications),
      size([field, field]),
    ],
  );
  const { window } = layer;
  if (window) {
    const button = element('<button type="button"></button>');
    button.title = text("table.copy", { layer: layer.name });
    button.textContent = layer.formula;
    row.lastElementChild?.append(button);
    // The whole row is clickable; the button is for the keyboard and for screen readers.
    row.addEventListener("click", () => onChoose(window));
  }
  return row;
}

/**
 * @param {string} cells
 * @param {string[]} contents
 */
function tableRow(cells, contents) {
  const row = document.createElement("tr");
  row.innerHTML = cells;
  contents.forEach((content, column) => {
    row.children[column].textContent = content;
  });
  return row;
}
