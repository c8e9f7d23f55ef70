// A changed network as a checkpoint folder that `LeNet.from_pretrained` loads.

import { writeSafetensors } from "./checkpoint.js";
import { editedCheckpoint } from "./edits.js";
import { connectedMaps, kernelOf, tensorOf } from "./kernels.js";
import { planOf } from "./plan.js";
import { zip } from "./zip.js";

/** @import { Checkpoint, Edits, LayerPlan, Muted, Network } from "../types" */

/** The bias that turns a sigmoid off: in float32 its value is 0. */
const OFF = -200;

/**
 * A zip archive of the folder NAME-edited with the network and its edits. It computes what the
 * edited network computes, but has no muted maps: they are weights of 0.
 * @param {Network} network as trained
 * @param {Edits} edits
 */
export function saveCheckpoint({ name, predictor }, edits) {
  const checkpoint = silence(editedCheckpoint(predictor.checkpoint, edits), edits.muted);
  const config = new TextEncoder().encode(`${JSON.stringify(checkpoint.config, null, 2)}\n`);
  const folder = `${name}-edited`;
  return zip([
    { name: `${folder}/config.json`, data: config },
    { name: `${folder}/model.safetensors`, data: writeSafetensors(checkpoint.tensors) },
  ]);
}

/**
 * Changes weights so that the values of muted maps are 0. Their own weights do that, rather than
 * those of the layer above: an RBF output has none, and the maps stay those that the page shows.
 * @param {Checkpoint} checkpoint
 * @param {Muted} muted
 */
function silence(checkpoint, muted) {
  const plans = planOf(checkpoint.config);
  plans.forEach((plan, i) => {
    // Pooling without weights turns zeros into zeros.
    const source = plan.tensors ? plan : plans[i - 1];
    for (const map of muted[plan.name] ?? []) silenceMap(checkpoint, source, map);
  });
  return checkpoint;
}

/**
 * @param {Checkpoint} checkpoint
 * @param {LayerPlan} plan
 * @param {number} map
 */
function silenceMap(checkpoint, plan, map) {
  for (const input of connectedMaps(plan, map)) {
    kernelOf(checkpoint, plan.name, map, input).fill(0);
  }
  const { activation } = checkpoint.config;
  tensorOf(checkpoint.tensors, plan, "bias").data[map] = activation === "sigmoid" ? OFF : 0;
}
