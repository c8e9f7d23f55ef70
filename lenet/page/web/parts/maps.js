import { bound, layerCaption } from "../core/format.js";
import { element, find } from "./dom.js";
import { GREY, gradient, palette } from "./palette.js";

/** @import { Maps, Plane, Range } from "../types" */

/** Up to this many maps share one row, enlarged. */
const FEW = 6;

export const LEGEND = '<span class="legend" aria-hidden="true"><i></i><b></b><i></i></span>';

/** The picture of each canvas, which is painted again and again. */
const images = new WeakMap();

/** @param {HTMLCanvasElement} canvas */
function imageOf(canvas) {
  const { width, height } = canvas;
  const known = images.get(canvas);
  if (known?.image.width === width && known.image.height === height) return known;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const made = { image, pixels, context: canvas.getContext("2d") };
  images.set(canvas, made);
  return made;
}

/**
 * Paints as many values as the canvas has pixels, from `start` on.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array | Float64Array} values
 * @param {number} start
 * @param {Range} range
 * @param {Uint32Array} [colours] of 256 levels, from the lowest to the highest value of the range
 */
export function paintValues(canvas, values, start, [low, high], colours = palette([low, high])) {
  const { image, pixels, context } = imageOf(canvas);
  const scale = 255 / (high - low);
  for (let i = 0; i < pixels.length; i++) {
    const level = (values[start + i] - low) * scale + 0.5;
    pixels[i] = colours[level <= 0 ? 0 : level >= 255 ? 255 : level | 0];
  }
  context.putImageData(image, 0, 0);
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
 * @param {Plane} input
 * @param {string} name
 */
export function drawInput(box, { height, width, data }, name) {
  if (!box.children.length) box.append(namedCanvas(name, width, height));
  paintValues(find(box, "canvas", HTMLCanvasElement), data, 0, [0, 1], GREY);
}

/**
 * Draws the maps of one layer, each on its own canvas.
 * @param {HTMLElement} box
 * @param {Maps} maps
 * @param {Range} range
 */
function drawMaps(box, maps, range) {
  const shape = maps.name + maps.shape;
  if (box.dataset.shape !== shape) {
    box.dataset.shape = shape;
    makeTiles(box, maps);
  }
  const size = maps.shape[1] * maps.shape[2];
  box.querySelectorAll("canvas").forEach((canvas, i) => {
    paintValues(canvas, maps.data, i * size, range);
  });
}

/**
 * @param {HTMLElement} box
 * @param {Maps} maps
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
 * @param {Maps[]} layers
 * @param {Range[]} ranges the colour scale of each layer
 */
export function drawLayers(parent, layers, ranges) {
  const figures = parent.querySelectorAll(":scope > .layer");
  for (const surplus of [...figures].slice(layers.length)) surplus.remove();
  layers.forEach((maps, i) => {
    const figure = figures[i] ?? parent.appendChild(layerFigure(i + 1));
    drawMaps(find(figure, ".maps"), maps, ranges[i]);
    drawCaption(find(figure, "figcaption"), maps, ranges[i]);
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
 * @param {Maps} maps
 * @param {Range} range
 */
function drawCaption(caption, { name, shape }, range) {
  const text = layerCaption(name, shape);
  if (caption.dataset.shown === text + range) return;
  caption.dataset.shown = text + range;
  find(caption, ".name").textContent = text;
  drawLegend(find(caption, ".legend"), range);
}

/**
 * @param {HTMLElement} legend
 * @param {Range} range
 */
export function drawLegend(legend, range) {
  legend.querySelectorAll("i").forEach((end, i) => {
    end.textContent = bound(range[i]);
  });
  find(legend, "b").style.background = gradient(range);
}
