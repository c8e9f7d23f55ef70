/** @import { Range } from "../types" */

/**
 * A shared colour scale for these values: mirrors `colour_scale` in Python. It starts at 0 if no
 * value is negative; otherwise it is symmetric around 0.
 * @param {ArrayLike<number>[]} maps
 * @returns {Range}
 */
export function colourScale(...maps) {
  let low = 0;
  let high = 0;
  for (const values of maps) {
    for (let i = 0; i < values.length; i++) {
      if (values[i] < low) low = values[i];
      else if (values[i] > high) high = values[i];
    }
  }
  if (low === 0) return [0, high || 1];
  high = Math.max(-low, high);
  return [-high, high];
}
