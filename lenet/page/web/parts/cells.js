// A grid of cells with colours and numbers, for patches and kernels.

import { shortNumber } from "../core/format.js";
import { element } from "./dom.js";
import { addMark, pixel } from "./layer-places.js";
import { paintValues } from "./maps.js";
import { palette } from "./palette.js";

/** @import { Range } from "../types" */
/** @typedef {ReturnType<typeof makeCells>} Cells */
/**
 * @typedef {object} Grid
 * @property {Float64Array} values row by row
 * @property {number} columns
 * @property {Range} range
 * @property {Uint32Array} [colours]
 */

/** Cells that are narrower, in CSS pixels, show only their colour. */
const READABLE = 20;
/** Cells are at most this wide, in em. */
const WIDEST = 2.6;
/** Up to this lightness of 255, text on a cell is white. */
const DARK = 128;

/** @param {string} kind the class of the grid */
export function makeCells(kind) {
  const box = element(`<div class="cells ${kind}"><canvas width="1" height="1"></canvas></div>`);
  const canvas = /** @type {HTMLCanvasElement} */ (box.firstElementChild);
  const visible = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const colours = document.createElement("canvas");
  // Text on a canvas in the document would make the browser compute all styles first.
  const sheet = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  /** @type {Map<string, Element>} */
  const marks = new Map();
  /** @type {Grid | null} */
  let shown = null;
  let width = 0;

  const resizing = new ResizeObserver(() => {
    width = box.clientWidth;
    if (shown) draw(shown);
  });
  resizing.observe(box);

  /** @param {Grid} grid */
  function draw(grid) {
    const { values, columns, range } = grid;
    const rows = Math.ceil(values.length / columns);
    if (colours.width !== columns || colours.height !== rows) shape(columns, rows);
    shown = grid;
    if (!width) return;
    const cell = Math.max(1, Math.round((width * devicePixelRatio) / columns));
    for (const one of [canvas, sheet]) {
      if (one.width !== cell * columns) one.width = cell * columns;
      if (one.height !== cell * rows) one.height = cell * rows;
    }
    paintValues(colours, values, 0, range, grid.colours);
    context.clearRect(0, 0, sheet.width, sheet.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(colours, 0, 0, sheet.width, sheet.height);
    if (width / columns >= READABLE) drawNumbers(context, grid, cell);
    visible.clearRect(0, 0, canvas.width, canvas.height);
    visible.drawImage(sheet, 0, 0);
  }

  /**
   * @param {number} columns
   * @param {number} rows
   */
  function shape(columns, rows) {
    Object.assign(colours, { width: columns, height: rows });
    box.style.maxWidth = `${columns * WIDEST}em`;
    box.style.aspectRatio = `${columns} / ${rows}`;
    width = box.clientWidth;
  }

  return {
    box,
    draw,
    columns: () => colours.width,
    count: () => shown?.values.length ?? 0,
    /**
     * Marks one cell, or none if it is -1.
     * @param {string} kind the class of the mark
     * @param {number} cell
     */
    mark(kind, cell) {
      marks.get(kind)?.remove();
      marks.delete(kind);
      if (cell < 0) return;
      const { width: columns, height: rows } = colours;
      const place = pixel(Math.floor(cell / columns), cell % columns);
      marks.set(kind, addMark(kind, { tile: box, columns, rows, box: place }));
    },
    /**
     * The cell at a point of the screen; -1 if there is none.
     * @param {MouseEvent} event
     */
    at({ clientX, clientY }) {
      const { left, top, width, height } = box.getBoundingClientRect();
      const column = Math.floor(((clientX - left) / width) * colours.width);
      const row = Math.floor(((clientY - top) / height) * colours.height);
      const isInside = column >= 0 && row >= 0 && column < colours.width && row < colours.height;
      const cell = row * colours.width + column;
      return isInside && shown && cell < shown.values.length ? cell : -1;
    },
    close: () => resizing.disconnect(),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Grid} grid
 * @param {number} cell its side in pixels of the canvas
 */
function drawNumbers(context, { values, columns, range, colours = palette(range) }, cell) {
  context.font = `${Math.min(0.4 * cell, 14 * devicePixelRatio)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  values.forEach((value, i) => {
    const [x, y] = [(i % columns) + 0.5, Math.floor(i / columns) + 0.54];
    context.fillStyle = lightness(value, range, colours) > DARK ? "#000" : "#fff";
    context.fillText(shortNumber(value), x * cell, y * cell, 0.92 * cell);
  });
}

/**
 * How light the colour of a value is, from 0 to 255.
 * @param {number} value
 * @param {Range} range
 * @param {Uint32Array} colours
 */
function lightness(value, [low, high], colours) {
  const level = Math.round((255 * (value - low)) / (high - low));
  const colour = colours[Math.min(255, Math.max(0, level))];
  return 0.3 * (colour & 255) + 0.59 * ((colour >> 8) & 255) + 0.11 * ((colour >> 16) & 255);
}
