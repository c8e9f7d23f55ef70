// Runs the tasks of core/tasks.js in a worker. Where a browser allows none, they run on the page's own
// thread, in slices between frames.

import { edited } from "./edits.js";
import { SketchpadError } from "./errors.js";
import { begin, drive } from "./tasks.js";

/** @import { Checkpoint, Edits, Tasks } from "../types" */
/** @import { Predictor } from "./reading.js" */
/** @import { TaskName } from "./tasks.js" */
/**
 * @typedef {{ checkpoint: Checkpoint, edits: Edits }} Subject
 * @typedef {{ name: TaskName, subject: Subject | null, argument: unknown }} Job
 * @typedef {Job & { id: number }} TaskRequest
 * @typedef {(progress: any) => void} OnProgress
 * @typedef {(message: { id: number, progress?: unknown, result?: unknown, error?: string,
 *   isExpected?: boolean }) => void} Receiver
 */

/** Milliseconds of each slice on the page's own thread: less than a frame. */
const SLICE = 8;

/** This browser or page allows no worker. */
class NoWorker extends Error {}

/** Whether a task ended because it was aborted. @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === "AbortError";

/**
 * @param {() => Worker} startWorker called before the first task
 * @returns {Tasks}
 */
export function makeTasks(startWorker) {
  /** @type {Map<string, AbortController>} */
  const latest = new Map();
  /** @type {ReturnType<typeof connect> | undefined} */
  let worker;
  let isAvailable = true;

  /** Aborts the last run of a task. @param {string} name @param {AbortSignal} [outer] */
  function restart(name, outer) {
    latest.get(name)?.abort();
    const controller = new AbortController();
    latest.set(name, controller);
    outer?.addEventListener("abort", () => controller.abort());
    if (outer?.aborted) controller.abort();
    return controller.signal;
  }

  /** @type {(job: Job, onProgress: OnProgress, signal: AbortSignal) => Promise<any>} */
  async function inWorker(job, onProgress, signal) {
    try {
      worker ??= connect(startWorker());
    } catch (error) {
      throw new NoWorker(String(error));
    }
    return worker.run(job, onProgress, signal);
  }

  /**
   * @param {Job} job
   * @param {() => Predictor | null} predictor for the task, if it runs here
   * @param {OnProgress} onProgress
   * @param {AbortSignal} signal
   */
  async function perform(job, predictor, onProgress, signal) {
    try {
      if (isAvailable) return await inWorker(job, onProgress, signal);
    } catch (error) {
      if (!(error instanceof NoWorker)) throw error;
      isAvailable = false;
    }
    const task = begin(job.name, predictor(), job.argument);
    return drive(task, { slice: SLICE, onProgress, signal });
  }

  /** @type {Tasks["run"]} */
  const run = (name, network, edits, argument, { onProgress = () => {}, signal } = {}) => {
    const subject = { checkpoint: network.predictor.checkpoint, edits };
    const predictor = () => edited(network, edits).predictor;
    return perform({ name, subject, argument }, predictor, onProgress, restart(name, signal));
  };

  /** @type {Tasks["runFree"]} */
  const runFree = (name, argument, lane) =>
    perform(
      { name, subject: null, argument },
      () => null,
      () => {},
      restart(`${name} ${lane}`),
    );

  function stop() {
    for (const controller of latest.values()) controller.abort();
  }

  return {
    run,
    runFree,
    stop,
    close() {
      stop();
      worker?.close();
    },
  };
}

/**
 * Sends jobs to a worker, and returns its answers.
 * @param {Worker} worker
 */
function connect(worker) {
  /** @type {Map<number, { receive: Receiver, fail: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;

  worker.addEventListener("message", ({ data }) => waiting.get(data.id)?.receive(data));
  // What goes wrong in a task is a message; this says that the worker itself can't run.
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    for (const { fail } of waiting.values()) fail(new NoWorker(event.message));
  });

  return {
    /** @type {(job: Job, onProgress: OnProgress, signal: AbortSignal) => Promise<unknown>} */
    run(job, onProgress, signal) {
      const id = ++last;
      const answer = new Promise((resolve, reject) => {
        signal.throwIfAborted();
        signal.addEventListener("abort", () => {
          worker.postMessage({ abort: id });
          reject(signal.reason);
        });
        /** @type {Receiver} */
        function receive(message) {
          if ("progress" in message) onProgress(message.progress);
          else if ("result" in message) resolve(message.result);
          else reject(new (message.isExpected ? SketchpadError : Error)(message.error));
        }
        waiting.set(id, { receive, fail: reject });
        worker.postMessage({ ...job, id });
      });
      return answer.finally(() => waiting.delete(id));
    },
    close: () => worker.terminate(),
  };
}

/**
 * A worker that runs the module at an address.
 * @param {URL} address
 */
export function workerAt(address) {
  if (address.origin === location.origin) return new Worker(address, { type: "module" });
  // Browsers start no worker from a different host, but it may import modules from there.
  return new Worker(addressOf(`import "${address.href}";`), { type: "module" });
}

/**
 * A worker that runs a script. Pages from a disk can't start modules there.
 * @param {string} code
 */
export const workerFrom = (code) => new Worker(addressOf(code));

/** @param {string} code */
const addressOf = (code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
