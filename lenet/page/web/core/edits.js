// A trained network with changes: muted maps.

import { Predictor } from "./reading.js";

/** @import { Edits, Network } from "../types" */

/** @type {Edits} */
export const NO_EDITS = Object.freeze({ muted: {} });

/** @param {Edits} edits */
export const isEdited = ({ muted }) => Object.values(muted).some((maps) => maps.length > 0);

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
  const predictor = new Predictor(network.predictor.checkpoint, edits.muted);
  const changed = { ...network, predictor };
  known.set(network, { edits, network: changed });
  return changed;
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
