// Runs tasks apart from the page, so that the pen never waits for them: see core/workers.js.

import { edited } from "./core/edits.js";
import { SketchpadError } from "./core/errors.js";
import { Predictor } from "./core/reading.js";
import { begin, drive } from "./core/tasks.js";

/** @import { Subject, TaskRequest } from "./core/workers.js" */
/** @import { Network } from "./types" */

/** Milliseconds between two looks at the messages. */
const SLICE = 25;

/** @type {Map<number, AbortController>} */
const running = new Map();

/** Performs the tasks that arrive as messages from now on. */
export function work() {
  addEventListener("message", ({ data }) => {
    if ("abort" in data) running.get(data.abort)?.abort();
    else perform(data);
  });
}

/** @param {TaskRequest} request */
async function perform({ id, name, subject, argument }) {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const task = begin(name, subject && predictorOf(subject), argument);
    const result = await drive(task, {
      slice: SLICE,
      signal: controller.signal,
      onProgress: (progress) => postMessage({ id, progress }),
    });
    postMessage({ id, result });
  } catch (error) {
    const isExpected = error instanceof SketchpadError;
    postMessage({ id, error: error instanceof Error ? error.message : `${error}`, isExpected });
  } finally {
    running.delete(id);
  }
}

/** @param {Subject} subject */
function predictorOf({ checkpoint, edits }) {
  const network = /** @type {Network} */ ({ predictor: new Predictor(checkpoint) });
  return edited(network, edits).predictor;
}
