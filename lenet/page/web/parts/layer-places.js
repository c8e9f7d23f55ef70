// Where units lie in the pictures of their layer: in maps, or in a strip of units.

import { clamp } from "../core/ink.js";
import { find } from "./dom.js";

/** @import { Layer, Rectangle, Unit } from "../types" */
/** @import { LayerStack } from "./layer-stack.js" */
/**
 * A rectangle in a picture of so many columns and rows.
 * @typedef {{ tile: Element, columns: number, rows: number, box: Rectangle }} Place
 */

/** Units in a row of a strip, at most. */
const STRIP = 60;

/** @type {Rectangle} */
const WHOLE = { top: 0, left: 0, bottom: 1, right: 1 };

/**
 * @param {number} row
 * @param {number} column
 * @returns {Rectangle}
 */
export const pixel = (row, column) => ({
  top: row,
  left: column,
  bottom: row + 1,
  right: column + 1,
});

/** @param {{ shape: number[] }} layer */
export const isStrip = ({ shape: [, height, width] }) => height * width === 1;

/**
 * The width and height of a strip in units.
 * @param {number} count
 */
export function stripSize(count) {
  const rows = Math.ceil(count / STRIP);
  return { columns: Math.ceil(count / rows), rows };
}

/**
 * The unit under a point of the screen; null if there is none.
 * @param {LayerStack} stack
 * @param {Element} target
 * @param {number} x
 * @param {number} y
 * @returns {Unit | null}
 */
export function unitAt(stack, target, x, y) {
  const tile = target.closest(".stack .map");
  const layer = stack.layerOf(tile?.closest("figure")?.dataset.layer ?? "");
  if (!tile || !layer) return null;
  const canvas = find(tile, "canvas", HTMLCanvasElement);
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const column = whole(((x - left) / width) * canvas.width, canvas.width);
  const row = whole(((y - top) / height) * canvas.height, canvas.height);
  if (!isStrip(layer)) {
    return { layer: layer.name, map: stack.tilesOf(layer.name).indexOf(tile), row, column };
  }
  const map = row * canvas.width + column;
  return map < layer.shape[0] ? { layer: layer.name, map, row: 0, column: 0 } : null;
}

/**
 * The places of a rectangle in some of a layer's maps.
 * @param {Layer} layer
 * @param {Element[]} tiles
 * @param {number[]} maps
 * @param {Rectangle} box
 * @returns {Place[]}
 */
export function places(layer, tiles, maps, box) {
  const [count, rows, columns] = layer.shape;
  if (!isStrip(layer)) return maps.map((map) => ({ tile: tiles[map], columns, rows, box }));
  if (maps.length < count) return maps.map((map) => unitPlace(layer, tiles, map));
  return [{ tile: tiles[0], columns: 1, rows: 1, box: WHOLE }];
}

/**
 * The place of one unit of a strip.
 * @param {Layer} layer
 * @param {Element[]} tiles
 * @param {number} map
 * @returns {Place}
 */
export function unitPlace({ shape: [count] }, [tile], map) {
  const { columns, rows } = stripSize(count);
  return { tile, columns, rows, box: pixel(Math.floor(map / columns), map % columns) };
}

/**
 * Covers a place with a new element.
 * @param {string} kind its class
 * @param {Place} place
 */
export function addMark(kind, { tile, columns, rows, box }) {
  const { top, left, bottom, right } = box;
  const mark = document.createElement("i");
  mark.className = `mark ${kind}`;
  mark.style.left = `${(100 * left) / columns}%`;
  mark.style.top = `${(100 * top) / rows}%`;
  mark.style.width = `${(100 * (right - left)) / columns}%`;
  mark.style.height = `${(100 * (bottom - top)) / rows}%`;
  tile.append(mark);
  return mark;
}

/**
 * @param {number} position
 * @param {number} count
 */
const whole = (position, count) => clamp(Math.floor(position), 0, count - 1);
