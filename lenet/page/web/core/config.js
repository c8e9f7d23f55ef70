// The configuration of a LeNet, with the checks and sentences of lenet/network/config.py.

import { DIGIT_BITMAPS } from "./bitmaps.js";
import { SketchpadError } from "./errors.js";
import { grouped } from "./format.js";
import { ACTIVATIONS, POOLINGS } from "./layers.js";
import { text } from "./texts.js";

/** @import { Convolution, LeNetConfig, MapSize } from "../types" */

export const IMAGE_SIZE = 28;
export const DIGITS = [..."0123456789"];
// These limits have their reasons in Python.
const MAX_SIZE = 4096;
const MAX_LAYERS = 100;
const MAX_LABELS = 1000;
const MAX_SHOWN = 40;
const MAX_WEIGHTS = 30_000_000;
const MAX_VALUES = 5_000_000;
const MAX_MULTIPLICATIONS = 1_000_000_000;

const LIMITS = /** @type {const} */ ({
  mean: [-10, 10],
  std: [0.001, 1000],
  temperature: [0.001, 1000],
  threshold: [-1_000_000, 1_000_000],
});

const CHOICES = {
  activation: Object.keys(ACTIVATIONS),
  pooling: POOLINGS,
  output: ["linear", "rbf"],
  initialisation: ["xavier", "he", "lecun"],
  centring: ["mass", "box"],
};

const CONVOLUTION = { kernel: 5, padding: 0, pooled: true, connections: null };

const DEFAULTS = {
  convolutions: [{ channels: 6, padding: 2 }, { channels: 16 }],
  activation: "relu",
  pooling: "max",
  dense: [120, 84],
  output: "linear",
  labels: DIGITS,
  initialisation: "he",
  border: 0,
  mean: 0,
  std: 0.3081,
  box: 20,
  centring: "mass",
  temperature: 1,
  threshold: null,
};

/**
 * The configuration in the content of a config.json, completed by defaults and checked. JavaScript
 * can't distinguish 20.0 from 20, so unlike Python it accepts both as whole numbers.
 * @param {unknown} json
 * @returns {LeNetConfig}
 */
export function makeConfig(json) {
  const config = convertFromJson(json);
  checkChoices(config);
  checkSizes(config);
  checkNumbers(config);
  checkConnections(config);
  checkOutput(config);
  checkTotal(config, mapSizes(config));
  return config;
}

/**
 * The sides of the square maps of each convolution.
 * @param {LeNetConfig} config
 * @returns {MapSize[]}
 */
export function mapSizes({ convolutions, border }) {
  let side = IMAGE_SIZE + 2 * border;
  return convolutions.map(({ kernel, padding, pooled }, i) => {
    const input = side;
    const convolved = Math.max(0, input + 2 * padding - kernel + 1);
    if (convolved < (pooled ? 2 : 1)) {
      throw new SketchpadError(
        text(convolved ? "errors.tooSmallForPooling" : "errors.convolutionDoesNotFit", {
          number: i + 1,
          kernel,
          padding,
          input,
          convolved,
          image: IMAGE_SIZE,
          border,
        }),
      );
    }
    side = pooled ? Math.floor(convolved / 2) : convolved;
    return { input, convolved, pooled: side };
  });
}

/**
 * The units of each dense layer, including a linear output.
 * @param {LeNetConfig} config
 */
export function denseWidths({ dense, output, labels }) {
  return output === "linear" ? [...dense, labels.length] : dense;
}

/** @param {string[]} labels */
export const areDigits = (labels) => JSON.stringify(labels) === JSON.stringify(DIGITS);

/**
 * @param {unknown} json
 * @returns {LeNetConfig}
 */
function convertFromJson(json) {
  if (!isRecord(json)) throw damaged("notAnObject");
  const config = { ...DEFAULTS, ...json };
  for (const key of /** @type {const} */ (["convolutions", "dense", "labels"])) {
    if (!Array.isArray(config[key])) throw damaged("notAList", { key });
  }
  return { ...config, convolutions: config.convolutions.map(convertConvolution) };
}

/**
 * @param {unknown} json
 * @returns {Convolution}
 */
function convertConvolution(json) {
  if (!isRecord(json)) {
    throw new SketchpadError(text("errors.convolutionKeys"));
  }
  /** @type {Record<string, any>} */
  const convolution = { ...CONVOLUTION, ...json };
  const { channels, kernel, padding, pooled, connections, ...rest } = convolution;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw damaged("noSuchSetting", { name: repr(unknown) });
  if (channels === undefined) throw damaged("noChannels");
  if (typeof pooled !== "boolean") throw damaged("notBoolean");
  if (connections !== null && !(Array.isArray(connections) && connections.every(Array.isArray))) {
    throw damaged("notConnections");
  }
  return { channels, kernel, padding, pooled, connections };
}

/** @param {LeNetConfig} config */
function checkChoices(config) {
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = config[/** @type {keyof typeof CHOICES} */ (name)];
    if (!choices.includes(value)) {
      throw new SketchpadError(
        text("errors.unknownChoice", { name, value: repr(value), choices: choices.join(", ") }),
      );
    }
  }
}

/** @param {LeNetConfig} config */
function checkSizes({ convolutions, dense, border, box }) {
  const sizes = [...convolutions.flatMap((c) => [c.channels, c.kernel]), ...dense];
  for (const size of sizes) {
    if (!isWhole(size, 1, MAX_SIZE)) {
      throw new SketchpadError(
        text("errors.sizes", { most: grouped(MAX_SIZE), value: repr(size) }),
      );
    }
  }
  for (const padding of [border, ...convolutions.map((c) => c.padding)]) {
    if (!isWhole(padding, 0, IMAGE_SIZE - 1)) {
      throw new SketchpadError(
        text("errors.paddings", { most: IMAGE_SIZE - 1, value: repr(padding) }),
      );
    }
  }
  if (!isWhole(box, 1, IMAGE_SIZE)) {
    throw new SketchpadError(text("errors.box", { most: IMAGE_SIZE, value: repr(box) }));
  }
}

/** @param {LeNetConfig} config */
function checkNumbers(config) {
  const { length } = config.labels;
  const areTexts = config.labels.every((label) => typeof label === "string");
  if (length < 2 || length > MAX_LABELS || !areTexts) {
    throw new SketchpadError(text("errors.labels", { most: grouped(MAX_LABELS) }));
  }
  for (const name of /** @type {(keyof typeof LIMITS)[]} */ (Object.keys(LIMITS))) {
    const value = config[name];
    if (name === "threshold" && value === null) continue;
    if (typeof value !== "number") {
      throw new SketchpadError(text("errors.number", { name, value: repr(value) }));
    }
    const [low, high] = LIMITS[name];
    if (!(low <= value && value <= high)) {
      const limits = { low: grouped(low), high: grouped(high) };
      throw new SketchpadError(text("errors.outside", { name, ...limits, value: repr(value) }));
    }
  }
}

/**
 * What the network takes as a whole, checked before anything of it is built.
 * @param {LeNetConfig} config
 * @param {MapSize[]} sizes
 */
function checkTotal({ convolutions, dense, border, labels }, sizes) {
  const layers = convolutions.length + dense.length;
  if (layers > MAX_LAYERS) {
    const values = { most: MAX_LAYERS, found: grouped(layers) };
    throw new SketchpadError(text("errors.tooManyLayers", values));
  }
  let [weights, multiplications, values, inputs] = [0, 0, 0, 1];
  convolutions.forEach(({ channels, kernel, connections }, i) => {
    const kernels = connections?.flat().length ?? inputs * channels;
    weights += kernels * kernel ** 2;
    multiplications += kernels * kernel ** 2 * sizes[i].convolved ** 2;
    values += channels * sizes[i].convolved ** 2;
    inputs = channels;
  });
  inputs *= (sizes.at(-1)?.pooled ?? IMAGE_SIZE + 2 * border) ** 2;
  for (const outputs of [...dense, labels.length]) {
    weights += inputs * outputs;
    multiplications += inputs * outputs;
    inputs = outputs;
  }
  checkAtMost(weights, MAX_WEIGHTS, "errors.tooManyWeights");
  checkAtMost(values, MAX_VALUES, "errors.tooManyValues");
  checkAtMost(multiplications, MAX_MULTIPLICATIONS, "errors.tooManyMultiplications");
}

/**
 * @param {number} found
 * @param {number} most
 * @param {string} problem the key of the sentence if there are more
 */
function checkAtMost(found, most, problem) {
  if (found <= most) return;
  throw new SketchpadError(text(problem, { most: grouped(most), found: grouped(found) }));
}

/** @param {LeNetConfig} config */
function checkConnections({ convolutions }) {
  convolutions.forEach(({ channels, connections }, i) => {
    if (connections === null) return;
    const lists = connections.filter(({ length }) => length > 0).length;
    if (connections.length !== channels || lists < channels) {
      throw new SketchpadError(text("errors.connections", { number: i + 1, channels, lists }));
    }
    const last = i === 0 ? 0 : convolutions[i - 1].channels - 1;
    if (!connections.flat().every((map) => isWhole(map, 0, last))) {
      throw new SketchpadError(text("errors.connectedMaps", { number: i + 1, last }));
    }
  });
}

/** @param {LeNetConfig} config */
function checkOutput({ output, dense, labels }) {
  if (output !== "rbf") return;
  const units = DIGIT_BITMAPS[0].length;
  if (dense.at(-1) !== units || !areDigits(labels)) {
    throw new SketchpadError(text("errors.rbf", { units }));
  }
}

/**
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 */
function isWhole(value, low, high) {
  return Number.isInteger(value) && low <= Number(value) && Number(value) <= high;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value as Python would write it, shortened if it is long.
 * @param {unknown} value
 */
function repr(value) {
  const characters = [...written(value)];
  if (characters.length <= MAX_SHOWN) return characters.join("");
  const quote = typeof value === "string" ? "'" : "";
  return `${characters.slice(0, MAX_SHOWN).join("")}…${quote}`;
}

/** @param {unknown} value */
function written(value) {
  if (typeof value === "string") return `'${value}'`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value).replace("Infinity", "inf");
  return JSON.stringify(value);
}

/**
 * @param {string} reason its key in the section `errors`
 * @param {Record<string, string | number>} [values]
 */
const damaged = (reason, values) =>
  new SketchpadError(text("errors.configDamaged", { reason: text(`errors.${reason}`, values) }));
