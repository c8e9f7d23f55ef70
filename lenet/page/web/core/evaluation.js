// How well a network reads many images: mirrors `evaluate` in lenet/reading/muting.py.

import { IMAGE_SIZE } from "./config.js";

/** @import { Evaluation, Progress, TestSet } from "../types" */
/** @import { Predictor } from "./reading.js" */

const AREA = IMAGE_SIZE ** 2;

/**
 * Reads every image; yields the evaluation of those read so far.
 * @param {Predictor} predictor
 * @param {TestSet} testSet
 * @returns {Generator<Evaluation & Progress, Evaluation>}
 */
export function* evaluate(predictor, { levels, truths }) {
  const { labels } = predictor;
  const confusion = labels.map(() => new Array(labels.length + 1).fill(0));
  /** @type {number[]} */
  const answers = [];
  let right = 0;
  for (const [i, truth] of truths.entries()) {
    const { label } = predictor.readInput(imageAt(levels, i));
    const answer = label === null ? labels.length : labels.indexOf(label);
    answers.push(answer);
    confusion[truth][answer] += 1;
    if (answer === truth) right += 1;
    yield { right, answers, confusion, done: i + 1, total: truths.length };
  }
  return { right, answers, confusion };
}

/**
 * One of many images as a network input.
 * @param {Uint8Array} levels from 0 to 255, image after image
 * @param {number} index
 */
export function imageAt(levels, index) {
  const image = levels.subarray(index * AREA, (index + 1) * AREA);
  const data = Float32Array.from(image, (level) => Math.fround(level / 255));
  return { height: IMAGE_SIZE, width: IMAGE_SIZE, data };
}
