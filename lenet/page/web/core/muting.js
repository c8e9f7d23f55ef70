// What each map does to the answer: mirrors `rank` in lenet/reading/muting.py.

import { isBlank } from "./preprocessing.js";
import { answerLogits, evidence, logSumExp, softmax, views } from "./views.js";

/** @import { Layer, MapEffect, Plane, Progress } from "../types" */
/** @import { LeNet } from "./network.js" */
/** @import { Predictor } from "./reading.js" */

/**
 * The effect of muting each map or unit of the hidden layers, largest effect first. Maps that the
 * predictor mutes already are left out; they stay muted.
 * @param {Predictor} predictor
 * @param {{ input: Plane, penalty: number }} argument 28×28 pixels, and the penalty of its strokes
 * @returns {Generator<Progress, MapEffect[]>}
 */
export function* rank(predictor, { input, penalty }) {
  const { network, labels, config } = predictor;
  const seen = views(input.data).map((view) => network.forward([view]));
  const before = seen.map(({ logits }) => logits[0]);
  const answer = indexOfLargest(calibrated(before, config.temperature));
  const oddsBefore = logOdds(calibrated(before, config.temperature), answer);
  const blank = isBlank(input);
  const candidates = hiddenMaps(network, seen[0].layers);
  /** @type {MapEffect[]} */
  const effects = [];
  for (const { step, map } of candidates) {
    const logits = seen.map(({ layers }) => network.logitsWithout(layers[step + 1], step, map));
    const after = calibrated(logits, config.temperature);
    const nearest = indexOfLargest(after);
    const found = evidence(logits) - penalty;
    const isRejected = config.threshold !== null && found < config.threshold;
    effects.push({
      layer: network.steps[step].name,
      map,
      effect: oddsBefore - logOdds(after, answer),
      label: blank || isRejected ? null : labels[nearest],
      nearest: labels[nearest],
      probability: softmax(after)[nearest],
    });
    yield { done: effects.length, total: candidates.length };
  }
  // Sorting is stable: ties keep their order.
  return effects.sort((a, b) => b.effect - a.effect);
}

/**
 * The maps of the hidden layers that are not muted, each with the index of its layer.
 * @param {LeNet} network
 * @param {Layer[]} layers of any image
 */
function hiddenMaps(network, layers) {
  return network.steps.slice(0, -1).flatMap(({ muted }, step) => {
    const maps = [...Array(layers[step + 1].shape[0]).keys()];
    return maps.filter((map) => !muted.includes(map)).map((map) => ({ step, map }));
  });
}

/**
 * The logits of the answer.
 * @param {Float64Array[]} logits those of the views
 * @param {number} temperature
 */
export const calibrated = (logits, temperature) =>
  answerLogits(logits).map((logit) => logit / temperature);

/**
 * The log-odds of a class, log(p / (1 − p)). They stay exact where the probability rounds to 1.
 * @param {Float64Array} logits
 * @param {number} index
 */
export const logOdds = (logits, index) =>
  logits[index] - logSumExp(logits.filter((_, other) => other !== index));

/** @param {Float64Array} values */
const indexOfLargest = (values) => values.indexOf(Math.max(...values));
