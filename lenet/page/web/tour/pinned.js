/** @import { TourSnapshot } from "../types" */

/**
 * The value of the pinned unit and the highest value of its map; null if no unit of the layer is
 * pinned.
 * @param {TourSnapshot} snapshot
 * @param {string} name of the layer
 */
export function pinnedValue({ unit, pinned, prediction }, name) {
  if (!unit || !pinned || unit.layer !== name) return null;
  const layer = prediction?.layers.find((candidate) => candidate.name === name);
  if (!layer) return null;
  const [, height, width] = layer.shape;
  const start = unit.map * height * width;
  const map = layer.data.subarray(start, start + height * width);
  return { value: map[unit.row * width + unit.column], most: Math.max(...map) };
}
