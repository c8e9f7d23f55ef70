// A stand-in until the finder is there.

/** @import { Levels } from "../types" */

/**
 * @param {number} height
 * @param {number} width
 */
export function boundingFactor(height, width) {
  let factor = 1;
  while (Math.floor(height / factor) * Math.floor(width / factor) > 4_000_000) factor++;
  return factor;
}

/**
 * @param {Levels} levels
 * @param {number} factor
 * @param {number} channels
 * @returns {Levels}
 */
export function reduced(levels, factor, channels) {
  if (factor === 1) return levels;
  const height = Math.floor(levels.height / factor);
  const width = Math.floor(levels.width / factor);
  const data = new Uint8Array(height * width * channels);
  for (let i = 0; i < data.length; i++) {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    data[i] = levels.data[(y * factor * levels.width + x * factor) * channels + channel];
  }
  return { height, width, data };
}
