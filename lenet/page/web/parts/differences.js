// The maps of one layer for two inputs, largest difference first.

import { colourScale } from "../core/colour-scale.js";
import { layerCaption } from "../core/format.js";
import { text } from "../core/texts.js";
import { element, find, setText } from "./dom.js";
import { drawLegend, LEGEND, namedCanvas, paintValues } from "./maps.js";

/** @import { LayerComparison, Maps, Range } from "../types" */

const COLUMNS = 8; // per row on a phone; twice as many on a desktop
const MAX_COLUMNS = 4 * COLUMNS;
const ROWS = ["A", "B", "A − B"];

/**
 * Draws each layer in its own figure at the end of `parent`, for any number of layers.
 * @param {HTMLElement} parent
 * @param {LayerComparison[]} layers
 */
export function drawDifferences(parent, layers) {
  const figures = /** @type {HTMLElement[]} */ ([...parent.querySelectorAll("figure")]);
  for (const surplus of figures.slice(layers.length)) surplus.remove();
  layers.forEach((layer, i) => {
    const caption = captionOf(layer.a);
    let figure = figures[i];
    if (figure?.dataset.shape !== caption) {
      const replacement = makeFigure(`difference-${i + 1}`, caption, layer.a);
      if (figure) figure.replaceWith(replacement);
      else parent.append(replacement);
      figure = replacement;
    }
    drawLayer(figure, layer);
  });
}

/** @param {Maps} maps */
function captionOf({ name, shape }) {
  const caption = layerCaption(name, shape, "convolution");
  if (shape[0] <= MAX_COLUMNS) return caption;
  return text("compare.most", { caption, count: MAX_COLUMNS });
}

/**
 * @param {HTMLElement} figure
 * @param {LayerComparison} layer
 */
function drawLayer(figure, { a, b, difference, distances, ranking }) {
  const size = a.shape[1] * a.shape[2];
  const values = colourScale(a.data, b.data);
  const differences = symmetric(difference);
  const rows = [
    { data: a.data, range: values },
    { data: b.data, range: values },
    { data: difference.data, range: differences },
  ];
  const [first, second] = figure.querySelectorAll(".legend");
  drawLegend(/** @type {HTMLElement} */ (first), values);
  drawLegend(/** @type {HTMLElement} */ (second), differences);
  figure.querySelectorAll(".column").forEach((column, i) => {
    const index = ranking[i];
    const map = text("layers.map", { name: a.name, number: index + 1 });
    const distance = distances[index].toPrecision(2);
    column.ariaLabel = text("compare.distance", { map, distance });
    setText(find(column, "b"), String(index + 1));
    setText(find(column, "span"), distance);
    column.querySelectorAll("canvas").forEach((canvas, row) => {
      canvas.ariaLabel = text("compare.row", { map, row: ROWS[row] });
      paintValues(canvas, rows[row].data, index * size, rows[row].range);
    });
  });
}

/**
 * A colour scale for differences, symmetric around 0.
 * @param {Maps} difference
 * @returns {Range}
 */
function symmetric({ data }) {
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return [-largest, largest];
}

/**
 * @param {string} id
 * @param {string} caption
 * @param {Maps} layer
 */
function makeFigure(id, caption, { shape }) {
  const [maps, height, width] = shape;
  const count = Math.min(maps, MAX_COLUMNS);
  const figure = element(
    `<figure class="difference"><figcaption><span class="name"></span>${LEGEND}${LEGEND}` +
      '</figcaption><div class="columns"></div></figure>',
  );
  figure.id = id;
  figure.dataset.shape = caption;
  figure.style.setProperty("--few", String(Math.min(count, COLUMNS)));
  figure.style.setProperty("--many", String(Math.min(count, 2 * COLUMNS)));
  find(figure, ".name").textContent = caption;
  const [values, differences] = figure.querySelectorAll(".legend");
  values.prepend("A, B ");
  differences.prepend("A − B ");
  const columns = find(figure, ".columns");
  for (let i = 0; i < count; i++) {
    if (i % COLUMNS === 0) columns.append(rowNames(i % (2 * COLUMNS) !== 0));
    columns.append(makeColumn(width, height));
  }
  return figure;
}

/**
 * @param {number} width
 * @param {number} height
 */
function makeColumn(width, height) {
  const column = element('<div class="column" role="group"><p><b></b> <span></span></p></div>');
  column.append(...ROWS.map((name) => namedCanvas(name, width, height)));
  return column;
}

/**
 * Names to the left of the rows; those for the `phone` appear only where rows are half as long.
 * @param {boolean} phone
 */
const rowNames = (phone) =>
  element(
    `<div class="row-names${phone ? " phone" : ""}" aria-hidden="true"><p>${text("compare.map")}</p>` +
      `${ROWS.map((name) => `<span>${name}</span>`).join("")}</div>`,
  );
