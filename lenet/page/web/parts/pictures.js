// A panel as a picture: its canvases and texts on one canvas.

import { measure } from "./measurements.js";

/** @import { Mark } from "./measurements.js" */
/** @typedef {CanvasRenderingContext2D} Context */

/** Around the panel, in CSS pixels. */
const MARGIN = 12;

/**
 * A panel of the page as PNG, in the colours of the page.
 * @param {HTMLElement} panel may be hidden
 * @param {number} scale pixels of the picture for each CSS pixel
 * @returns {Promise<Blob | null>} null if the browser can't make it
 */
export async function pictureOf(panel, scale) {
  const { marks, width, height, background } = measured(panel);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * MARGIN) * scale);
  canvas.height = Math.ceil((height + 2 * MARGIN) * scale);
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.fillStyle = background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.translate(MARGIN, MARGIN);
  for (const mark of marks) await paint(context, mark);
  return new Promise((resolve) => canvas.toBlob(resolve));
}

/**
 * Measures a panel; a hidden one is shown meanwhile, but not long enough to be seen.
 * @param {HTMLElement} panel
 */
function measured(panel) {
  const { hidden } = panel;
  panel.hidden = false;
  try {
    return measure(panel);
  } finally {
    panel.hidden = hidden;
  }
}

/**
 * @param {Context} context
 * @param {Mark} mark
 */
async function paint(context, mark) {
  const { left, top, width, height, radius } = mark;
  context.save();
  if (mark.kind === "words") {
    context.font = mark.font;
    context.fillStyle = mark.colour;
    context.fillText(mark.text, left, top + context.measureText(mark.text).fontBoundingBoxAscent);
  } else {
    context.beginPath();
    context.roundRect(left, top, width, height, radius);
    if (mark.kind === "box") paintBox(context, mark);
    else {
      context.clip();
      context.imageSmoothingEnabled = mark.kind === "svg" || mark.smooth;
      const picture = mark.kind === "svg" ? await loaded(mark.source) : mark.canvas;
      if (picture.width) context.drawImage(picture, left, top, width, height);
    }
  }
  context.restore();
}

/**
 * Fills the context's path, and draws its line.
 * @param {Context} context
 * @param {Extract<Mark, { kind: "box" }>} box
 */
function paintBox(context, { left, width, fill, gradient, line, thickness }) {
  const colours = context.createLinearGradient(left, 0, left + width, 0);
  gradient.forEach((colour, i) => {
    colours.addColorStop(i / Math.max(1, gradient.length - 1), colour);
  });
  context.fillStyle = gradient.length ? colours : fill;
  context.fill();
  context.strokeStyle = line;
  context.lineWidth = thickness;
  if (thickness) context.stroke();
}

/**
 * An SVG as an image.
 * @param {string} source
 */
async function loaded(source) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
  await image.decode();
  return image;
}
