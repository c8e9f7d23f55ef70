// A colour for each class, which people with any kind of colour vision can tell apart: the scheme
// "muted" by Paul Tol, with a tenth colour that differs in lightness.

/** @type {[red: number, green: number, blue: number][]} */
const COLOURS = [
  [51, 34, 136],
  [136, 204, 238],
  [17, 119, 51],
  [221, 204, 119],
  [204, 102, 119],
  [68, 170, 153],
  [136, 34, 85],
  [153, 153, 51],
  [170, 68, 153],
  [225, 225, 230],
];
/** What an uncertain answer fades to. */
const NEUTRAL = [150, 150, 158];

/**
 * The background of an answer, and the colour of text on it, black or white: one of them always has
 * enough contrast.
 * @param {number} index of the class
 * @param {number} share its probability
 */
export function classColours(index, share) {
  const colour = COLOURS[index % COLOURS.length];
  const mixed = colour.map((value, i) => Math.round(NEUTRAL[i] + (value - NEUTRAL[i]) * share));
  return { background: `rgb(${mixed})`, text: luminance(mixed) > 0.179 ? "#000" : "#fff" };
}

/**
 * As defined by WCAG 2.
 * @param {number[]} colour
 */
function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
