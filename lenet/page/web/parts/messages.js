import { setText } from "./dom.js";

/**
 * Two kinds of message in one place: `report` shows problems with reading until the next answer;
 * `note` comments on the last action until the next one, and is shown first.
 * @param {HTMLElement} message
 */
export function makeMessages(message) {
  const texts = { reading: "", action: "" };

  function show() {
    const text = texts.action || texts.reading;
    setText(message, text);
    message.hidden = !text;
  }

  return {
    /** @param {string} text */
    report(text) {
      texts.reading = text;
      show();
    },
    /** @param {string} text */
    note(text) {
      texts.action = text;
      show();
    },
  };
}
