// Opens a picture file on a pad. If that fails, a sentence says why, and the pad stays as it is.

import { grouped } from "../core/format.js";
import { sketchOf } from "../core/sketch.js";
import { text } from "../core/texts.js";
import { isAbort } from "../core/workers.js";
import { element, find, setText } from "./dom.js";

/** @import { OpenedPicture, Opening, PictureDesk, Store } from "../types" */
/** @import { Pad } from "./pad.js" */

/** As in lenet/drawing/arrays.py. */
export const MAX_PIXELS = 50_000_000;
/** The longest side, as there. */
export const MAX_SIDE = 30_000;
/** Milliseconds after which the page says that it is busy. */
const MOMENT = 300;

/**
 * @param {object} options
 * @param {HTMLElement} options.root contains the pad and its tools
 * @param {Pad} options.pad
 * @param {Store} options.state
 * @param {string} options.lane a name for the pad
 * @param {() => boolean} options.digits whether the pad is for digits
 * @param {(text: string) => void} options.note
 * @param {(opened: OpenedPicture) => void} [options.onOpen]
 * @returns {PictureDesk}
 */
export function makeOpener({ root, pad, state, lane, digits, note, onOpen }) {
  const box = find(root, ".pad");
  const input = find(root, "[name=file]", HTMLInputElement);
  const busy = box.appendChild(element('<p class="busy" role="status"></p>'));
  const tasks = state.get("tasks");
  let newest = 0;

  /** Keeps files until one is open, for the pad of the next page. @param {readonly File[]} [files] */
  const keep = (files) => state.set({ opening: { ...state.get("opening"), [lane]: files } });

  /** @param {readonly File[]} files of which the first is opened */
  async function open(files) {
    const [file] = files;
    const number = ++newest;
    const isNewest = () => number === newest;
    note("");
    keep(files);
    const timer = setTimeout(() => setText(busy, text("pictures.opening")), MOMENT);
    try {
      const opened = await outcomeOf(file, isNewest);
      if (!opened || !isNewest()) return;
      if (typeof opened === "string") return note(opened);
      onOpen?.(opened);
      pad.startFrom(sketchOf(opened.picture));
      if (files.length > 1) note(text("pictures.onlyFirst", { name: file.name }));
    } catch (error) {
      if (isAbort(error)) return;
      note(text("pictures.damaged", { name: file?.name ?? "" }));
      throw error;
    } finally {
      clearTimeout(timer);
      if (isNewest()) {
        setText(busy, "");
        keep();
      }
    }
  }

  /**
   * What was found in the file, or a sentence that says why nothing was; undefined if a newer file
   * has been chosen.
   * @param {File | undefined} file
   * @param {() => boolean} isNewest
   */
  async function outcomeOf(file, isNewest) {
    if (!file) return text("pictures.noFile");
    const { name } = file;
    const problem = await problemWith(file);
    if (problem) return problem;
    /** @type {boolean} */
    let sought;
    /** @type {Opening} */
    let opened;
    do {
      if (!isNewest()) return; // the task would abort the newer one
      sought = digits();
      opened = await tasks.runFree("openPicture", { file, digits: sought }, lane);
    } while (sought !== digits()); // for a network that was chosen meanwhile
    return opened.outcome === "found" ? opened : text(`pictures.${opened.outcome}`, { name });
  }

  find(root, "[name=open]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    open([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  });

  // The language has changed since the files were chosen.
  const kept = state.get("opening")[lane];
  if (kept) open(kept);

  return {
    pad: box,
    open,
    close() {
      newest++;
    },
  };
}

/**
 * Why a file can't be opened, as a sentence; undefined if nothing is known against it yet. Nothing is
 * decoded, because a picture that is too large could bring the page down.
 * @param {File} file
 */
async function problemWith(file) {
  const { name, type } = file;
  if (!file.size) return text("pictures.empty", { name });
  if (!(await isReadable(file))) return text("pictures.unreadable", { name });
  // Browsers show such a picture, but don't tell its pixels.
  if (type === "image/svg+xml") return text("pictures.unknown", { name });
  const { width, height } = await sizeOf(file);
  if (!(width * height)) return text("pictures.unknown", { name });
  if (width * height > MAX_PIXELS)
    return text("pictures.tooLarge", { name, most: grouped(MAX_PIXELS) });
  if (Math.max(width, height) > MAX_SIDE)
    return text("pictures.tooLong", { name, most: grouped(MAX_SIDE) });
  return undefined;
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
 * The sides of the picture in a file, in pixels; 0 if the browser doesn't know the format.
 * @param {File} file
 * @returns {Promise<{ width: number, height: number }>}
 */
async function sizeOf(file) {
  const image = new Image();
  const address = URL.createObjectURL(file);
  const size = new Promise((resolve) => {
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => resolve({ width: 0, height: 0 });
  });
  image.src = address;
  return size.finally(() => URL.revokeObjectURL(address));
}
