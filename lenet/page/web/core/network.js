// The network: mirrors `LeNet` in lenet/network/model.py.

import { DIGIT_BITMAPS } from "./bitmaps.js";
import { IMAGE_SIZE } from "./config.js";
import { SketchpadError } from "./errors.js";
import { tensorOf } from "./kernels.js";
import {
  ACTIVATIONS,
  Border,
  ConvolutionLayer,
  PoolingLayer,
  RbfLayer,
  SubsamplingLayer,
} from "./layers.js";
import { planOf } from "./plan.js";
import { text } from "./texts.js";

/** @import { Checkpoint, Kind, Layer, LayerPlan, Muted, Tensor } from "../types" */
/** @typedef {ConvolutionLayer | PoolingLayer | SubsamplingLayer | RbfLayer} Operation */
/**
 * A layer, whether the activation follows, and the maps whose values are replaced by 0.
 * @typedef {{ name: string, kind: Kind, layer: Operation, activated: boolean, muted: number[] }} Step
 */

/** A LeNet with the weights of a checkpoint; it computes in float64. */
export class LeNet {
  /**
   * @param {Checkpoint} checkpoint
   * @param {Muted} [muted]
   */
  constructor(checkpoint, muted = {}) {
    const { config } = checkpoint;
    this.config = config;
    this.activate = ACTIVATIONS[/** @type {keyof typeof ACTIVATIONS} */ (config.activation)];
    this.image = new Float64Array(IMAGE_SIZE * IMAGE_SIZE);
    try {
      this.border = new Border(IMAGE_SIZE, 1, config.border, -config.mean / config.std);
      this.steps = makeSteps(checkpoint, muted);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new SketchpadError(text("errors.tooLarge"));
    }
  }

  /**
   * The logits of each image, and the input and every layer of the first one. An image is 784
   * numbers in [0, 1], bright ink on a dark background.
   * @param {ArrayLike<number>[]} images
   */
  forward(images) {
    /** @type {Layer[]} */
    const layers = [];
    const logits = images.map((image, i) => this.#read(image, i === 0 ? layers : null));
    return { logits, layers };
  }

  /**
   * The logits of each image, without copies of the layers.
   * @param {ArrayLike<number>[]} images
   */
  logits(images) {
    return images.map((image) => this.#read(image, null));
  }

  /**
   * @param {ArrayLike<number>} image
   * @param {Layer[] | null} layers where to add every layer
   */
  #read(image, layers) {
    const x = this.#normalise(image);
    if (layers) layers.push(copyOfInput(this.border.side, x));
    return this.#run(x, this.steps, layers);
  }

  /**
   * The logits if one more map of a layer is muted; only the layers after it are computed.
   * @param {Layer} values of that layer for one image
   * @param {number} step its index
   * @param {number} map
   */
  logitsWithout({ shape, data }, step, map) {
    const x = pixels(data, shape);
    silence(x, map, shape[1]);
    return this.#run(x, this.steps.slice(step + 1), null);
  }

  /**
   * @param {Float64Array} x the input of the first of these steps
   * @param {Step[]} steps
   * @param {Layer[] | null} layers where to add every layer
   */
  #run(x, steps, layers) {
    for (const { name, kind, layer, activated, muted } of steps) {
      x = layer.apply(x);
      const sums = layers && planes(x, layer.side);
      if (activated) this.activate(x);
      for (const map of muted) silence(x, map, layer.side);
      if (layers && sums) {
        const data = activated || muted.length ? planes(x, layer.side) : sums;
        layers.push({ name, kind, shape: shapeOf(x, layer.side), sums, data });
      }
    }
    return x.slice();
  }

  /** @param {ArrayLike<number>} image */
  #normalise(image) {
    const { mean, std } = this.config;
    for (let i = 0; i < this.image.length; i++) this.image[i] = (image[i] - mean) / std;
    return this.border.apply(this.image);
  }
}

/**
 * @param {Checkpoint} checkpoint
 * @param {Muted} muted
 * @returns {Step[]}
 */
function makeSteps({ config, tensors }, muted) {
  return planOf(config)
    .slice(1)
    .map((plan) => ({
      name: plan.name,
      kind: plan.kind,
      layer: makeLayer(plan, tensors),
      activated: plan.activated,
      muted: muted[plan.name] ?? [],
    }));
}

/**
 * @param {LayerPlan} plan
 * @param {Map<string, Tensor>} tensors
 * @returns {Operation}
 */
function makeLayer(plan, tensors) {
  const { kind, maps, inputs, window } = plan;
  if (kind === "rbf") return new RbfLayer(DIGIT_BITMAPS);
  if (!plan.tensors) return new PoolingLayer(kind, window.n, maps);
  const weights = tensorOf(tensors, plan, "weight").data;
  const bias = tensorOf(tensors, plan, "bias").data;
  if (kind === "subsampling") return new SubsamplingLayer(window.n, weights, bias);
  const { n: side, k: kernel, p } = window;
  const size = { side, inputs, kernel, padding: p / 2, outputs: maps };
  return new ConvolutionLayer(size, completeKernels(weights, plan), bias);
}

/**
 * The kernels `[output][input][y][x]` of a convolution, with zeros where it has no connection.
 * @param {Float32Array} kernels
 * @param {LayerPlan} plan
 */
function completeKernels(kernels, { maps, inputs, connections, window }) {
  if (connections === null) return kernels;
  const area = window.k ** 2;
  const complete = new Float32Array(maps * inputs * area);
  let from = 0;
  connections.forEach((connected, output) => {
    for (const input of connected) {
      const one = kernels.subarray(from, from + area);
      complete.set(one, (output * inputs + input) * area);
      from += area;
    }
  });
  return complete;
}

/**
 * @param {number} side
 * @param {Float64Array} image
 * @returns {Layer}
 */
function copyOfInput(side, image) {
  const data = image.slice();
  return { name: "input", kind: "input", shape: [1, side, side], sums: data, data };
}

/**
 * @param {Float64Array} maps
 * @param {number} side
 * @returns {[count: number, height: number, width: number]}
 */
const shapeOf = (maps, side) => [maps.length / (side * side), side, side];

/**
 * Replaces the values of one of the maps `[y][x][map]` by 0.
 * @param {Float64Array} maps
 * @param {number} map
 * @param {number} side
 */
function silence(maps, map, side) {
  const [count] = shapeOf(maps, side);
  for (let i = map; i < maps.length; i += count) maps[i] = 0;
}

/**
 * A copy of maps `[map][y][x]` as `[y][x][map]`.
 * @param {Float64Array} maps
 * @param {[count: number, height: number, width: number]} shape
 */
function pixels(maps, [count, height, width]) {
  const area = height * width;
  const copy = new Float64Array(maps.length);
  for (let map = 0, from = 0; map < count; map++) {
    for (let pixel = 0; pixel < area; pixel++, from++) copy[pixel * count + map] = maps[from];
  }
  return copy;
}

/**
 * A copy of maps `[y][x][map]` as `[map][y][x]`.
 * @param {Float64Array} maps
 * @param {number} side
 */
function planes(maps, side) {
  const [count] = shapeOf(maps, side);
  const area = side * side;
  const copy = new Float64Array(maps.length);
  for (let pixel = 0, from = 0; pixel < area; pixel++) {
    for (let map = 0; map < count; map++, from++) copy[map * area + pixel] = maps[from];
  }
  return copy;
}
