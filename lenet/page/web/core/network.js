// The network: mirrors `LeNet` in lenet/network/model.py.

import { DIGIT_BITMAPS } from "./bitmaps.js";
import { denseWidths, IMAGE_SIZE } from "./config.js";
import { SketchpadError } from "./errors.js";
import {
  ACTIVATIONS,
  Border,
  ConvolutionLayer,
  PoolingLayer,
  RbfLayer,
  SubsamplingLayer,
} from "./layers.js";

/** @import { Checkpoint, Convolution, Kind, Layer, Muted, Tensor } from "../types" */
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
      throw new SketchpadError("This network is too large for the browser's memory.");
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
   * @param {ArrayLike<number>} image
   * @param {Layer[] | null} layers where to add every layer
   */
  #read(image, layers) {
    let x = this.#normalise(image);
    if (layers) layers.push(copyOfInput(this.border.side, x));
    for (const { name, kind, layer, activated, muted } of this.steps) {
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
 * The layers in order, named as in the table of layers.
 * @param {Checkpoint} checkpoint
 * @param {Muted} muted
 */
function makeSteps({ config, tensors }, muted) {
  /** @type {Step[]} */
  const steps = [];
  /** @param {string} name */
  const weights = (name) => /** @type {Tensor} */ (tensors.get(name)).data;
  let side = IMAGE_SIZE + 2 * config.border;
  let inputs = 1;

  /** @type {(letter: string, kind: Kind, layer: Operation, activated: boolean) => void} */
  function add(letter, kind, layer, activated) {
    const name = letter ? `${letter}${steps.length + 1}` : "output";
    steps.push({ name, kind, layer, activated, muted: muted[name] ?? [] });
    side = layer.side;
  }

  config.convolutions.forEach((c, i) => {
    const size = { side, inputs, kernel: c.kernel, padding: c.padding, outputs: c.channels };
    const kernels = completeKernels(weights(`convolutions.${i}.weight`), c, inputs);
    const layer = new ConvolutionLayer(size, kernels, weights(`convolutions.${i}.bias`));
    add("C", "convolution", layer, true);
    inputs = c.channels;
    if (c.pooled && config.pooling === "subsampling") {
      const [coefficient, bias] = ["coefficient", "bias"].map((name) =>
        weights(`poolings.${i}.0.${name}`),
      );
      add("S", "subsampling", new SubsamplingLayer(side, coefficient, bias), true);
    } else if (c.pooled) {
      const kind = config.pooling === "max" ? "max" : "average";
      add("S", kind, new PoolingLayer(kind, side, inputs), false);
    }
  });

  denseWidths(config).forEach((outputs, i) => {
    const size = { side, inputs, kernel: side, padding: 0, outputs };
    const [kernels, bias] = ["weight", "bias"].map((name) => weights(`dense.${2 * i}.${name}`));
    const isHidden = i < config.dense.length;
    add(isHidden ? "F" : "", "dense", new ConvolutionLayer(size, kernels, bias), isHidden);
    inputs = outputs;
  });
  if (config.output === "rbf") add("", "rbf", new RbfLayer(DIGIT_BITMAPS), false);
  return steps;
}

/**
 * The kernels `[output][input][y][x]` of a convolution, with zeros where it has no connection.
 * @param {Float32Array} kernels
 * @param {Convolution} convolution
 * @param {number} inputs
 */
function completeKernels(kernels, { channels, kernel, connections }, inputs) {
  if (connections === null) return kernels;
  const area = kernel * kernel;
  const complete = new Float32Array(channels * inputs * area);
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
export function silence(maps, map, side) {
  const [count] = shapeOf(maps, side);
  for (let i = map; i < maps.length; i += count) maps[i] = 0;
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
