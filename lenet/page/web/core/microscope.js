// One unit of a network: the sum that it computes, and what it sees of the layers below. Mirrors
// lenet/reading/microscope.py.

import { BITMAP_COLUMNS, BITMAP_ROWS, DIGIT_BITMAPS } from "./bitmaps.js";
import { connectedMaps, kernelOf, seesStrip, tensorOf } from "./kernels.js";
import { ACTIVATIONS } from "./layers.js";
import { planOf } from "./plan.js";

/**
 * @import { Checkpoint, Explanation, Layer, LayerPlan, LeNetConfig, Muted, Rectangle, Term, Unit }
 *   from "../types"
 */

/**
 * Whether a network has this unit.
 * @param {LeNetConfig} config
 * @param {Unit} unit
 */
export function isUnit(config, { layer, map, row, column }) {
  const plan = planOf(config).find(({ name }) => name === layer);
  if (!plan) return false;
  /** @type {(at: number, length: number) => boolean} */
  const isWithin = (at, length) => Number.isInteger(at) && at >= 0 && at < length;
  return isWithin(map, plan.maps) && isWithin(row, plan.side) && isWithin(column, plan.side);
}

/**
 * The sum that a unit of any layer but the input computes; `isUnit` must hold.
 * @param {{ checkpoint: Checkpoint, muted: Muted }} predictor
 * @param {Layer[]} layers those of a prediction of this predictor
 * @param {Unit} unit
 * @returns {Explanation}
 */
export function explain({ checkpoint, muted }, layers, unit) {
  const plans = planOf(checkpoint.config);
  const number = plans.findIndex(({ name }) => name === unit.layer);
  const plan = plans[number];
  const terms = termsOf(checkpoint, plan, layers[number - 1], unit);
  const bias = plan.tensors ? tensorOf(checkpoint.tensors, plan, "bias").data[unit.map] : 0;
  const sum = terms.reduce((total, term) => total + term.sum, bias);
  const isMuted = muted[unit.layer]?.includes(unit.map) ?? false;
  const { activation } = checkpoint.config;
  const value = plan.activated ? activated(activation, sum) : sum;
  return {
    unit,
    kind: plan.kind,
    previous: plans[number - 1].name,
    terms,
    bias,
    sum,
    activation: plan.activated ? activation : null,
    value: isMuted ? 0 : value,
    winner: plan.kind === "max" ? terms[0].kernel.indexOf(1) : null,
    muted: isMuted,
    trainable: plan.tensors !== null,
  };
}

/**
 * @param {string} name of the activation
 * @param {number} sum
 */
function activated(name, sum) {
  const one = Float64Array.of(sum);
  ACTIVATIONS[/** @type {keyof typeof ACTIVATIONS} */ (name)](one);
  return one[0];
}

/**
 * @param {Checkpoint} checkpoint
 * @param {LayerPlan} plan
 * @param {Layer} before
 * @param {Unit} unit
 * @returns {Term[]}
 */
function termsOf(checkpoint, plan, before, { layer, map, row, column }) {
  if (seesStrip(plan)) return [stripOf(checkpoint, plan, before.data, map)];
  const { k, p, s } = plan.window;
  const [top, left] = [row * s - p / 2, column * s - p / 2];
  return connectedMaps(plan, map).map((input) => {
    const patch = patchOf(before, input, top, left, k);
    const weights = plan.tensors ? kernelOf(checkpoint, layer, map, input) : null;
    const kernel = weights ? spread(weights, k * k) : fixedKernel(plan, patch);
    const products = patch.map((value, i) => value * kernel[i]);
    return makeTerm({ map: input, top, left, height: k, width: k, patch, kernel, products });
  });
}

/**
 * The term of a unit that sees all units of a dense layer.
 * @param {Checkpoint} checkpoint
 * @param {LayerPlan} plan
 * @param {Float64Array} patch
 * @param {number} map
 */
function stripOf(checkpoint, { name, kind }, patch, map) {
  const place = { map: null, top: 0, left: 0, patch };
  if (kind === "rbf") {
    const kernel = DIGIT_BITMAPS[map];
    const products = patch.map((value, i) => -((value - kernel[i]) ** 2));
    const size = { height: BITMAP_ROWS, width: BITMAP_COLUMNS };
    return makeTerm({ ...place, ...size, kernel, products });
  }
  const kernel = Float64Array.from(kernelOf(checkpoint, name, map, null));
  const products = patch.map((value, i) => value * kernel[i]);
  return makeTerm({ ...place, height: 1, width: patch.length, kernel, products });
}

/** @param {Omit<Term, "sum">} term */
const makeTerm = (term) => ({
  ...term,
  sum: term.products.reduce((total, product) => total + product, 0),
});

/**
 * A copy of the values under a kernel; 0 in the padding.
 * @param {Layer} layer
 * @param {number} map
 * @param {number} top
 * @param {number} left
 * @param {number} side
 */
function patchOf({ data, shape: [, height, width] }, map, top, left, side) {
  const patch = new Float64Array(side * side);
  for (let y = Math.max(0, -top); y < Math.min(side, height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(side, width - left); x++) {
      patch[y * side + x] = data[(map * height + top + y) * width + left + x];
    }
  }
  return patch;
}

/**
 * The weights of each pixel; the coefficient of subsampling is that of all.
 * @param {Float32Array} weights
 * @param {number} area
 */
const spread = (weights, area) =>
  Float64Array.from({ length: area }, (_, i) => weights[i % weights.length]);

/**
 * The weights of a pooling without parameters.
 * @param {LayerPlan} plan
 * @param {Float64Array} patch
 */
function fixedKernel({ kind }, patch) {
  if (kind === "average") return patch.map(() => 1 / patch.length);
  const winner = patch.indexOf(Math.max(...patch));
  return patch.map((_, i) => (i === winner ? 1 : 0));
}

/**
 * What a unit sees of the layer `to`, its own or one below: a half-open rectangle in pixels, cut off
 * at the edge of the maps. The input includes its border. A unit that sees nothing but padding has
 * an empty rectangle at (0, 0).
 * @param {LeNetConfig} config
 * @param {Unit} unit
 * @param {string} [to]
 * @returns {Rectangle}
 */
export function receptiveField(config, unit, to = "input") {
  /** @type {Range} */
  let rows = [unit.row, unit.row + 1];
  /** @type {Range} */
  let columns = [unit.column, unit.column + 1];
  for (const plan of walkDown(config, unit, to)) {
    rows = seen(rows, plan);
    columns = seen(columns, plan);
  }
  const isEmpty = rows[0] === rows[1] || columns[0] === columns[1];
  if (isEmpty) return { top: 0, left: 0, bottom: 0, right: 0 };
  return { top: rows[0], left: columns[0], bottom: rows[1], right: columns[1] };
}

/**
 * The maps of the layer `to`, its own or one below, that a unit is connected to.
 * @param {LeNetConfig} config
 * @param {Unit} unit
 * @param {string} [to]
 */
export function receptiveMaps(config, unit, to = "input") {
  let maps = [unit.map];
  for (const plan of walkDown(config, unit, to)) {
    // All maps of a layer without a table of connections see the same.
    const different = plan.connections ? maps : [0];
    maps = [...new Set(different.flatMap((map) => connectedMaps(plan, map)))];
  }
  return maps.sort((a, b) => a - b);
}

/** @typedef {[start: number, stop: number]} Range half-open */

/**
 * The layers from the unit's own down to the one above `to`.
 * @param {LeNetConfig} config
 * @param {Unit} unit
 * @param {string} to
 */
function walkDown(config, unit, to) {
  const plans = planOf(config);
  const [bottom, top] = [to, unit.layer].map((name) => plans.findIndex((p) => p.name === name));
  if (bottom < 0 || top < bottom) throw new RangeError(`${unit.layer} doesn't see ${to}`);
  return plans.slice(bottom + 1, top + 1).reverse();
}

/**
 * The pixels along one side that a range of window positions sees, without padding.
 * @param {Range} positions
 * @param {LayerPlan} plan
 * @returns {Range}
 */
function seen([first, last], { window: { n, k, p, s } }) {
  if (first === last) return [0, 0];
  const start = Math.max(first * s - p / 2, 0);
  const stop = Math.min((last - 1) * s - p / 2 + k, n);
  return start < stop ? [start, stop] : [0, 0];
}
