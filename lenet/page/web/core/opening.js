// From a picture file to ink for a pad. Nothing here is sent anywhere: the browser decodes the file.

import { base64 } from "./bytes.js";
import { boundingFactor, reduced } from "./contrast.js";
import { find, silhouette } from "./finding.js";
import { levelsOf } from "./preprocessing.js";

/** @import { Found, Levels, Opening } from "../types" */

/** Pixels on the side of a block that is reduced at once; no browser limits such canvases. */
const BLOCK = 2048;
/** By how much a browser may change a level when it protects its visitors from fingerprinting. */
const TOLERANCE = 8;

/**
 * Opens a picture file, a task that yields after each block of pixels. `digits` says whether to look
 * for a digit; if not, whatever stands out from the border is ink.
 * @param {{ file: Blob, digits: boolean }} argument
 * @returns {AsyncGenerator<undefined, Opening>}
 */
export async function* openPicture({ file, digits }) {
  if (!canOpen()) return { outcome: "tooOld" };
  if (!canReadPixels()) return { outcome: "blocked" };
  const bitmap = await decoded(file);
  if (!bitmap) return { outcome: "damaged" };
  const levels = yield* levelsIn(bitmap);
  return openingOf((digits ? find : silhouette)(levels), digits);
}

/**
 * @param {Found} found
 * @param {boolean} digits
 * @returns {Opening}
 */
function openingOf({ ink, count, frames }, digits) {
  if (count > 1) return { outcome: "several" };
  if (count === 1) return { outcome: "found", picture: base64(levelsOf(ink)), frames, digits };
  const taken = frames.find(([name]) => name === "taken")?.[1].data ?? [];
  return { outcome: taken.some((value) => value > 0) ? "nothing" : "blank" };
}

/**
 * The picture in a file, upright; null if this browser can't decode it. By default browsers turn it
 * as its EXIF data says; the name of this option differs between them.
 * @param {Blob} file
 */
const decoded = (file) =>
  createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => null);

/**
 * The levels of a picture, which is closed. A large one is reduced block by block, which takes little
 * memory.
 * @param {ImageBitmap} bitmap
 * @returns {Generator<undefined, Levels>}
 */
function* levelsIn(bitmap) {
  const { width, height } = bitmap;
  const factor = boundingFactor(height, width);
  const step = Math.floor(BLOCK / factor);
  const side = Math.min(step * factor, Math.max(width, height));
  const levels = blankLevels(Math.floor(width / factor), Math.floor(height / factor));
  try {
    for (let top = 0; top < levels.height; top += step) {
      for (let left = 0; left < levels.width; left += step) {
        const block = pixelsOf(bitmap, left * factor, top * factor, side);
        put(reduced(block, factor), levels, left, top);
        yield;
      }
    }
  } finally {
    bitmap.close();
  }
  return levels;
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {Levels}
 */
const blankLevels = (width, height) => ({
  width,
  height,
  data: new Uint8ClampedArray(4 * width * height),
});

/**
 * Copies a block to its place in a picture.
 * @param {Levels} block
 * @param {Levels} picture
 * @param {number} left
 * @param {number} top
 */
function put(block, picture, left, top) {
  const width = Math.min(block.width, picture.width - left);
  for (let y = 0; y < Math.min(block.height, picture.height - top); y++) {
    const start = 4 * y * block.width;
    const row = block.data.subarray(start, start + 4 * width);
    picture.data.set(row, 4 * ((top + y) * picture.width + left));
  }
}

/**
 * The pixels of a square block of a picture; beyond the picture they are empty.
 * @param {ImageBitmap} bitmap
 * @param {number} left
 * @param {number} top
 * @param {number} side
 * @returns {Levels}
 */
function pixelsOf(bitmap, left, top, side) {
  const context = surface(side);
  context.drawImage(bitmap, -left, -top);
  return context.getImageData(0, 0, side, side);
}

/** A square to draw on. @param {number} side */
function surface(side) {
  const area = new OffscreenCanvas(side, side);
  const context = area.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser can't draw pictures.");
  return context;
}

/** Whether this browser has what opening takes; Safari before 16.4 doesn't. */
const canOpen = () => "OffscreenCanvas" in globalThis && "createImageBitmap" in globalThis;

/** Whether the pixels of a picture can be read; some browsers return noise instead. */
function canReadPixels() {
  const context = surface(16);
  context.fillStyle = "rgb(64 128 192)";
  context.fillRect(0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  return data.every((level, i) => Math.abs(level - [64, 128, 192, 255][i % 4]) <= TOLERANCE);
}
