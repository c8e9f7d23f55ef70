import { encode } from "../core/lesson.js";
import { lessonOf, lossesOf } from "../core/lesson-state.js";
import { currentLanguage, text } from "../core/texts.js";
import { openInstruments } from "./lessons.js";

/** @import { LessonPlace, Store } from "../types" */

/**
 * Copies a link to the page in its current state.
 * @param {object} options
 * @param {HTMLElement} options.root
 * @param {Store} options.state
 * @param {LessonPlace} options.place
 * @param {(sentence: string, link?: string) => void} options.notify
 */
export async function copyLink({ root, state, place, notify }) {
  const language = currentLanguage() === "en" ? null : currentLanguage();
  const lesson = lessonOf(state, { open: openInstruments(root), language });
  const link = `${place.home()}#${encode(lesson)}`;
  const losses = lossesOf(lesson, state).map((loss) => text(`lesson.${loss}Lost`));
  /** @param {string} sentence */
  const withLosses = (sentence) => [sentence, ...losses].join(" ");
  try {
    await navigator.clipboard.writeText(link);
    notify(withLosses(text("lesson.copied")));
  } catch {
    // There is no clipboard without HTTPS, or the browser or a frame doesn't allow it.
    notify(withLosses(text("lesson.copyByHand")), link);
  }
}
