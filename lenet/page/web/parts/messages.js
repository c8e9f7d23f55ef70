import { setText } from "./dom.js";

/**
 * Two kinds of message in one place: `report` about reading, until the next answer; `note` about what
 * a person did last, until something else is done.
 * @param {HTMLElement} message
 */
export function makeMessages(message) {
  const texts = { reading: "", doing: "" };

  function show() {
    const text = texts.doing || texts.reading;
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
      texts.doing = text;
      show();
    },
  };
}
