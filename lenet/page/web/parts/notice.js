// A line below the header that a person can close, with a field to copy from.

import { text } from "../core/texts.js";
import { find, fragment, hide } from "./dom.js";

const MARKUP = `
  <p role="status"></p>
  <input type="text" readonly hidden>
  <button type="button" name="close-notice"></button>`;

/**
 * @param {HTMLElement} notice
 * @param {HTMLElement} next gets the focus when a person closes the line
 */
export function makeNotice(notice, next) {
  notice.replaceChildren(fragment(MARKUP));
  const field = find(notice, "input", HTMLInputElement);
  const button = find(notice, "button");
  field.ariaLabel = text("lesson.link");
  button.textContent = text("lesson.close");
  button.addEventListener("click", () => hide(notice, next));

  /**
   * @param {string} sentence nothing to close the line
   * @param {string} [link] a link that the person has to copy
   */
  return (sentence, link = "") => {
    notice.hidden = !sentence;
    find(notice, "p").textContent = sentence;
    field.hidden = !link;
    field.value = link;
    if (link) field.select();
  };
}
