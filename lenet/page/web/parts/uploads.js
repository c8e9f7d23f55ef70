import { sketchOf } from "../core/sketch.js";
import { text } from "../core/texts.js";
import { find } from "./dom.js";

/** @import { OpenFile } from "../types" */
/** @import { Pad } from "./pad.js" */

/** The server rejects larger files; see lenet/page/server.py. */
export const MAX_UPLOAD_BYTES = 20_000_000;

/**
 * Opens picture files that are chosen in a dialogue or dropped on the pad. If there is no `openFile`,
 * the button disappears.
 * @param {object} options
 * @param {HTMLElement} options.root contains the pad and its tools
 * @param {Pad} options.pad
 * @param {OpenFile | undefined} options.openFile
 * @param {(text: string) => void} options.note
 */
export function acceptFiles({ root, pad, openFile, note }) {
  const box = find(root, ".pad");
  const button = find(root, "[name=upload]");
  const input = find(root, "[name=file]", HTMLInputElement);
  let newest = 0;

  if (!openFile) {
    button.remove();
    input.remove();
    // Otherwise the browser leaves the page to show a file that is dropped.
    for (const name of ["dragover", "drop"]) {
      box.addEventListener(name, (event) => event.preventDefault());
    }
    return;
  }

  /** @param {File | undefined} file */
  const open = async (file) => {
    if (!file) return;
    const number = ++newest;
    if (file.size > MAX_UPLOAD_BYTES) {
      return note(text("pad.tooLarge", { name: file.name, limit: MAX_UPLOAD_BYTES / 1e6 }));
    }
    const data = await toBase64(file);
    if (data === null) return note(text("pad.unreadable", { name: file.name }));
    const opened = await openFile({ name: file.name, data });
    if (number !== newest) return; // a newer file has been chosen
    if (!opened) return note(text("pad.notSent", { name: file.name }));
    if ("error" in opened) return note(opened.error);
    pad.startFrom(sketchOf(opened.picture));
  };

  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    open(input.files?.[0]);
    input.value = ""; // so that the same file can be chosen again
  });
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    open(event.dataTransfer?.files[0]);
  });
}

/**
 * The bytes of a file in base64; null if it can't be read.
 * @param {File} file
 * @returns {Promise<string | null>}
 */
function toBase64(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve(file.size ? url.slice(url.indexOf(",") + 1) : "");
    };
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file);
  });
}
