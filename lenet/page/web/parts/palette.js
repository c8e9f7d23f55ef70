// Zero is black, positive values are warm, negative values cool. Lightness rises evenly both ways.

/** @import { Range } from "../types" */
/** @typedef {[red: number, green: number, blue: number]} Colour */

/** @type {Colour[]} */
const WARM = [
  [8, 9, 12],
  [74, 22, 56],
  [160, 44, 48],
  [226, 112, 34],
  [250, 190, 80],
  [255, 250, 220],
];
/** @type {Colour[]} */
const COOL = [
  [8, 9, 12],
  [22, 38, 92],
  [26, 84, 150],
  [40, 140, 190],
  [120, 200, 220],
  [226, 250, 250],
];

/**
 * The colour at the fraction `t` along the stops.
 * @param {Colour[]} stops
 * @param {number} t
 */
function along(stops, t) {
  const position = Math.min(0.99999, Math.max(0, t)) * (stops.length - 1);
  const i = Math.floor(position);
  return stops[i].map((from, c) => from + (stops[i + 1][c] - from) * (position - i));
}

/**
 * One packed pixel for each of 256 levels.
 * @param {(level: number) => number[]} colour
 */
function table(colour) {
  const colours = new Uint32Array(256);
  for (let level = 0; level < 256; level++) {
    const [red, green, blue] = colour(level);
    colours[level] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return colours;
}

const PLAIN = table((level) => along(WARM, level / 255));
const SIGNED = table((level) => {
  const t = level / 127.5 - 1;
  return t < 0 ? along(COOL, -t) : along(WARM, t);
});
/** For ink: shades of grey. */
export const GREY = table((level) => [level, level, level]);

/**
 * Colours of the 256 levels, for maps with this range of values.
 * @param {Range} range
 */
export const palette = ([low]) => (low < 0 ? SIGNED : PLAIN);

/**
 * The colours along a range, for CSS.
 * @param {Range} range
 */
export function gradient([low]) {
  const stops = low < 0 ? [...COOL.slice(1).reverse(), ...WARM] : WARM;
  return `linear-gradient(90deg, ${stops.map((colour) => `rgb(${colour})`).join(", ")})`;
}
