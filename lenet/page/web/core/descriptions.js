// The layers of a network in words: mirrors the descriptions in lenet/network/summary.py.

import { IMAGE_SIZE } from "./config.js";
import { text } from "./texts.js";

/** @import { Convolution, LeNetConfig } from "../types" */
/**
 * A layer in words, and in the compressed notation of "Dive into Deep Learning".
 * @typedef {{ description: string, notation: string }} Description
 */

/**
 * The input and every layer, in order.
 * @param {LeNetConfig} config
 * @returns {Description[]}
 */
export function describe(config) {
  const { convolutions, dense } = config;
  const maps = [1, ...convolutions.map(({ channels }) => channels)];
  return [
    describeInput(config),
    ...convolutions.flatMap((convolution, i) => [
      describeConvolution(convolution, maps[i], config),
      ...(convolution.pooled ? [describePooling(config)] : []),
    ]),
    ...dense.map((units) => describeDense(units, config)),
    describeOutput(config),
  ];
}

/** @param {LeNetConfig} config */
function describeInput({ border }) {
  const values = { side: IMAGE_SIZE, border };
  return border
    ? {
        description: text("table.imageBorder", values),
        notation: text("picture.imageBorder", values),
      }
    : { description: text("table.image", values), notation: text("picture.image", values) };
}

/**
 * @param {Convolution} convolution
 * @param {number} inputs how many maps it reads
 * @param {LeNetConfig} config
 */
function describeConvolution({ channels, kernel, padding, connections }, inputs, { activation }) {
  const possible = inputs * channels;
  const kernels = connections ? connections.flat().length : possible;
  const isPartial = kernels < possible;
  return {
    description: listed(
      text("table.convolution", { kernel }),
      text("table.maps", { count: channels }),
      padding && text("table.padded", { padding }),
      isPartial && text("table.connections", { kernels, possible }),
      activation,
    ),
    notation: listed(
      text("picture.convolution", { kernel, maps: channels }),
      padding && text("picture.padded", { padding }),
      isPartial && text("picture.partial"),
    ),
  };
}

/** @param {LeNetConfig} config */
function describePooling({ pooling, activation }) {
  return {
    description: listed(text(`table.${pooling}`), pooling === "subsampling" && activation),
    notation: text(`picture.${pooling}`),
  };
}

/**
 * @param {number} units
 * @param {LeNetConfig} config
 */
function describeDense(units, { activation }) {
  return {
    description: listed(text("table.dense", { count: units }), activation),
    notation: text("picture.dense", { units }),
  };
}

/** @param {LeNetConfig} config */
function describeOutput({ output, labels }) {
  const values = { count: labels.length, units: labels.length };
  return output === "rbf"
    ? { description: text("table.rbf", values), notation: text("picture.rbf", values) }
    : { description: text("table.linear", values), notation: text("picture.dense", values) };
}

/** @param {(string | false | 0)[]} parts */
const listed = (...parts) => parts.filter(Boolean).join(", ");
