// Requests to the server about a state that keeps changing: one call at a time while answers are
// fast; on a slow connection an extra call every `interval` milliseconds, at most `maxInFlight` at a
// time. Answers are shown in order, and the last state is always requested in the end.

/** @import { Failure } from "../types" */

const LIMITS = { interval: 28, maxInFlight: 5, timeout: 10000, retry: 1000 };
export const NO_ANSWER = "The server isn't responding. Your drawing is safe; retrying…";

/**
 * Resolves after that many milliseconds.
 * @param {number} milliseconds
 * @returns {Promise<undefined>}
 */
export const wait = (milliseconds) =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));

/**
 * Returns the function to call after every change of state. Several calls in one turn of the event
 * loop cause one request.
 * @template Answer
 * @param {object} options
 * @param {() => Promise<Answer | Failure | undefined>} options.call sends the current state
 * @param {(answer: Answer) => void} options.show receives each answer that is newer than the last
 * @param {(problem: string) => void} options.report receives the problem, or "" if there is none
 * @param {Partial<typeof LIMITS>} [limits]
 */
export function makeRequester({ call, show, report }, limits = {}) {
  const { interval, maxInFlight, timeout, retry } = { ...LIMITS, ...limits };
  // Sequence numbers of states.
  let newest = 0;
  let requested = 0;
  let shown = 0;
  let inFlight = 0;
  let lastRequest = 0;
  let pausedUntil = 0;
  let isWaiting = false;

  function request() {
    if (requested === newest || inFlight >= maxInFlight) return;
    const now = performance.now();
    const delay = Math.max(pausedUntil - now, inFlight ? lastRequest + interval - now : 0);
    if (delay > 0) {
      if (!isWaiting) requestAfter(delay);
      return;
    }
    requested = newest;
    lastRequest = now;
    inFlight++;
    receive(requested, call());
  }

  /** @param {number} delay */
  async function requestAfter(delay) {
    isWaiting = true;
    await wait(delay);
    isWaiting = false;
    request();
  }

  /**
   * @param {number} sequence
   * @param {Promise<Answer | Failure | undefined>} pending
   */
  async function receive(sequence, pending) {
    const answer = await Promise.race([pending, wait(timeout)]).catch(() => undefined);
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
    // If the last answer was lost, request the last state again.
    if (shown < requested && requested === newest && !inFlight) newest++;
    request();
  }

  return () => {
    newest++;
    queueMicrotask(request);
  };
}

/**
 * @param {unknown} answer
 * @returns {answer is Failure}
 */
export function isFailure(answer) {
  return typeof answer === "object" && answer !== null && "error" in answer;
}
