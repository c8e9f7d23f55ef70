// Where the weights of a network are: the kernels of a layer, and its biases.

import { planOf } from "./plan.js";

/** @import { Checkpoint, LayerPlan, Tensor } from "../types" */

/**
 * Whether the maps below have one pixel each, so that a unit sees them as one row.
 * @param {LayerPlan} layer
 */
export const seesStrip = ({ kind, window }) =>
  (kind === "dense" || kind === "rbf") && window.k === 1;

/**
 * The maps of the layer below that a map is connected to, in order.
 * @param {LayerPlan} layer
 * @param {number} map
 */
export function connectedMaps({ connections, inputs }, map) {
  if (!connections) return [...Array(inputs).keys()];
  return [...new Set(connections[map])].sort((a, b) => a - b);
}

/**
 * A kernel of a checkpoint, row by row: the weights between a map and a map of the layer below. With
 * `input` null, the weights of all of them if they have one pixel each, or the coefficient of a
 * subsampling map. The numbers are a part of the checkpoint, not a copy.
 * @param {Checkpoint} checkpoint
 * @param {string} layer
 * @param {number} map
 * @param {number | null} input
 */
export function kernelOf({ config, tensors }, layer, map, input) {
  const plan = planOf(config).find(({ name }) => name === layer);
  if (!plan) throw new RangeError(`no layer ${layer}`);
  const weights = tensorOf(tensors, plan, "weight").data;
  const { from, count } = rangeOf(plan, map, input);
  return weights.subarray(from, from + count);
}

/**
 * @param {Map<string, Tensor>} tensors
 * @param {LayerPlan} plan
 * @param {"weight" | "bias"} kind
 */
export function tensorOf(tensors, plan, kind) {
  const tensor = plan.tensors && tensors.get(plan.tensors[kind]);
  if (!tensor) throw new RangeError(`${plan.name} has no weights`);
  return tensor;
}

/**
 * Where a kernel is in the layer's tensor of weights.
 * @param {LayerPlan} plan
 * @param {number} map
 * @param {number | null} input
 */
function rangeOf({ kind, inputs, window, connections }, map, input) {
  if (kind === "subsampling") return { from: map, count: 1 };
  const area = window.k * window.k;
  if (input === null) return { from: map * inputs * area, count: inputs * area };
  if (!connections) return { from: (map * inputs + input) * area, count: area };
  const before = connections.slice(0, map).flat().length;
  return { from: (before + connections[map].lastIndexOf(input)) * area, count: area };
}
