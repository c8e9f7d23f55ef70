// Which ink would change the answer: mirrors lenet/reading/attribution.py.

import { SketchpadError } from "./errors.js";
import { calibrated, logOdds } from "./muting.js";
import { FIELD, levels, networkInput } from "./preprocessing.js";
import { text } from "./texts.js";
import { views } from "./views.js";

/** @import { Change, ChangePath, PathStep, PixelChanges, Plane, Progress } from "../types" */
/** @import { Predictor } from "./reading.js" */
/** @typedef {{ input: Plane, target: string, size: number }} Question */

/** A path that has not reached its target by then ends without it. */
const MAX_STEPS = 60;
/** A change is better only if it raises the logit by more, so that rounding can't decide. */
const TIE = 1e-9;

/**
 * The effect of every change of `size`×`size` pixels on the log-odds of the class `target`.
 * @param {Predictor} predictor
 * @param {Question} question
 * @returns {Generator<Progress, PixelChanges>}
 */
export function* pixelChanges(predictor, { input, target, size }) {
  const index = classIndex(predictor, target);
  checkSize(size);
  const now = logOdds(logitsOf(predictor, input), index);
  const count = FIELD / size;
  const [taken, added] = [0, 1].map(() => new Float64Array(count ** 2));
  const changes = allChanges(input, size);
  for (const [done, { change, changed }] of changes.entries()) {
    const effects = change.ink ? added : taken;
    const effect = logOdds(logitsOf(predictor, changed), index) - now;
    effects[change.row * count + change.column] = effect;
    yield { done: done + 1, total: changes.length };
  }
  return { logOdds: now, count, added, taken };
}

/**
 * Changes of `size`×`size` pixels until the answer is `target`, each the best at its step: the one
 * that raises the target's logit most. The network input is treated as a picture on the pad: after each
 * change it is prepared again, so the last picture is read the same there.
 * @param {Predictor} predictor
 * @param {Question} question
 * @returns {Generator<Progress & { steps: PathStep[] }, ChangePath>}
 */
export function* greedyPath(predictor, { input, target, size }) {
  const index = classIndex(predictor, target);
  checkSize(size);
  const start = levels(input);
  /** @type {PathStep[]} */
  const steps = [];
  /** @type {Set<string>} */
  const used = new Set();
  let picture = start;
  let { label } = predictor.readInk(picture);
  let logit = logitsOf(predictor, prepared(predictor, picture))[index];
  while (label !== target && steps.length < MAX_STEPS) {
    /** @type {{ change: Change, changed: Plane } | null} */
    let best = null;
    const candidates = allChanges(picture, size).filter(({ change }) => !used.has(blockOf(change)));
    for (const [done, candidate] of candidates.entries()) {
      const found = logitsOf(predictor, prepared(predictor, candidate.changed))[index];
      if (found > logit + TIE) [best, logit] = [candidate, found];
      yield { done: done + 1, total: candidates.length, steps };
    }
    if (!best) break;
    used.add(blockOf(best.change));
    picture = best.changed;
    const prediction = predictor.readInk(picture);
    label = prediction.label;
    const probability = prediction.probabilities[index];
    steps.push({ change: best.change, picture, label, probability });
  }
  return { start, steps, reached: label === target };
}

/**
 * A copy of a network input with one change.
 * @param {Plane} image
 * @param {Change} change
 * @param {number} size
 * @returns {Plane}
 */
export function apply(image, { row, column, ink }, size) {
  const data = image.data.slice();
  for (let y = row * size; y < (row + 1) * size; y++) {
    data.fill(ink, y * FIELD + column * size, y * FIELD + (column + 1) * size);
  }
  return { ...image, data };
}

/**
 * @param {Predictor} predictor
 * @param {Plane} image
 */
const prepared = ({ config }, image) => networkInput(image, config.box, config.centring);

/** @type {(a: Plane, b: Plane) => boolean} */
const isEqual = (a, b) => a.data.every((value, i) => value === b.data[i]);

/**
 * Every change that alters the image, row by row, and the image after it. For each block, ink is
 * added first.
 * @param {Plane} image
 * @param {number} size
 */
function allChanges(image, size) {
  const count = FIELD / size;
  const changes = Array.from({ length: 2 * count ** 2 }, (_, i) => ({
    row: Math.floor(i / 2 / count),
    column: Math.floor(i / 2) % count,
    ink: 1 - (i % 2),
  }));
  return changes
    .map((change) => ({ change, changed: apply(image, change, size) }))
    .filter(({ changed }) => !isEqual(changed, image));
}

/** @param {Change} change */
const blockOf = ({ row, column }) => `${row},${column}`;

/**
 * The calibrated logits of the answer to a network input.
 * @param {Predictor} predictor
 * @param {Plane} input
 */
const logitsOf = ({ network, config }, { data }) =>
  calibrated(network.logits(views(data)), config.temperature);

/**
 * @param {Predictor} predictor
 * @param {string} target
 */
function classIndex({ labels }, target) {
  const index = labels.indexOf(target);
  if (index >= 0) return index;
  throw new SketchpadError(
    text("errors.unknownClass", { name: target, labels: labels.join(", ") }),
  );
}

/** @param {number} size */
function checkSize(size) {
  if (size >= 1 && FIELD % size === 0) return;
  throw new SketchpadError(text("errors.blocks", { size, field: FIELD }));
}
