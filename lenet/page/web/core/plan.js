// What each layer of a network is, from its configuration alone: mirrors `steps` in
// lenet/reading/tracing.py and the windows in lenet/network/summary.py.

import { denseWidths, IMAGE_SIZE } from "./config.js";
import { positions } from "./summary.js";

/** @import { Convolution, LayerPlan, LeNetConfig } from "../types" */
/** @typedef {Omit<LayerPlan, "side" | "inputs">} Added */

/**
 * The input and every layer, in order, as in `Prediction.layers`.
 * @param {LeNetConfig} config
 * @returns {LayerPlan[]}
 */
export function planOf(config) {
  const plan = [inputPlan(config)];
  const last = () => plan[plan.length - 1];
  /** @param {Added} layer */
  const add = (layer) =>
    plan.push({ ...layer, side: positions(layer.window), inputs: last().maps });

  config.convolutions.forEach((convolution, i) => {
    add(convolutionPlan(plan.length, i, last().side, convolution));
    if (convolution.pooled) add(poolingPlan(plan.length, i, last(), config.pooling));
  });
  denseWidths(config).forEach((units, i) => {
    const name = i < config.dense.length ? `F${plan.length}` : "output";
    add(densePlan(name, i, last().side, units));
  });
  if (config.output === "rbf") add(rbfPlan(config.labels.length));
  return plan;
}

/**
 * @param {LeNetConfig} config
 * @returns {LayerPlan}
 */
function inputPlan({ border }) {
  const side = IMAGE_SIZE + 2 * border;
  const window = { n: side, k: 1, p: 0, s: 1 };
  const rest = { connections: null, tensors: null, activated: false };
  return { name: "input", kind: "input", maps: 1, side, inputs: 1, window, ...rest };
}

/**
 * @param {number} number of the layer
 * @param {number} i which convolution
 * @param {number} n
 * @param {Convolution} convolution
 * @returns {Added}
 */
function convolutionPlan(number, i, n, { channels, kernel, padding, connections }) {
  return {
    name: `C${number}`,
    kind: "convolution",
    maps: channels,
    window: { n, k: kernel, p: 2 * padding, s: 1 },
    connections,
    tensors: tensors(`convolutions.${i}`, "weight"),
    activated: true,
  };
}

/**
 * Each map is connected to the same map of the convolution.
 * @param {number} number of the layer
 * @param {number} i which convolution
 * @param {LayerPlan} convolution
 * @param {string} pooling
 * @returns {Added}
 */
function poolingPlan(number, i, { maps, side }, pooling) {
  const isTrained = pooling === "subsampling";
  return {
    name: `S${number}`,
    kind: isTrained ? "subsampling" : pooling === "max" ? "max" : "average",
    maps,
    window: { n: side, k: 2, p: 0, s: 2 },
    connections: Array.from({ length: maps }, (_, map) => [map]),
    tensors: isTrained ? tensors(`poolings.${i}.0`, "coefficient") : null,
    activated: isTrained,
  };
}

/**
 * A dense layer is a window as large as the maps below.
 * @param {string} name
 * @param {number} i which dense layer
 * @param {number} n
 * @param {number} units
 * @returns {Added}
 */
function densePlan(name, i, n, units) {
  return {
    name,
    kind: "dense",
    maps: units,
    window: { n, k: n, p: 0, s: 1 },
    connections: null,
    tensors: tensors(`dense.${2 * i}`, "weight"),
    activated: name !== "output",
  };
}

/**
 * @param {number} classes
 * @returns {Added}
 */
function rbfPlan(classes) {
  const window = { n: 1, k: 1, p: 0, s: 1 };
  const rest = { connections: null, tensors: null, activated: false };
  return { name: "output", kind: "rbf", maps: classes, window, ...rest };
}

/**
 * @param {string} prefix
 * @param {string} weight
 */
const tensors = (prefix, weight) => ({
  weight: `${prefix}.${weight}`,
  bias: `${prefix}.bias`,
});
