// A reading as plain lists and numbers, for a file.

import { runnerUp, viewAnswers } from "./numbers.js";

/** @import { DrawReading, Edits } from "../types" */

/** Significant digits of each number. */
const DIGITS = 6;

/**
 * Everything that the network computed for a sketch. The keys that `Prediction.to_json` in Python has
 * too mean the same.
 * @param {DrawReading} reading
 * @param {Edits} edits
 */
export function readingJson({ network, sketch, prediction }, edits) {
  const { state, label, labels, probabilities, sentence, evidence, threshold } = prediction;
  const { networkInput, layers } = prediction;
  const second = runnerUp(prediction);
  return {
    network: network.name,
    edits,
    ...sketch,
    state,
    label,
    probabilities: Object.fromEntries(labels.map((name, i) => [name, rounded(probabilities[i])])),
    sentence,
    runner_up: second && { label: second.label, log_odds: rounded(second.logOdds) },
    evidence: rounded(evidence),
    threshold,
    network_input: rows(networkInput.data, 0, networkInput.height, networkInput.width),
    views: viewAnswers(prediction).map(({ name, label: answer, probability }) => ({
      name,
      label: answer,
      probability: rounded(probability),
    })),
    layers: layers.map(({ name, kind, shape, sums, data }) => ({
      name,
      kind,
      sums: nested(sums, shape),
      values: nested(data, shape),
    })),
  };
}

/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(DIGITS));

/**
 * Values [map][y][x] as lists in lists.
 * @param {Float64Array} values
 * @param {[number, number, number]} shape
 */
const nested = (values, [count, height, width]) =>
  Array.from({ length: count }, (_, map) => rows(values, map * height * width, height, width));

/**
 * @param {ArrayLike<number>} values
 * @param {number} start
 * @param {number} height
 * @param {number} width
 */
const rows = (values, start, height, width) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => rounded(values[start + y * width + x])),
  );
