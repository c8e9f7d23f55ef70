// Makes of the page what a lesson asks for, now and whenever its code changes.

import { SketchpadError } from "../core/errors.js";
import { NotReachable } from "../core/files.js";
import { decode } from "../core/lesson.js";
import { changesFor } from "../core/lesson-state.js";
import { knownLanguage, text } from "../core/texts.js";
import { hasParts } from "./shown-parts.js";

/** @import { Lesson, LessonPlace, Network, Store } from "../types" */

/** @type {LessonPlace} The address of the page. */
export const ADDRESS = {
  read: () => location.hash.slice(1),
  home: () => location.href.split("#")[0],
  watch(listener) {
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  },
};

/**
 * The lesson at a place, null if there is none that can be used, and the reason why not.
 * @param {LessonPlace} place
 * @returns {{ lesson: Lesson | null, problem: string }}
 */
export function lessonAt(place) {
  const code = place.read();
  if (!code) return { lesson: null, problem: "" };
  try {
    return { lesson: decode(code), problem: "" };
  } catch (error) {
    if (!(error instanceof SketchpadError)) throw error;
    return { lesson: null, problem: error.message };
  }
}

/**
 * Instruments are open or closed in the page only, so the lesson's are opened here.
 * @param {object} options
 * @param {HTMLElement} options.root
 * @param {Store} options.state
 * @param {LessonPlace} options.place
 * @param {Lesson | null} options.first
 * @param {(name: string) => Promise<void>} options.choose chooses the network of that name
 * @param {(sentence: string) => void} options.report
 */
export function followLessons({ root, state, place, first, choose, report }) {
  let lesson = first;

  async function follow() {
    const { lesson: next, problem } = lessonAt(place);
    lesson = next;
    report(problem);
    state.set({ shown: next?.show ?? null, big: next?.big ?? false });
    if (!next) return;
    if (next.view) state.set({ view: next.view });
    if (next.language) state.set({ language: knownLanguage([next.language]) });
    const { network } = next;
    if (network && network !== state.get("network")?.name && isOffered(network)) {
      await choose(network);
      // The code has changed meanwhile.
      if (lesson !== next) return;
    }
    apply();
  }

  /** @param {string} name */
  const isOffered = (name) => state.get("menu").some((offered) => offered.name === name);

  /** Applies the lesson to the network of the page, once. */
  function apply() {
    const network = state.get("network");
    if (!lesson || !network) return;
    const current = lesson;
    lesson = null;
    const names = [current.networkA, current.networkB];
    if (names.every((name) => name === null)) finish(current, network, [null, null]);
    else loadSides(current, network, names);
  }

  /**
   * @param {Lesson} current
   * @param {Network} network
   * @param {(string | null)[]} names
   */
  async function loadSides(current, network, names) {
    const [a, b] = await Promise.all(names.map(loadSide));
    if (state.get("network") === network && !lesson) finish(current, network, [a, b]);
  }

  /** @param {string | null} name */
  async function loadSide(name) {
    if (name === null) return null;
    try {
      if (isOffered(name)) return await state.get("gallery").network(name);
    } catch (error) {
      if (!(error instanceof SketchpadError || error instanceof NotReachable)) throw error;
    }
    report(text("lesson.noNetwork", { name }));
    return null;
  }

  /**
   * @param {Lesson} current
   * @param {Network} network
   * @param {[Network | null, Network | null]} sides
   */
  function finish(current, network, sides) {
    const { changes, input, pair, isMissing } = changesFor(current, network, sides);
    state.set({ ...changes, sides, sketch: input ?? state.get("sketch") });
    const [a, b] = state.get("pair");
    state.set({ pair: [pair[0] ?? a, pair[1] ?? b] });
    for (const details of root.querySelectorAll("details.instrument")) {
      /** @type {HTMLDetailsElement} */ (details).open = current.open.includes(details.id);
    }
    // Nothing at all would be an empty page.
    const isEmpty = current.show !== null && !hasParts(root, network, current.show);
    if (isEmpty) state.set({ shown: null });
    if (isMissing || isEmpty) report(text("lesson.missing"));
    const name = current.network;
    if (name && name !== network.name) report(text("lesson.noNetwork", { name }));
  }

  const stop = place.watch(follow);
  return { apply, close: stop };
}

/**
 * The ids of the open instruments.
 * @param {HTMLElement} root
 */
export const openInstruments = (root) =>
  [...root.querySelectorAll("details.instrument[open]")].map(({ id }) => id);
