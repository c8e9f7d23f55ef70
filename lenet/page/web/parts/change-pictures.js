// What adding ink and taking it away does to the odds of a class, as two pictures over the drawing.

import { factorOf } from "../core/format.js";
import { clamp } from "../core/ink.js";
import { FIELD } from "../core/preprocessing.js";
import { named, text } from "../core/texts.js";
import { ARROWS } from "./arrows.js";
import { element, find, setText } from "./dom.js";
import { LEGEND, paintValues } from "./maps.js";
import { gradient } from "./palette.js";

/** @import { PixelChanges, Plane, Range } from "../types" */
/** @typedef {{ changes: PixelChanges, input: Plane, target: string }} Shown */
/** @typedef {"added" | "taken"} Way */

/** Pixels of the outline's canvas for each pixel of the drawing. */
const ZOOM = 12;
/** Log-odds that are too small to show; the scale never ends below. */
const LEAST = 0.1;
/** Effects on the log-odds that are too small to mention. */
const NOTHING = 0.01;

/** @param {HTMLElement} parent */
export function makeChangePictures(parent) {
  /** @type {Shown | null} */
  let shown = null;
  const pair = parent.appendChild(element('<div class="pair"></div>'));
  const scale = parent.appendChild(element(`<p class="scale">${LEGEND}</p>`));
  const readout = parent.appendChild(element('<p class="readout" role="status"></p>'));
  const figures = [makeFigure("added", read), makeFigure("taken", read)];
  pair.append(...figures.map(({ figure }) => figure));

  /** @type {(way: Way, row: number, column: number) => void} */
  function read(way, row, column) {
    if (!shown) return;
    const { changes } = shown;
    const target = named("classes", shown.target);
    const effect = changes[way][row * changes.count + column];
    const key = Math.abs(effect) < NOTHING ? "Same" : effect > 0 ? "More" : "Less";
    const at = { row: row + 1, column: column + 1 };
    setText(readout, text(`changes.${way}${key}`, { ...at, target, factor: factorOf(effect) }));
  }

  return {
    /** @param {Shown} next */
    show(next) {
      shown = next;
      const { changes, target } = next;
      const largest = Math.max(LEAST, ...[...changes.added, ...changes.taken].map(Math.abs));
      for (const { draw } of figures) draw(next, [-largest, largest]);
      drawScale(scale, largest);
      setText(readout, text("changes.point", { target: named("classes", target) }));
    },
  };
}

/**
 * @param {Way} way
 * @param {(way: Way, row: number, column: number) => void} onPoint
 */
function makeFigure(way, onPoint) {
  const figure = element(
    '<figure><figcaption></figcaption><div class="field" tabindex="0" role="application">' +
      '<canvas></canvas><canvas class="outline"></canvas></div></figure>',
  );
  figure.dataset.way = way;
  const field = find(figure, ".field");
  const [colours, outline] = figure.querySelectorAll("canvas");
  find(figure, "figcaption").textContent = text(`changes.${way}`);
  outline.width = outline.height = FIELD * ZOOM;
  /** @type {Shown | null} */
  let shown = null;
  let [row, column] = [0, 0];
  let isMarked = false;

  function mark() {
    if (!shown) return;
    drawOutline(outline, shown.input);
    if (isMarked) drawCursor(outline, row, column, FIELD / shown.changes.count);
  }

  /** @type {(nextRow: number, nextColumn: number) => void} */
  function point(nextRow, nextColumn) {
    if (!shown) return;
    const last = shown.changes.count - 1;
    row = clamp(nextRow, 0, last);
    column = clamp(nextColumn, 0, last);
    isMarked = true;
    mark();
    onPoint(way, row, column);
  }

  field.addEventListener("pointermove", (event) => {
    if (!shown) return;
    const { left, top, width, height } = field.getBoundingClientRect();
    const { count } = shown.changes;
    const nextRow = Math.floor(((event.clientY - top) / height) * count);
    const nextColumn = Math.floor(((event.clientX - left) / width) * count);
    if (!isMarked || nextRow !== row || nextColumn !== column) point(nextRow, nextColumn);
  });
  field.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    point(row + arrow[1], column + arrow[0]);
  });
  for (const leaving of ["pointerleave", "blur"]) {
    field.addEventListener(leaving, () => {
      isMarked = false;
      mark();
    });
  }

  return {
    figure,
    /** @type {(next: Shown, range: Range) => void} */
    draw(next, range) {
      const { changes, target } = next;
      if (shown?.changes.count !== changes.count) {
        colours.width = colours.height = changes.count;
        row = column = Math.floor(changes.count / 2);
      }
      shown = next;
      field.ariaLabel = text(`changes.${way}Label`, { target: named("classes", target) });
      paintValues(colours, changes[way], 0, range);
      mark();
    },
  };
}

/**
 * The edges of the drawing's ink.
 * @param {HTMLCanvasElement} canvas
 * @param {Plane} input
 */
function drawOutline(canvas, { height, width, data }) {
  const context = canvas.getContext("2d");
  if (!context) return;
  /** @type {(y: number, x: number) => boolean} */
  const isInk = (y, x) => y >= 0 && x >= 0 && y < height && x < width && data[y * width + x] >= 0.5;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.beginPath();
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      if (isInk(y, x) !== isInk(y - 1, x)) line(context, x, y, x + 1, y);
      if (isInk(y, x) !== isInk(y, x - 1)) line(context, x, y, x, y + 1);
    }
  }
  context.lineWidth = 2;
  context.lineCap = "round";
  context.strokeStyle = "#fff";
  context.stroke();
}

/** @type {(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number) => void} */
function line(context, x0, y0, x1, y1) {
  context.moveTo(x0 * ZOOM, y0 * ZOOM);
  context.lineTo(x1 * ZOOM, y1 * ZOOM);
}

/** @type {(canvas: HTMLCanvasElement, row: number, column: number, size: number) => void} */
function drawCursor(canvas, row, column, size) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const side = size * ZOOM;
  for (const [colour, lineWidth] of /** @type {const} */ ([
    ["#000", 7],
    ["#fff", 3],
  ])) {
    Object.assign(context, { strokeStyle: colour, lineWidth });
    context.strokeRect(column * side, row * side, side, side);
  }
}

/**
 * @param {HTMLElement} scale
 * @param {number} largest
 */
function drawScale(scale, largest) {
  const [low, high] = scale.querySelectorAll("i");
  low.textContent = text("changes.lower", { factor: factorOf(largest) });
  high.textContent = text("changes.higher", { factor: factorOf(largest) });
  find(scale, "b").style.background = gradient([-largest, largest]);
}
