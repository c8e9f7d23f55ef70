// From a picture file to ink for a pad. Nothing here is sent anywhere: the browser decodes the file.

import { base64 } from "./bytes.js";
import { find, silhouette } from "./finding.js";
import { levelsOf } from "./preprocessing.js";
import { reduceBlock, reducingFactor } from "./reducing.js";

/** @import { Found, Levels, Opened } from "../types" */

/** Pixels on the side of a block that is reduced at once; no browser limits such canvases. */
const BLOCK = 2048;
/** By how much a browser may change a level when it protects its visitors from fingerprinting. */
const TOLERANCE = 8;

/**
 * Opens a picture file, a task that yields after each block of pixels. `digits` says whether to look
 * for a digit; if not, whatever stands out from the border is ink.
 * @param {{ file: Blob, digits: boolean }} argument
 * @returns {AsyncGenerator<undefined, Opened>}
 */
export async function* openPicture({ file, digits }) {
  if (!canReadPixels()) return { outcome: "blocked" };
  const bitmap = await decoded(file);
  if (!bitmap) return { outcome: "unknown" };
  const levels = yield* levelsIn(bitmap);
  bitmap.close();
  return opened((digits ? find : silhouette)(levels), digits);
}

/**
 * @param {Found} found
 * @param {boolean} digits
 * @returns {Opened}
 */
function opened({ ink, count, frames }, digits) {
  if (count > 1) return { outcome: "several" };
  if (count === 1) return { outcome: "found", picture: base64(levelsOf(ink)), frames };
  const taken = frames.find(([name]) => name === "taken")?.[1].data ?? [];
  return { outcome: digits && taken.some((value) => value > 0) ? "nothing" : "blank" };
}

/**
 * The picture in a file, upright; null if this browser can't decode it. By default browsers turn it
 * as its EXIF data says; the name of this option differs between them.
 * @param {Blob} file
 */
const decoded = (file) =>
  createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => null);

/**
 * The levels of a picture, reduced if it is large.
 * @param {ImageBitmap} bitmap
 * @returns {Generator<undefined, Levels>}
 */
function* levelsIn(bitmap) {
  const { width, height } = bitmap;
  const factor = reducingFactor(width, height);
  const step = BLOCK - (BLOCK % factor);
  const reduced = new ImageData(Math.ceil(width / factor), Math.ceil(height / factor));
  for (let top = 0; top < height; top += step) {
    for (let left = 0; left < width; left += step) {
      const [right, bottom] = [Math.min(width, left + step), Math.min(height, top + step)];
      const block = pixelsOf(bitmap, left, top, right - left, bottom - top);
      reduceBlock(block, factor, reduced, left / factor, top / factor);
      yield;
    }
  }
  return reduced;
}

/**
 * @param {CanvasImageSource} source
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
function pixelsOf(source, left, top, width, height) {
  const context = surface(width, height);
  context.drawImage(source, -left, -top);
  return context.getImageData(0, 0, width, height);
}

/**
 * @param {number} width
 * @param {number} height
 */
function surface(width, height) {
  const area = new OffscreenCanvas(width, height);
  const context = area.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser can't draw pictures.");
  return context;
}

/** Whether the pixels of a picture can be read; some browsers return noise instead. */
function canReadPixels() {
  const context = surface(16, 16);
  context.fillStyle = "rgb(64 128 192)";
  context.fillRect(0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  return data.every((level, i) => Math.abs(level - [64, 128, 192, 255][i % 4]) <= TOLERANCE);
}
