// A trained network with changes: muted maps and painted kernels.

import { kernelOf, layerPlan, tensorOf } from "./kernels.js";
import { Predictor } from "./reading.js";

/** @import { Checkpoint, Edits, Network } from "../types" */

/** @type {Edits} */
export const NO_EDITS = Object.freeze({ muted: {}, kernels: {} });

/** @param {Edits} edits */
export const isEdited = ({ muted, kernels }) =>
  Object.values(muted).some((maps) => maps.length > 0) ||
  Object.values(kernels).some((painted) => Object.keys(painted).length > 0);

/** @type {WeakMap<Network, { edits: Edits, network: Network }>} */
const known = new WeakMap();

/**
 * The network with these changes; itself if there are none. The last result is remembered.
 * @param {Network} network
 * @param {Edits} edits
 * @returns {Network}
 */
export function edited(network, edits) {
  if (!isEdited(edits)) return network;
  const last = known.get(network);
  if (last?.edits === edits) return last.network;
  const checkpoint = editedCheckpoint(network.predictor.checkpoint, edits);
  const changed = { ...network, predictor: new Predictor(checkpoint, edits.muted) };
  known.set(network, { edits, network: changed });
  return changed;
}

/**
 * The checkpoint with painted kernels; the original stays unchanged.
 * @param {Checkpoint} checkpoint
 * @param {Edits} edits
 * @returns {Checkpoint}
 */
export function editedCheckpoint({ config, tensors }, { kernels }) {
  const changed = new Map(tensors);
  for (const [layer, painted] of Object.entries(kernels)) {
    const plan = layerPlan(config, layer);
    const { shape, data } = tensorOf(tensors, plan, "weight");
    changed.set(/** @type {{ weight: string }} */ (plan.tensors).weight, {
      shape,
      data: data.slice(),
    });
    for (const [key, values] of Object.entries(painted)) {
      const [map, input = null] = key.split(",").map(Number);
      kernelOf({ config, tensors: changed }, layer, map, input).set(values);
    }
  }
  return { config, tensors: changed };
}

/**
 * Edits that replace a kernel too; `kernelOf` in kernels.js explains `input`.
 * @param {Edits} edits
 * @param {string} layer
 * @param {number} map
 * @param {number | null} input
 * @param {ArrayLike<number>} values row by row
 * @returns {Edits}
 */
export function withKernel(edits, layer, map, input, values) {
  const key = input === null ? `${map}` : `${map},${input}`;
  const painted = { ...edits.kernels[layer], [key]: Array.from(values) };
  return { ...edits, kernels: { ...edits.kernels, [layer]: painted } };
}

/**
 * Edits that mute the map too, or no longer.
 * @param {Edits} edits
 * @param {string} layer
 * @param {number} map from 0
 * @returns {Edits}
 */
export function toggleMuted(edits, layer, map) {
  const maps = edits.muted[layer] ?? [];
  const changed = maps.includes(map)
    ? maps.filter((other) => other !== map)
    : [...maps, map].sort((a, b) => a - b);
  return { ...edits, muted: { ...edits.muted, [layer]: changed } };
}
