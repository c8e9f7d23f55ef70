// Pictures of the weights: kernels below the maps that they lead to, rows of weights below strips.

import { BITMAP_COLUMNS, BITMAP_ROWS, DIGIT_BITMAPS } from "../core/bitmaps.js";
import { decimal, fixed, layerName, shortNumber } from "../core/format.js";
import { connectedMaps, kernelOf, tensorOf } from "../core/kernels.js";
import { planOf } from "../core/plan.js";
import { text } from "../core/texts.js";
import { element, find, setText } from "./dom.js";
import { isStrip } from "./layer-places.js";
import { namedCanvas, paintValues } from "./maps.js";

/** @import { Checkpoint, Layer, LayerPlan, Range, Tensor } from "../types" */
/** @import { LayerStack } from "./layer-stack.js" */

/** Kernels in a row below a map. */
const COLUMNS = 3;
/** The values of the units that are compared with a bitmap. @type {Range} */
const SQUASHED = [-1.7159, 1.7159];

/** @type {WeakMap<Tensor, number>} */
const known = new WeakMap();

/**
 * The largest weight of a layer, by absolute value; 1 if it has none.
 * @param {Checkpoint} checkpoint
 * @param {string} name
 */
export function largestWeight({ config, tensors }, name) {
  const plan = planOf(config).find((layer) => layer.name === name);
  if (!plan?.tensors) return 1;
  const tensor = tensorOf(tensors, plan, "weight");
  const found = known.get(tensor) ?? tensor.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  known.set(tensor, found);
  return found || 1;
}

/**
 * Shows the weights of every layer, or hides them again. What hasn't changed is not painted again.
 * @param {LayerStack} stack
 */
export function makeKernels(stack) {
  /** What was painted last below each layer. @type {WeakMap<Element, Tensor>} */
  let painted = new WeakMap();
  let isShown = false;

  /**
   * @param {Checkpoint} checkpoint
   * @param {Layer} layer
   * @param {LayerPlan} plan
   */
  function show(checkpoint, layer, plan) {
    const figure = stack.figureOf(layer.name);
    if (layer.kind === "rbf") drawBitmaps(figure, layer);
    if (!plan.tensors) return;
    const tensor = tensorOf(checkpoint.tensors, plan, "weight");
    if (painted.get(figure) === tensor) return;
    painted.set(figure, tensor);
    const most = largestWeight(checkpoint, layer.name);
    if (isStrip(layer)) drawRows(figure, layer, tensor, [-most, most]);
    else drawKernels(stack.tilesOf(layer.name), checkpoint, plan, [-most, most]);
  }

  return {
    /** @param {Checkpoint} checkpoint */
    show(checkpoint) {
      isShown = true;
      const plans = planOf(checkpoint.config);
      stack.layers().forEach((layer, i) => {
        if (i > 0) show(checkpoint, layer, plans[i]);
      });
    },
    hide() {
      if (!isShown) return;
      isShown = false;
      painted = new WeakMap();
      for (const kernels of stack.parent.querySelectorAll(".kernels")) kernels.remove();
    },
  };
}

/**
 * The element with a layer's weights at the end of `parent`; a new one is made by `make`.
 * @param {Element} parent
 * @param {() => HTMLElement} make
 */
function kernelsIn(parent, make) {
  const found = parent.querySelector(":scope > .kernels");
  if (found instanceof HTMLElement) return found;
  const made = make();
  made.classList.add("kernels");
  parent.append(made);
  return made;
}

/**
 * The kernels of each map, in the order of the maps before, or its coefficient.
 * @param {Element[]} tiles
 * @param {Checkpoint} checkpoint
 * @param {LayerPlan} plan
 * @param {Range} range
 */
function drawKernels(tiles, checkpoint, plan, range) {
  tiles.forEach((tile, map) => {
    const parent = /** @type {Element} */ (tile.parentElement);
    const values = { name: plan.name, number: map + 1 };
    if (plan.kind === "subsampling") {
      const [coefficient] = kernelOf(checkpoint, plan.name, map, null);
      const chip = kernelsIn(parent, () =>
        element("<div><canvas width=1 height=1></canvas><b></b></div>"),
      );
      paintValues(find(chip, "canvas", HTMLCanvasElement), Float32Array.of(coefficient), 0, range);
      setText(find(chip, "b"), shortNumber(coefficient));
      chip.title = text("layers.coefficient", { ...values, value: decimal(coefficient) });
      return;
    }
    const { k } = plan.window;
    const inputs = connectedMaps(plan, map);
    const columns = Math.min(COLUMNS, inputs.length);
    const rows = Math.ceil(inputs.length / columns);
    const [width, height] = [columns * (k + 1) - 1, rows * (k + 1) - 1];
    const canvas = kernelsIn(parent, () =>
      namedCanvas(text("layers.kernels", values), width, height),
    );
    // Networks with the same maps can have different connections.
    Object.assign(canvas, { width, height });
    canvas.style.width = `${(100 * columns) / COLUMNS}%`;
    const context = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d");
    const one = Object.assign(document.createElement("canvas"), { width: k, height: k });
    inputs.forEach((input, i) => {
      paintValues(one, kernelOf(checkpoint, plan.name, map, input), 0, range);
      context?.drawImage(one, (i % columns) * (k + 1), Math.floor(i / columns) * (k + 1));
    });
  });
}

/**
 * A row of weights for each unit.
 * @param {Element} figure
 * @param {Layer} layer
 * @param {Tensor} tensor
 * @param {Range} range
 */
function drawRows(figure, { name, shape: [count] }, { data }, range) {
  const weights = data.length / count;
  const box = kernelsIn(figure, () => {
    const made = element('<div class="rows"><small></small></div>');
    made.prepend(
      namedCanvas(text("layers.weights", { name: layerName(name), count }), weights, count),
    );
    find(made, "small").textContent = text("layers.weightRows", { count: weights });
    return made;
  });
  paintValues(find(box, "canvas", HTMLCanvasElement), data, 0, range);
}

/**
 * The bitmap of each class with its squared distance.
 * @param {Element} figure
 * @param {Layer} layer
 */
function drawBitmaps(figure, { data }) {
  const box = kernelsIn(figure, () => {
    const made = element('<ol class="bitmaps"></ol>');
    made.append(
      ...DIGIT_BITMAPS.map((bitmap, i) => {
        const item = element("<li><b></b></li>");
        const name = text("layers.bitmap", { label: i });
        const canvas = namedCanvas(name, BITMAP_COLUMNS, BITMAP_ROWS);
        paintValues(canvas, bitmap, 0, SQUASHED);
        item.prepend(canvas);
        return item;
      }),
    );
    return made;
  });
  box.querySelectorAll("b").forEach((distance, i) => {
    setText(distance, fixed(-data[i], 1));
  });
}
