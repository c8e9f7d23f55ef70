// The configuration of a LeNet, with the checks and sentences of lenet/network/config.py.

import { DIGIT_BITMAPS } from "./bitmaps.js";
import { SketchpadError } from "./errors.js";
import { grouped } from "./format.js";
import { ACTIVATIONS, POOLINGS } from "./layers.js";

/** @import { Convolution, LeNetConfig, MapSize } from "../types" */

export const IMAGE_SIZE = 28;
export const DIGITS = [..."0123456789"];
const MAX_SIZE = 4096;

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
  mapSizes(config);
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
      const what = convolved
        ? `reduces ${input}×${input} maps to ${convolved}×${convolved}, too small for 2×2 pooling`
        : `does not fit into ${input}×${input} maps`;
      throw new SketchpadError(
        `Convolution ${i + 1} (kernel ${kernel}, padding ${padding}) ${what}. Use a smaller ` +
          "kernel, more padding, fewer convolutions, or a wider border around the " +
          `${IMAGE_SIZE}×${IMAGE_SIZE} image (now ${border}).`,
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
  if (!isRecord(json)) throw damaged("it must be an object");
  const config = { ...DEFAULTS, ...json };
  for (const key of /** @type {const} */ (["convolutions", "dense", "labels"])) {
    if (!Array.isArray(config[key])) throw damaged(`${key} must be a list`);
  }
  return { ...config, convolutions: config.convolutions.map(convertConvolution) };
}

/**
 * @param {unknown} json
 * @returns {Convolution}
 */
function convertConvolution(json) {
  if (!isRecord(json)) {
    throw new SketchpadError("Every convolution must have channels, kernel and padding.");
  }
  /** @type {Record<string, any>} */
  const convolution = { ...CONVOLUTION, ...json };
  const { channels, kernel, padding, pooled, connections, ...rest } = convolution;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw damaged(`a convolution has no setting ${repr(unknown)}`);
  if (channels === undefined) throw damaged("a convolution has no channels");
  if (typeof pooled !== "boolean") throw damaged("pooled must be true or false");
  if (connections !== null && !(Array.isArray(connections) && connections.every(Array.isArray))) {
    throw damaged("connections must be lists of maps");
  }
  return { channels, kernel, padding, pooled, connections };
}

/** @param {LeNetConfig} config */
function checkChoices(config) {
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = config[/** @type {keyof typeof CHOICES} */ (name)];
    if (!choices.includes(value)) {
      throw new SketchpadError(
        `Unknown ${name} ${repr(value)}. Choose one of ${choices.join(", ")}.`,
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
        "Channels, kernels and dense widths must be whole numbers between 1 and " +
          `${grouped(MAX_SIZE)}, got ${repr(size)}.`,
      );
    }
  }
  for (const padding of [border, ...convolutions.map((c) => c.padding)]) {
    if (!isWhole(padding, 0, IMAGE_SIZE - 1)) {
      throw new SketchpadError(
        `Borders and paddings must be whole numbers between 0 and ${IMAGE_SIZE - 1}, ` +
          `got ${repr(padding)}.`,
      );
    }
  }
  if (!isWhole(box, 1, IMAGE_SIZE)) {
    throw new SketchpadError(
      `The box of a drawing must have between 1 and ${IMAGE_SIZE} pixels, got ${repr(box)}.`,
    );
  }
}

/** @param {LeNetConfig} config */
function checkNumbers(config) {
  if (config.labels.length < 2 || !config.labels.every((label) => typeof label === "string")) {
    throw new SketchpadError("A classifier needs at least two labels, all of them text.");
  }
  for (const name of /** @type {const} */ (["mean", "std", "temperature", "threshold"])) {
    const value = config[name];
    if (!Number.isFinite(value) && !(name === "threshold" && value === null)) {
      throw new SketchpadError(`The ${name} must be a number, got ${repr(value)}.`);
    }
  }
  for (const name of /** @type {const} */ (["std", "temperature"])) {
    if (!(config[name] > 0)) {
      throw new SketchpadError(`The ${name} must be above 0, got ${config[name]}.`);
    }
  }
}

/** @param {LeNetConfig} config */
function checkConnections({ convolutions }) {
  convolutions.forEach(({ channels, connections }, i) => {
    if (connections === null) return;
    const lists = connections.filter(({ length }) => length > 0).length;
    if (connections.length !== channels || lists < channels) {
      throw new SketchpadError(
        `Convolution ${i + 1} has ${channels} maps and needs as many non-empty lists of ` +
          `connections, got ${lists}.`,
      );
    }
    const last = i === 0 ? 0 : convolutions[i - 1].channels - 1;
    if (!connections.flat().every((map) => isWhole(map, 0, last))) {
      throw new SketchpadError(`Convolution ${i + 1} can only be connected to maps 0 to ${last}.`);
    }
  });
}

/** @param {LeNetConfig} config */
function checkOutput({ output, dense, labels }) {
  if (output !== "rbf") return;
  const units = DIGIT_BITMAPS[0].length;
  if (dense.at(-1) !== units || !areDigits(labels)) {
    throw new SketchpadError(
      `An RBF output compares the ${units} units of the last dense layer with bitmaps of the ten ` +
        "digits.",
    );
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
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value as Python would write it.
 * @param {unknown} value
 */
function repr(value) {
  if (typeof value === "string") return `'${value}'`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  return JSON.stringify(value);
}

/** @param {string} reason */
const damaged = (reason) =>
  new SketchpadError(`The network's configuration is damaged: ${reason}.`);
