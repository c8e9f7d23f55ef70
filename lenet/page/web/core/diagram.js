// A drawing of the network, layer by layer: mirrors lenet/network/diagram.py.

import { layerName, size } from "./format.js";
import { text } from "./texts.js";

const BOX_HEIGHT = 30;
const ARROW = 26;
const MARGIN = 4;
/** Upper bound of the mean letter width in a label, in pixels at font size 14. */
const LETTER = 7.6;
const NAME_WIDTH = 50;
/**
 * Opacity of the tint of convolutions and poolings, in the colour of the text.
 * @type {Record<string, number>}
 */
const SHADES = { C: 0.16, S: 0.07 };

/**
 * The network as an SVG: a chain of boxes with the shape of the data next to each arrow, in the
 * colour of the surrounding text.
 * @param {{ name: string, notation: string, shape: number[] }[]} layers
 * @param {string} title
 */
export function diagram(layers, title) {
  const width =
    Math.round(Math.max(...layers.map(({ notation }) => notation.length)) * LETTER) + 24;
  const step = BOX_HEIGHT + ARROW;
  const right = NAME_WIDTH + width + MARGIN;
  const bottom = layers.length * step - ARROW + 2 * MARGIN;
  const middle = NAME_WIDTH + width / 2;
  const chain = layers.map(({ notation }) => notation).join(" → ");
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" width="${right}" ` +
      `height="${bottom}" role="img" aria-labelledby="picture-title picture-desc" ` +
      'font-family="system-ui, sans-serif" font-size="14" fill="currentColor">',
    `<title id="picture-title">${escaped(text("picture.title", { title }))}</title>`,
    `<desc id="picture-desc">${escaped(chain)}</desc>`,
  ];
  layers.forEach(({ name, notation, shape }, number) => {
    const top = MARGIN + number * step;
    const line = top + BOX_HEIGHT / 2 + 5;
    parts.push(
      `<text x="${NAME_WIDTH - 8}" y="${line}" text-anchor="end" font-size="12">` +
        `${escaped(layerName(name))}</text>`,
      `<rect x="${NAME_WIDTH}" y="${top}" width="${width}" height="${BOX_HEIGHT}" rx="6" ` +
        `fill-opacity="${SHADES[name[0]] ?? 0}" stroke="currentColor"/>`,
      `<text x="${middle}" y="${line}" text-anchor="middle">${escaped(notation)}</text>`,
    );
    if (number + 1 < layers.length) parts.push(...arrow(middle, top + BOX_HEIGHT, size(shape)));
  });
  return [...parts, "</svg>"].join("\n");
}

/**
 * An arrow down to the next box, with a label to its right.
 * @param {number} x
 * @param {number} top
 * @param {string} label
 */
function arrow(x, top, label) {
  const tip = top + ARROW;
  return [
    `<path d="M${x} ${top}V${tip - 6}" stroke="currentColor"/>`,
    `<path d="M${x - 4} ${tip - 8}h8l-4 8z"/>`,
    `<text x="${x + 12}" y="${top + ARROW / 2 + 4}" font-size="12">${escaped(label)}</text>`,
  ];
}

/** @param {string} content */
const escaped = (content) =>
  content.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
