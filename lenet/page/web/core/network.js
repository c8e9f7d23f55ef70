// The network: mirrors `LeNet` in lenet/network/model.py.

import { DIGIT_BITMAPS } from "./bitmaps.js";
import { convolutionNames, denseWidths, IMAGE_SIZE } from "./config.js";
import { SketchpadError } from "./errors.js";
import {
  ACTIVATIONS,
  Border,
  ConvolutionLayer,
  PoolingLayer,
  RbfLayer,
  SubsamplingLayer,
} from "./layers.js";

/** @import { Checkpoint, Convolution, Maps, Tensor } from "../types" */
/** @typedef {ConvolutionLayer | PoolingLayer | SubsamplingLayer | RbfLayer} Layer */

/** A LeNet with the weights of a checkpoint; it computes in float64. */
export class LeNet {
  /** @param {Checkpoint} checkpoint */
  constructor(checkpoint) {
    const { config } = checkpoint;
    this.config = config;
    this.activate = ACTIVATIONS[/** @type {keyof typeof ACTIVATIONS} */ (config.activation)];
    this.image = new Float64Array(IMAGE_SIZE * IMAGE_SIZE);
    try {
      this.border = new Border(IMAGE_SIZE, 1, config.border, -config.mean / config.std);
      this.steps = makeSteps(checkpoint);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new SketchpadError("This network is too large for the browser's memory.");
    }
  }

  /**
   * The logits of each image, and the maps of the first one after each activation. An image is 784
   * numbers in [0, 1], bright ink on a dark background.
   * @param {ArrayLike<number>[]} images
   */
  forward(images) {
    /** @type {Maps[]} */
    const maps = [];
    const logits = images.map((image, i) => this.#read(image, i === 0 ? maps : null));
    return { logits, maps };
  }

  /**
   * @param {ArrayLike<number>} image
   * @param {Maps[] | null} maps where to add the maps of each convolution
   */
  #read(image, maps) {
    let x = this.#normalise(image);
    for (const { layer, activated, name } of this.steps) {
      x = layer.apply(x);
      if (activated) this.activate(x);
      if (name) maps?.push(copyMaps(name, layer.side, x));
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
 * The layers in order: whether the activation follows, and the name of those whose maps are shown.
 * @param {Checkpoint} checkpoint
 */
function makeSteps({ config, tensors }) {
  /** @type {{ layer: Layer, activated: boolean, name: string }[]} */
  const steps = [];
  /** @param {string} name */
  const weights = (name) => /** @type {Tensor} */ (tensors.get(name)).data;
  let side = IMAGE_SIZE + 2 * config.border;
  let inputs = 1;

  /** @param {Layer} layer */
  function add(layer, activated = true, name = "") {
    steps.push({ layer, activated, name });
    side = layer.side;
  }

  const names = convolutionNames(config);
  config.convolutions.forEach((c, i) => {
    const size = { side, inputs, kernel: c.kernel, padding: c.padding, outputs: c.channels };
    const kernels = completeKernels(weights(`convolutions.${i}.weight`), c, inputs);
    add(new ConvolutionLayer(size, kernels, weights(`convolutions.${i}.bias`)), true, names[i]);
    inputs = c.channels;
    if (c.pooled && config.pooling === "subsampling") {
      const [coefficient, bias] = ["coefficient", "bias"].map((name) =>
        weights(`poolings.${i}.0.${name}`),
      );
      add(new SubsamplingLayer(side, coefficient, bias));
    } else if (c.pooled) {
      add(new PoolingLayer(config.pooling, side, inputs), false);
    }
  });

  denseWidths(config).forEach((outputs, i) => {
    const size = { side, inputs, kernel: side, padding: 0, outputs };
    const [kernels, bias] = ["weight", "bias"].map((name) => weights(`dense.${2 * i}.${name}`));
    add(new ConvolutionLayer(size, kernels, bias), i < config.dense.length);
    inputs = outputs;
  });
  if (config.output === "rbf") add(new RbfLayer(DIGIT_BITMAPS), false);
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
 * A copy of maps `[y][x][map]` as `[map][y][x]`.
 * @param {string} name
 * @param {number} side
 * @param {Float64Array} maps
 * @returns {Maps}
 */
function copyMaps(name, side, maps) {
  const area = side * side;
  const count = maps.length / area;
  const data = new Float64Array(maps.length);
  for (let pixel = 0, from = 0; pixel < area; pixel++) {
    for (let map = 0; map < count; map++, from++) data[map * area + pixel] = maps[from];
  }
  return { name, shape: [count, side, side], data };
}
