import { grouped, size } from "../core/format.js";
import { element, find } from "./dom.js";

/** @import { LayerRow, LayerTable, Window } from "../types" */

export const LAYER_TABLE = `
  <table aria-label="Layers of the network">
    <thead>
      <tr>
        <th scope="col">Layer</th>
        <th scope="col">What it does</th>
        <th scope="col" class="count">Output</th>
        <th scope="col" class="count">Parameters</th>
        <th scope="col" class="count">Multiplications</th>
        <th scope="col" class="count">Receptive field</th>
        <th scope="col" class="formula"></th>
      </tr>
    </thead>
    <tbody></tbody>
    <tfoot></tfoot>
  </table>`;

/**
 * Fills the table; `onChoose` receives the window of a layer that is clicked.
 * @param {HTMLElement} table made of `LAYER_TABLE`
 * @param {LayerTable} network
 * @param {string} formula
 * @param {(window: Window) => void} onChoose
 */
export function fillLayerTable(table, network, formula, onChoose) {
  const { layers, parameters, multiplications } = network;
  find(table, ".formula").textContent = `Size: ${formula}`;
  find(table, "tbody").replaceChildren(...layers.map((layer) => makeRow(layer, onChoose)));
  const total = tableRow(
    '<th scope="row">total</th><td colspan="2"></td><td class="count"></td>' +
      '<td class="count"></td><td colspan="2"></td>',
    ["total", "", grouped(parameters), grouped(multiplications)],
  );
  find(table, "tfoot").replaceChildren(total);
}

/**
 * @param {LayerRow} layer
 * @param {(window: Window) => void} onChoose
 */
function makeRow(layer, onChoose) {
  const field = layer.receptive_field;
  const row = tableRow(
    '<th scope="row"></th><td></td><td class="count"></td><td class="count"></td>' +
      '<td class="count"></td><td class="count"></td><td></td>',
    [
      layer.name,
      layer.description,
      size(layer.shape),
      grouped(layer.parameters),
      grouped(layer.multiplications),
      size([field, field]),
    ],
  );
  const { window } = layer;
  if (window) {
    const button = element('<button type="button"></button>');
    button.title = `Copy the numbers of ${layer.name} to the calculator`;
    button.textContent = layer.formula;
    row.lastElementChild?.append(button);
    // The whole row is clickable; the button is for the keyboard and for screen readers.
    row.addEventListener("click", () => onChoose(window));
  }
  return row;
}

/**
 * @param {string} cells
 * @param {string[]} texts
 */
function tableRow(cells, texts) {
  const row = document.createElement("tr");
  row.innerHTML = cells;
  texts.forEach((text, column) => {
    row.children[column].textContent = text;
  });
  return row;
}
