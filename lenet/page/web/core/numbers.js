// What a prediction says in numbers: mirrors lenet/reading/numbers.py.

import { IMAGE_SIZE } from "./config.js";
import { softmax, VIEW_NAMES, views } from "./views.js";

/** @import { BlankGlow, Layer, Prediction, RunnerUp, Strength, ViewAnswer } from "../types" */
/** @import { Predictor } from "./reading.js" */

/**
 * The runner-up of a digit; null for a blank drawing or a non-digit. The odds come from the logits,
 * so they remain exact where probabilities round to 0 or 1.
 * @param {Pick<Prediction, "state" | "labels" | "logits">} prediction
 * @returns {RunnerUp | null}
 */
export function runnerUp({ state, labels, logits }) {
  if (state !== "digit") return null;
  const [first, second] = descending(logits);
  const logOdds = logits[first] - logits[second];
  return { label: labels[second], logOdds, odds: Math.exp(logOdds) };
}

/**
 * Two significant digits below 100, and one from 100 on: 1.7, 37, 400.
 * @param {number} odds
 */
export function roundedOdds(odds) {
  if (odds < 10) return Math.floor(odds * 10 + 0.5) / 10;
  const unit = odds < 99.5 ? 1 : 10 ** Math.floor(Math.log10(odds));
  return Math.floor(odds / unit + 0.5) * unit;
}

/**
 * The answer to each of the nine views whose mean is the prediction.
 * @param {Pick<Prediction, "networkInput" | "viewLogits" | "labels">} prediction
 * @returns {ViewAnswer[]}
 */
export function viewAnswers({ networkInput, viewLogits, labels }) {
  const images = views(networkInput.data);
  return viewLogits.map((logits, i) => ({
    name: VIEW_NAMES[i],
    image: images[i],
    label: labels[descending(logits)[0]],
    probability: Math.max(...softmax(logits)),
  }));
}

/**
 * The strongest maps or units of a layer, strongest first; those with only zeros are left out.
 * @param {Pick<Layer, "shape" | "data">} layer
 * @param {number} [most]
 * @returns {Strength[]}
 */
export function strongest({ shape: [count, height, width], data }, most = 3) {
  const area = height * width;
  const strengths = Array.from({ length: count }, (_, map) => {
    let sum = 0;
    for (let i = map * area; i < (map + 1) * area; i++) sum += Math.abs(data[i]);
    return sum / area;
  });
  return descending(strengths)
    .slice(0, most)
    .filter((map) => strengths[map] > 0)
    .map((map) => ({ map, strength: strengths[map] }));
}

/**
 * Each map of the first convolution on blank paper, in its middle, away from any padding.
 * @param {Predictor} predictor
 * @returns {BlankGlow[]}
 */
export function blankGlow(predictor) {
  const paper = new Float32Array(IMAGE_SIZE * IMAGE_SIZE);
  const input = { height: IMAGE_SIZE, width: IMAGE_SIZE, data: paper };
  const { shape, sums, data } = predictor.readInput(input).layers[1];
  const [count, side] = shape;
  const middle = Math.floor(side / 2) * (side + 1);
  const biases = predictor.checkpoint.tensors.get("convolutions.0.bias")?.data;
  return Array.from({ length: count }, (_, map) => {
    const at = map * side * side + middle;
    const bias = biases?.[map] ?? 0;
    return { map, bias, paper: sums[at] - bias, value: data[at] };
  });
}

/**
 * The indices of the values, largest value first; ties keep their order.
 * @param {ArrayLike<number>} values
 */
export const descending = (values) =>
  Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a]);
