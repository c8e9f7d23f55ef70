// Long computations, each a generator that yields its progress: a worker runs them in slices.

import { greedyPath, pixelChanges } from "./attribution.js";
import { evaluate } from "./evaluation.js";
import { rank } from "./muting.js";
import { compass } from "./robustness.js";

/**
 * The tasks by name. Each receives a predictor with the edits, and an argument that can be cloned;
 * so can what it yields and returns.
 */
export const TASKS = { compass, evaluate, greedyPath, pixelChanges, rank };

/**
 * Runs a task for `slice` milliseconds at a time, and lets other work happen in between.
 * @template Step, Result
 * @param {Generator<Step, Result>} task
 * @param {object} options
 * @param {number} options.slice
 * @param {(progress: Step) => void} options.onProgress called at most once a slice
 * @param {AbortSignal} options.signal
 * @returns {Promise<Result>}
 */
export async function drive(task, { slice, onProgress, signal }) {
  while (true) {
    signal.throwIfAborted();
    const end = performance.now() + slice;
    let step = task.next();
    while (!step.done && performance.now() < end) step = task.next();
    if (step.done) return step.value;
    onProgress(step.value);
    await turn();
  }
}

/** Resolves in the next turn of the event loop; timers would add milliseconds. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}
