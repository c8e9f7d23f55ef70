// Opens a picture file on a pad. If that fails, a sentence says why, and the pad stays as it is.

import { grouped } from "../core/format.js";
import { sketchOf } from "../core/sketch.js";
import { text } from "../core/texts.js";
import { isAbort } from "../core/workers.js";
import { element, find, setText } from "./dom.js";

/** @import { OpenedPicture, PictureDesk, Tasks } from "../types" */
/** @import { Pad } from "./pad.js" */

/** As in lenet/drawing/arrays.py. */
export const MAX_PIXELS = 50_000_000;
/** Milliseconds after which the page says that it is busy. */
const MOMENT = 300;

/**
 * @param {object} options
 * @param {HTMLElement} options.root contains the pad and its tools
 * @param {Pad} options.pad
 * @param {Tasks} options.tasks
 * @param {string} options.lane a name for the pad
 * @param {() => boolean} options.digits whether the pad is for digits
 * @param {(text: string) => void} options.note
 * @param {(opened: OpenedPicture) => void} [options.onOpen]
 * @returns {PictureDesk}
 */
export function makeOpener({ root, pad, tasks, lane, digits, note, onOpen }) {
  const box = find(root, ".pad");
  const input = find(root, "[name=file]", HTMLInputElement);
  const busy = box.appendChild(element('<p class="busy" role="status"></p>'));
  let newest = 0;

  /** @param {File | undefined} file */
  async function open(file) {
    const number = ++newest;
    note("");
    const timer = setTimeout(() => setText(busy, text("pictures.opening")), MOMENT);
    try {
      const opened = await outcomeOf(file);
      if (number !== newest) return; // a newer file has been chosen
      if (typeof opened === "string") return note(opened);
      onOpen?.(opened);
      pad.startFrom(sketchOf(opened.picture));
    } catch (error) {
      if (isAbort(error)) return;
      note(text("pictures.damaged", { name: file?.name ?? "" }));
      throw error;
    } finally {
      clearTimeout(timer);
      if (number === newest) setText(busy, "");
    }
  }

  /**
   * What was found in the file, or a sentence that says why nothing was.
   * @param {File | undefined} file
   */
  async function outcomeOf(file) {
    if (!file) return text("pictures.noFile");
    const { name } = file;
    const problem = await problemWith(file);
    if (problem) return problem;
    const opened = await tasks.runFree("openPicture", { file, digits: digits() }, lane);
    return opened.outcome === "found" ? opened : text(`pictures.${opened.outcome}`, { name });
  }

  find(root, "[name=open]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    open(input.files?.[0]);
    input.value = ""; // so that the same file can be chosen again
  });

  return { pad: box, open };
}

/**
 * Why a file can't be opened, as a sentence; undefined if nothing is known against it yet. Nothing is
 * decoded, because a picture that is too large could bring the page down.
 * @param {File} file
 */
async function problemWith(file) {
  const { name } = file;
  if (!file.size) return text("pictures.empty", { name });
  if (!(await isReadable(file))) return text("pictures.unreadable", { name });
  const pixels = await pixelsIn(file);
  if (!pixels) return text("pictures.unknown", { name });
  if (pixels <= MAX_PIXELS) return undefined;
  return text("pictures.tooLarge", { name, most: grouped(MAX_PIXELS) });
}

/**
 * Whether the file is still there.
 * @param {File} file
 */
const isReadable = (file) =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

/**
 * The number of pixels in a picture file; 0 if the browser doesn't know the format.
 * @param {File} file
 * @returns {Promise<number>}
 */
async function pixelsIn(file) {
  const image = new Image();
  const address = URL.createObjectURL(file);
  const size = new Promise((resolve) => {
    image.onload = () => resolve(image.naturalWidth * image.naturalHeight);
    image.onerror = () => resolve(0);
  });
  image.src = address;
  return size.finally(() => URL.revokeObjectURL(address));
}
