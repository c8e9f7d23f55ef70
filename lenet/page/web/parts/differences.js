// The maps of one layer, in columns: one row of pictures for each input, and one for differences.

import { colourScale } from "../core/colour-scale.js";
import { layerCaption, precise } from "../core/format.js";
import { text } from "../core/texts.js";
import { element, find, setText } from "./dom.js";
import { drawLegend, LEGEND, namedCanvas, paintValues } from "./maps.js";

/** @import { LayerComparison, LayerPair, Maps, Range } from "../types" */
/** @typedef {{ name: string, data: Float64Array, range: Range }} Row */

/**
 * What a figure shows: rows of maps in the order of `ranking`, and the distance of each map if the
 * maps of both inputs correspond.
 * @typedef {{
 *   maps: Maps,
 *   caption: string,
 *   rows: Row[],
 *   ranking: number[],
 *   distances: number[] | null,
 * }} Shown
 */

const COLUMNS = 8; // per row on a phone; twice as many on a desktop
const MAX_COLUMNS = 4 * COLUMNS;

/**
 * The maps of one network for two inputs, largest difference first.
 * @param {LayerComparison} layer
 * @returns {Shown}
 */
export function ranked({ a, b, difference, distances, ranking }) {
  const values = colourScale(a.data, b.data);
  const rows = [
    { name: "A", data: a.data, range: values },
    { name: "B", data: b.data, range: values },
    { name: "A − B", data: difference.data, range: symmetric(difference) },
  ];
  const few = a.shape[0] > MAX_COLUMNS ? text("compare.mostDifferent", { count: MAX_COLUMNS }) : "";
  return { maps: a, caption: captionOf(a, few), rows, ranking, distances };
}

/**
 * The maps of two networks, or of one of them, in their own order.
 * @param {LayerPair} pair
 * @returns {Shown}
 */
export function sideBySide({ a, b }) {
  const maps = /** @type {Maps} */ (a ?? b);
  const range = colourScale(a?.data ?? [], b?.data ?? []);
  const rows = [
    ...(a ? [{ name: "A", data: a.data, range }] : []),
    ...(b ? [{ name: "B", data: b.data, range }] : []),
  ];
  const few = maps.shape[0] > MAX_COLUMNS ? text("compare.first", { count: MAX_COLUMNS }) : "";
  const alone = rows.length < 2 ? text("compare.alone", { name: rows[0].name }) : "";
  const caption = captionOf(maps, alone, few);
  return { maps, caption, rows, ranking: [...Array(maps.shape[0]).keys()], distances: null };
}

/**
 * @param {Maps} maps
 * @param {string[]} remarks
 */
const captionOf = ({ name, shape }, ...remarks) =>
  [layerCaption(name, shape, "convolution"), ...remarks].filter((part) => part).join(" · ");

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
 * Draws each layer in its own figure at the end of `parent`, for any number of layers.
 * @param {HTMLElement} parent
 * @param {Shown[]} layers
 */
export function drawDifferences(parent, layers) {
  const figures = /** @type {HTMLElement[]} */ ([...parent.querySelectorAll("figure")]);
  for (const surplus of figures.slice(layers.length)) surplus.remove();
  layers.forEach((layer, i) => {
    const shape = shapeOf(layer);
    let figure = figures[i];
    if (figure?.dataset.shape !== shape) {
      const replacement = makeFigure(`difference-${i + 1}`, layer);
      replacement.dataset.shape = shape;
      if (figure) figure.replaceWith(replacement);
      else parent.append(replacement);
      figure = replacement;
    }
    drawLayer(figure, layer);
  });
}

/**
 * Figures of the same shape need no new elements.
 * @param {Shown} layer
 */
const shapeOf = ({ caption, rows, distances }) =>
  [caption, ...rows.map(({ name }) => name), distances ? "ranked" : ""].join("|");

/**
 * @param {HTMLElement} figure
 * @param {Shown} layer
 */
function drawLayer(figure, { maps, rows, ranking, distances }) {
  const size = maps.shape[1] * maps.shape[2];
  figure.querySelectorAll(".legend").forEach((legend, i) => {
    drawLegend(/** @type {HTMLElement} */ (legend), rows[i === 0 ? 0 : rows.length - 1].range);
  });
  figure.querySelectorAll(".column").forEach((column, i) => {
    const index = ranking[i];
    const map = text("layers.map", { name: maps.name, number: index + 1 });
    const distance = distances ? precise(distances[index], 2) : "";
    column.ariaLabel = distances ? text("compare.distance", { map, distance }) : map;
    setText(find(column, "b"), String(index + 1));
    setText(find(column, "span"), distance);
    column.querySelectorAll("canvas").forEach((canvas, row) => {
      canvas.ariaLabel = text("compare.row", { map, row: rows[row].name });
      paintValues(canvas, rows[row].data, index * size, rows[row].range);
    });
  });
}

/**
 * @param {string} id
 * @param {Shown} layer
 */
function makeFigure(id, { maps, caption, rows, distances }) {
  const [all, height, width] = maps.shape;
  const count = Math.min(all, MAX_COLUMNS);
  const names = rows.map(({ name }) => name);
  const legends = distances ? [names.slice(0, -1), names.slice(-1)] : [names];
  const figure = element(
    '<figure class="difference"><figcaption><span class="name"></span></figcaption>' +
      '<div class="columns"></div></figure>',
  );
  figure.id = id;
  figure.style.setProperty("--few", String(Math.min(count, COLUMNS)));
  figure.style.setProperty("--many", String(Math.min(count, 2 * COLUMNS)));
  figure.style.setProperty("--rows", String(rows.length + 1));
  find(figure, ".name").textContent = caption;
  find(figure, "figcaption").append(...legends.map(makeLegend));
  const columns = find(figure, ".columns");
  for (let i = 0; i < count; i++) {
    if (i % COLUMNS === 0) columns.append(rowNames(names, i % (2 * COLUMNS) !== 0));
    columns.append(makeColumn(names, width, height));
  }
  return figure;
}

/** @param {string[]} names of the rows that share the scale */
function makeLegend(names) {
  const legend = element(LEGEND);
  legend.prepend(`${names.join(", ")} `);
  return legend;
}

/**
 * @param {string[]} names
 * @param {number} width
 * @param {number} height
 */
function makeColumn(names, width, height) {
  const column = element('<div class="column" role="group"><p><b></b> <span></span></p></div>');
  column.append(...names.map((name) => namedCanvas(name, width, height)));
  return column;
}

/**
 * Names to the left of the rows; those for the `phone` appear only where rows are half as long.
 * @param {string[]} names
 * @param {boolean} phone
 */
function rowNames(names, phone) {
  const box = element('<div class="row-names" aria-hidden="true"><p></p></div>');
  box.classList.toggle("phone", phone);
  find(box, "p").textContent = text("compare.map");
  for (const name of names) {
    const label = document.createElement("span");
    label.textContent = name;
    box.append(label);
  }
  return box;
}
