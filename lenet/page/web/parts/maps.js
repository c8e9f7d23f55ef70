import { bound } from "../core/format.js";
import { find } from "./dom.js";
import { GREY, gradient, palette } from "./palette.js";

/** @import { Plane, Range } from "../types" */

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
    // Beyond the last value of a strip, there is nothing.
    if (start + i >= values.length) pixels[i] = 0;
    else pixels[i] = colours[level <= 0 ? 0 : level >= 255 ? 255 : level | 0];
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
 * @param {HTMLElement} legend
 * @param {Range} range
 */
export function drawLegend(legend, range) {
  legend.querySelectorAll("i").forEach((end, i) => {
    end.textContent = bound(range[i]);
  });
  find(legend, "b").style.background = gradient(range);
}
