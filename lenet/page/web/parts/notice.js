// A line below the header that a person can close, with a field to copy from.

import { text } from "../core/texts.js";
import { find, fragment } from "./dom.js";

const MARKUP = `
  <p role="status"></p>
  <input type="text" readonly hidden>
  <button type="button" name="close-notice"></button>`;

/** @param {HTMLElement} notice */
export function makeNotice(notice) {
  notice.replaceChildren(fragment(MARKUP));
  const field = find(notice, "input", HTMLInputElement);
  const button = find(notice, "button");
  field.ariaLabel = text("lesson.link");
  button.textContent = text("lesson.close");
  button.addEventListener("click", () => {
    notice.hidden = true;
  });

  /**
   * @param {string} sentence
   * @param {string} [link] a link that the person has to copy
   */
  return (sentence, link = "") => {
    notice.hidden = false;
    find(notice, "p").textContent = sentence;
    field.hidden = !link;
    field.value = link;
    if (link) field.select();
  };
}
