import { bytes } from "../core/bytes.js";
import { bound, layerCaption } from "../core/format.js";
import { element, find } from "./dom.js";
import { GREY, gradient, palette } from "./palette.js";

/** @import { Layer, Packed } from "../types" */

/** Up to this many maps share one row, enlarged. */
const FEW = 6;

export const LEGEND = '<span class="legend" aria-hidden="true"><i></i><b></b><i></i></span>';

/**
 * @param {HTMLCanvasElement} map
 * @param {Uint8Array} levels
 * @param {Uint32Array} colours
 */
export function paintLevels(map, levels, colours) {
  const image = new ImageData(map.width, map.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let p = 0; p < pixels.length; p++) pixels[p] = colours[levels[p]];
  map.getContext("2d")?.putImageData(image, 0, 0);
}

/**
 * A canvas with a name for screen readers.
 * @param {string} name
 * @param {number} width
 * @param {number} height
 */
export function namedCanvas(name, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height, ariaLabel: name });
  canvas.setAttribute("role", "img");
  return canvas;
}

/**
 * Draws the network input in shades of grey.
 * @param {HTMLElement} box
 * @param {Packed} input
 * @param {string} name
 */
export function drawInput(box, input, name) {
  const [, height, width] = input.shape;
  if (!box.children.length) box.append(namedCanvas(name, width, height));
  paintLevels(find(box, "canvas", HTMLCanvasElement), bytes(input.data), GREY);
}

/**
 * Draws the maps of one layer, each on its own canvas.
 * @param {HTMLElement} box
 * @param {Layer} layer
 */
export function drawMaps(box, layer) {
  const size = layer.shape[1] * layer.shape[2];
  const shape = layer.name + layer.shape;
  if (box.dataset.shape !== shape) {
    box.dataset.shape = shape;
    makeTiles(box, layer);
  }
  const levels = bytes(layer.data);
  const colours = palette(layer.range);
  box.querySelectorAll("canvas").forEach((map, i) => {
    paintLevels(map, levels.subarray(i * size, (i + 1) * size), colours);
  });
}

/**
 * @param {HTMLElement} box
 * @param {Layer} layer
 */
function makeTiles(box, { name, shape: [count, height, width] }) {
  const units = width * height === 1;
  box.classList.toggle("units", units);
  box.classList.toggle("few", count <= FEW);
  box.replaceChildren(
    ...Array.from({ length: count }, (_, i) => {
      const tile = element('<div class="map"></div>');
      tile.append(namedCanvas(`${name}, map ${i + 1}`, width, height));
      if (!units) tile.append(element(`<span aria-hidden="true">${i + 1}</span>`));
      return tile;
    }),
  );
}

/**
 * Draws each layer in its own figure at the end of `parent`, for any number of layers.
 * @param {HTMLElement} parent
 * @param {Layer[]} layers
 */
export function drawLayers(parent, layers) {
  const figures = parent.querySelectorAll(":scope > .layer");
  for (const surplus of [...figures].slice(layers.length)) surplus.remove();
  layers.forEach((layer, i) => {
    const figure = figures[i] ?? parent.appendChild(layerFigure(i + 1));
    drawMaps(find(figure, ".maps"), layer);
    drawCaption(find(figure, "figcaption"), layer);
  });
}

/** @param {number} number */
const layerFigure = (number) =>
  element(
    `<figure class="layer"><figcaption><span class="name"></span>${LEGEND}</figcaption>` +
      `<div id="layer-${number}" class="maps"></div></figure>`,
  );

/**
 * @param {HTMLElement} caption
 * @param {Layer} layer
 */
function drawCaption(caption, { name, shape, range }) {
  const text = layerCaption(name, shape);
  if (caption.dataset.shown === text + range) return;
  caption.dataset.shown = text + range;
  find(caption, ".name").textContent = text;
  drawLegend(find(caption, ".legend"), range);
}

/**
 * @param {HTMLElement} legend
 * @param {[number, number]} range
 */
export function drawLegend(legend, range) {
  legend.querySelectorAll("i").forEach((end, i) => {
    end.textContent = bound(range[i]);
  });
  find(legend, "b").style.background = gradient(range);
}
