// Many test images, from a sheet with a row for each class.

import { IMAGE_SIZE } from "./config.js";
import { greyLevels } from "./png.js";

/** @import { Files, TestSet } from "../types" */

/** @type {WeakMap<Files, Map<string, Promise<TestSet>>>} */
const fetched = new WeakMap();

/**
 * The images of a sheet, fetched on first use.
 * @param {Files} files
 * @param {string} path
 */
export function testSet(files, path) {
  const known = fetched.get(files) ?? new Map();
  fetched.set(files, known);
  const found = known.get(path) ?? files.bytes(path).then(readSheet);
  known.set(path, found);
  // After a failure, the next call tries again.
  found.catch(() => known.delete(path));
  return found;
}

/**
 * @param {ArrayBuffer} file
 * @returns {Promise<TestSet>}
 */
async function readSheet(file) {
  const { width, height, levels: sheet } = await greyLevels(file);
  const levels = new Uint8Array(sheet.length);
  const columns = width / IMAGE_SIZE;
  let to = 0;
  for (let row = 0; row < height; row += IMAGE_SIZE) {
    for (let left = 0; left < width; left += IMAGE_SIZE) {
      for (let y = row; y < row + IMAGE_SIZE; y++, to += IMAGE_SIZE) {
        levels.set(sheet.subarray(y * width + left, y * width + left + IMAGE_SIZE), to);
      }
    }
  }
  const count = levels.length / IMAGE_SIZE ** 2;
  return { levels, truths: Array.from({ length: count }, (_, i) => Math.floor(i / columns)) };
}
