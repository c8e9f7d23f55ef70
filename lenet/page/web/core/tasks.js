// Long computations, each a generator that yields its progress: a worker runs them in slices.

import { greedyPath, pixelChanges } from "./attribution.js";
import { evaluate } from "./evaluation.js";
import { rank } from "./muting.js";
import { openPicture } from "./opening.js";
import { compass } from "./robustness.js";

/** @import { Predictor } from "./reading.js" */

/**
 * The tasks by name. Each receives a predictor with the edits, and an argument that can be cloned;
 * so can what it yields and returns.
 */
export const TASKS = { compass, evaluate, greedyPath, pixelChanges, rank };

/** Tasks that need no network: each receives only an argument. */
export const FREE_TASKS = { openPicture };

/** @typedef {keyof typeof TASKS | keyof typeof FREE_TASKS} TaskName */

/**
 * Begins a task; callers check that the argument belongs to it.
 * @param {TaskName} name
 * @param {Predictor | null} predictor null for a task that needs none
 * @param {unknown} argument
 */
export function begin(name, predictor, argument) {
  /** @type {Record<string, (...values: any[]) => Generator | AsyncGenerator>} */
  const tasks = { ...TASKS, ...FREE_TASKS };
  return predictor ? tasks[name](predictor, argument) : tasks[name](argument);
}

/**
 * Runs a task for `slice` milliseconds at a time, and lets other work happen in between.
 * @template Step, Result
 * @param {Generator<Step, Result> | AsyncGenerator<Step, Result>} task
 * @param {object} options
 * @param {number} options.slice
 * @param {(progress: Step) => void} options.onProgress called at most once a slice
 * @param {AbortSignal} options.signal
 * @returns {Promise<Result>}
 */
export async function drive(task, { slice, onProgress, signal }) {
  try {
    while (true) {
      const end = performance.now() + slice;
      let step;
      do {
        signal.throwIfAborted();
        step = await task.next();
        if (step.done) return step.value;
      } while (performance.now() < end);
      onProgress(step.value);
      await turn();
    }
  } finally {
    // A task that was aborted releases what it holds.
    await task.return(/** @type {Result} */ (undefined));
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
