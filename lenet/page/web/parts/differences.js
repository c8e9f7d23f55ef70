// The maps of one layer for two inputs, largest difference first.

import { bytes } from "../core/bytes.js";
import { layerCaption } from "../core/format.js";
import { element, find, setText } from "./dom.js";
import { drawLegend, LEGEND, namedCanvas, paintLevels } from "./maps.js";
import { palette } from "./palette.js";

/** @import { Difference } from "../types" */

const COLUMNS = 8; // per row on a phone; twice as many on a desktop
const MAX_COLUMNS = 4 * COLUMNS;
const ROWS = ["A", "B", "A − B"];

/**
 * Draws each layer in its own figure at the end of `parent`, for any number of layers.
 * @param {HTMLElement} parent
 * @param {Difference[]} layers
 */
export function drawDifferences(parent, layers) {
  const figures = /** @type {HTMLElement[]} */ ([...parent.querySelectorAll("figure")]);
  for (const surplus of figures.slice(layers.length)) surplus.remove();
  layers.forEach((layer, i) => {
    const caption = captionOf(layer);
    let figure = figures[i];
    if (figure?.dataset.shape !== caption) {
      const replacement = makeFigure(`difference-${i + 1}`, caption, layer);
      if (figure) figure.replaceWith(replacement);
      else parent.append(replacement);
      figure = replacement;
    }
    drawLayer(figure, layer);
  });
}

/** @param {Difference} layer */
function captionOf({ name, a: { shape } }) {
  const few = shape[0] > MAX_COLUMNS ? `, showing the ${MAX_COLUMNS} that differ most` : "";
  return layerCaption(name, shape) + few;
}

/**
 * @param {HTMLElement} figure
 * @param {Difference} layer
 */
function drawLayer(figure, layer) {
  const size = layer.a.shape[1] * layer.a.shape[2];
  const parts = [layer.a, layer.b, layer.difference];
  const rows = parts.map((maps) => ({ levels: bytes(maps.data), colours: palette(maps.range) }));
  const [values, differences] = figure.querySelectorAll(".legend");
  drawLegend(/** @type {HTMLElement} */ (values), layer.a.range);
  drawLegend(/** @type {HTMLElement} */ (differences), layer.difference.range);
  figure.querySelectorAll(".column").forEach((column, i) => {
    const map = `${layer.name}, map ${layer.maps[i]}`;
    const distance = layer.distances[i].toPrecision(2);
    column.ariaLabel = `${map}, mean difference ${distance}`;
    setText(find(column, "b"), String(layer.maps[i]));
    setText(find(column, "span"), distance);
    column.querySelectorAll("canvas").forEach((canvas, row) => {
      const { levels, colours } = rows[row];
      canvas.ariaLabel = `${map}, ${ROWS[row]}`;
      paintLevels(canvas, levels.subarray(i * size, (i + 1) * size), colours);
    });
  });
}

/**
 * @param {string} id
 * @param {string} caption
 * @param {Difference} layer
 */
function makeFigure(id, caption, { a: { shape } }) {
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
    `<div class="row-names${phone ? " phone" : ""}" aria-hidden="true"><p>map</p>` +
      `${ROWS.map((name) => `<span>${name}</span>`).join("")}</div>`,
  );
