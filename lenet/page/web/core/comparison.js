// Compare two inputs, where a network's maps differ: mirrors lenet/reading/comparison.py.

import { SketchpadError } from "./errors.js";
import { text } from "./texts.js";

/** @import { Layer, LayerComparison, LayerPair, Maps, Prediction } from "../types" */

/**
 * The maps of each convolution for two predictions from the same network.
 * @param {Prediction} a
 * @param {Prediction} b
 */
export function compare(a, b) {
  const [namesOfA, namesOfB] = [a, b].map(({ maps }) => maps.map(({ name }) => name).join());
  if (namesOfA !== namesOfB) {
    throw new SketchpadError(text("errors.differentLayers"));
  }
  return a.maps.map((maps, i) => compareLayer(maps, b.maps[i]));
}

/**
 * The maps of one layer for the inputs A and B.
 * @param {Maps} a
 * @param {Maps} b
 * @returns {LayerComparison}
 */
function compareLayer(a, b) {
  if (String(a.shape) !== String(b.shape)) {
    throw new SketchpadError(
      text("errors.differentShapes", { a: a.shape.join(", "), b: b.shape.join(", ") }),
    );
  }
  const difference = a.data.map((value, i) => value - b.data[i]);
  const size = a.shape[1] * a.shape[2];
  const distances = Array.from({ length: a.shape[0] }, (_, map) => {
    const values = difference.subarray(map * size, (map + 1) * size);
    return values.reduce((sum, value) => sum + Math.abs(value), 0) / size;
  });
  // Sorting is stable: ties keep their order.
  const ranking = [...distances.keys()].sort((i, j) => distances[j] - distances[i]);
  return { a, b, difference: { ...a, data: difference }, distances, ranking };
}

/**
 * The layers of two networks side by side, in the order of A, then those that only B has. Layers of
 * the same name, kind and shape form a pair; each of the rest stands alone.
 * @param {Layer[]} a
 * @param {Layer[]} b
 * @returns {LayerPair[]}
 */
export function pairLayers(a, b) {
  const names = new Set([...a, ...b].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [ofA, ofB] = [a, b].map((layers) => layers.find((layer) => layer.name === name) ?? null);
    if (ofA && ofB && isAlike(ofA, ofB)) return { a: ofA, b: ofB };
    /** @type {LayerPair[]} */
    const alone = [
      { a: ofA, b: null },
      { a: null, b: ofB },
    ];
    return alone.filter((pair) => pair.a || pair.b);
  });
}

/**
 * @param {Layer} a
 * @param {Layer} b
 */
const isAlike = (a, b) => a.kind === b.kind && String(a.shape) === String(b.shape);
