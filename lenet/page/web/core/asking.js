// Asking the server about a state that keeps changing: one call at a time as long as answers come
// fast; where the network is slow, a further call every `pace` milliseconds, up to `most`. Answers
// are shown in order, and whatever happens, the last state is asked for in the end.

/** @import { Failure } from "../types" */

const TIMES = { pace: 28, most: 5, patience: 10000, retry: 1000 };
export const NO_ANSWER = "The server isn't responding. Your drawing is safe; retrying…";

/**
 * Resolves after so many milliseconds.
 * @param {number} milliseconds
 * @returns {Promise<undefined>}
 */
export const wait = (milliseconds) =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));

/**
 * Returns the function to call whenever the state has changed; several calls in one turn of the
 * event loop ask once.
 * @template Answer
 * @param {object} door
 * @param {() => Promise<Answer | Failure | undefined>} door.call asks about the current state
 * @param {(answer: Answer) => void} door.show receives each newer answer
 * @param {(problem: string) => void} door.report receives what is wrong, or "" if nothing is
 * @param {Partial<typeof TIMES>} [times]
 */
export function makeAsking({ call, show, report }, times = {}) {
  const { pace, most, patience, retry } = { ...TIMES, ...times };
  let wanted = 0;
  let asked = 0;
  let shown = 0;
  let inFlight = 0;
  let lastAsked = 0;
  let pausedUntil = 0;
  let isWaiting = false;

  function ask() {
    if (asked === wanted || inFlight >= most) return;
    const now = performance.now();
    const delay = Math.max(pausedUntil - now, inFlight ? lastAsked + pace - now : 0);
    if (delay > 0) {
      if (!isWaiting) askAfter(delay);
      return;
    }
    asked = wanted;
    lastAsked = now;
    inFlight++;
    receive(asked, call());
  }

  /** @param {number} delay */
  async function askAfter(delay) {
    isWaiting = true;
    await wait(delay);
    isWaiting = false;
    ask();
  }

  /**
   * @param {number} sequence
   * @param {Promise<Answer | Failure | undefined>} answering
   */
  async function receive(sequence, answering) {
    const answer = await Promise.race([answering, wait(patience)]).catch(() => undefined);
    inFlight--;
    if (!answer) {
      report(NO_ANSWER);
      pausedUntil = performance.now() + retry;
    } else if (sequence > shown) {
      shown = sequence;
      if (isFailure(answer)) {
        report(answer.error);
      } else {
        report("");
        show(answer);
      }
    }
    // Whatever was lost on the way, the last state is asked for again.
    if (shown < asked && asked === wanted && !inFlight) wanted++;
    ask();
  }

  return () => {
    wanted++;
    queueMicrotask(ask);
  };
}

/**
 * @param {unknown} answer
 * @returns {answer is Failure}
 */
export function isFailure(answer) {
  return typeof answer === "object" && answer !== null && "error" in answer;
}
