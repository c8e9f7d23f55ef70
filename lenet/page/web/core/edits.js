// A trained network with changes: muted maps and painted kernels.

import { kernelOf } from "./kernels.js";
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
 * A copy of the checkpoint with painted kernels.
 * @param {Checkpoint} checkpoint
 * @param {Edits} edits
 * @returns {Checkpoint}
 */
export function editedCheckpoint({ config, tensors }, { kernels }) {
  const copies = [...tensors].map(
    ([name, { shape, data }]) => /** @type {const} */ ([name, { shape, data: data.slice() }]),
  );
  const copy = { config, tensors: new Map(copies) };
  for (const [layer, painted] of Object.entries(kernels)) {
    for (const [key, values] of Object.entries(painted)) {
      const [map, input = null] = key.split(",").map(Number);
      kernelOf(copy, layer, map, input).set(values);
    }
  }
  return copy;
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
