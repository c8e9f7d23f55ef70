// Grey pictures in PNG files, decoded exactly: canvases may change pixels, to prevent
// fingerprinting. https://www.w3.org/TR/png-3/

import { SketchpadError } from "./errors.js";
import { text } from "./texts.js";

/** After the signature come chunks of a length, a type, the content and a checksum. */
const SIGNATURE = 8;
const AROUND = 12;
/** Bit depth 8, grey, and the only methods there are, without interlacing. */
const GREY = "8,0,0,0,0";

/**
 * The levels of a picture with 256 shades of grey, row by row.
 * @param {ArrayBuffer} file
 */
export async function greyLevels(file) {
  const view = new DataView(file);
  let [width, height] = [0, 0];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const data = [];
  for (let at = SIGNATURE; at < file.byteLength; at += AROUND + view.getUint32(at)) {
    const content = new Uint8Array(file, at + 8, view.getUint32(at));
    const type = String.fromCharCode(...new Uint8Array(file, at + 4, 4));
    if (type === "IDAT") data.push(content);
    if (type !== "IHDR") continue;
    [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (content.slice(8).join() !== GREY) throw new SketchpadError(text("errors.notGrey"));
  }
  const inflated = new Blob(data).stream().pipeThrough(new DecompressionStream("deflate"));
  const lines = new Uint8Array(await new Response(inflated).arrayBuffer());
  return { width, height, levels: unfilter(lines, width, height) };
}

/**
 * Undoes the filter of each line: its first byte names the filter, the rest are differences.
 * @param {Uint8Array} lines
 * @param {number} width
 * @param {number} height
 */
function unfilter(lines, width, height) {
  const levels = new Uint8Array(width * height);
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    const filter = lines[from++];
    for (let x = 0; x < width; x++, from++, to++) {
      const left = x ? levels[to - 1] : 0;
      const above = y ? levels[to - width] : 0;
      const corner = x && y ? levels[to - width - 1] : 0;
      levels[to] = lines[from] + predicted(filter, left, above, corner);
    }
  }
  return levels;
}

/**
 * What a filter expects, from three neighbours.
 * @param {number} filter
 * @param {number} left
 * @param {number} above
 * @param {number} corner
 */
function predicted(filter, left, above, corner) {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  // Paeth: the neighbour that is closest to left + above − corner.
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
