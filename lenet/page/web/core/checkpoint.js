// The two files of a checkpoint that describe a network: config.json and model.safetensors.

import { denseWidths, IMAGE_SIZE, isRecord, makeConfig, mapSizes } from "./config.js";
import { SketchpadError } from "./errors.js";
import { grouped } from "./format.js";
import { text } from "./texts.js";

/** @import { Checkpoint, LeNetConfig, Tensor } from "../types" */
/** @typedef {{ bytes: number, read: (view: DataView, at: number) => number }} NumberType */

/**
 * How to read each type of number. Like PyTorch, networks hold float32, whatever the file holds.
 * @type {Map<unknown, NumberType>}
 */
const NUMBER_TYPES = new Map([
  ["F64", { bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
  ["F32", { bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  ["F16", { bytes: 2, read: (view, at) => shortFloat(view.getUint16(at, true), 10, 15) }],
  ["BF16", { bytes: 2, read: (view, at) => shortFloat(view.getUint16(at, true), 7, 127) }],
]);

/** Like Python, rejects bytes that aren't UTF-8. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** The header of the deepest network takes 20 KB. */
const MAX_HEADER_BYTES = 1_000_000;

/**
 * A checkpoint from the content of its files.
 * @param {string} configText
 * @param {ArrayBuffer} weights
 * @returns {Checkpoint}
 * @throws {SketchpadError} they are damaged or don't fit together
 */
export function readCheckpoint(configText, weights) {
  const config = makeConfig(parse(configText, "errors.configUnreadable"));
  return { config, tensors: readSafetensors(weights, tensorShapes(config)) };
}

/**
 * The tensors in a file of eight bytes with the header's length, the header in JSON, and the
 * numbers of all tensors without gaps (https://huggingface.co/docs/safetensors).
 * @param {ArrayBuffer} buffer
 * @param {Map<string, number[]>} shapes what the tensors have to be
 * @returns {Map<string, Tensor>}
 * @throws {SketchpadError} it is damaged
 */
function readSafetensors(buffer, shapes) {
  const { entries, start } = readHeader(buffer);
  const view = new DataView(buffer, start);
  let end = 0;
  for (const { name, bytes, from, to, shape } of entries) {
    const count = shape.reduce((product, length) => product * length, 1);
    if (from !== end || to - from !== count * bytes) throw damaged("misplaced", { name });
    end = to;
  }
  if (end !== view.byteLength) {
    throw damaged("wrongLength", { expected: start + end, found: buffer.byteLength });
  }
  checkShapes(new Map(entries.map(({ name, shape }) => [name, shape])), shapes);
  return new Map(entries.map((entry) => [entry.name, readTensor(view, entry)]));
}

/**
 * The content of a model.safetensors.
 * @param {Map<string, Tensor>} tensors
 */
export function writeSafetensors(tensors) {
  /** @type {Record<string, object>} */
  const header = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const start = end;
    end += 4 * data.length;
    header[name] = { dtype: "F32", shape, data_offsets: [start, end] };
  }
  const text = JSON.stringify(header);
  // Spaces align the numbers, as in files that Python writes.
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const view = new DataView(new ArrayBuffer(8 + head.length + end));
  view.setBigUint64(0, BigInt(head.length), true);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const { data } of tensors.values()) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** @typedef {NumberType & { name: string, shape: number[], from: number, to: number }} Entry */

/**
 * The header's entries in the order of their data, which begins at `start`.
 * @param {ArrayBuffer} buffer
 */
function readHeader(buffer) {
  if (buffer.byteLength < 8) throw damaged("tooShort");
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const start = 8 + length;
  if (start > buffer.byteLength) throw damaged("tooShort");
  if (length > MAX_HEADER_BYTES) {
    throw damaged("headerTooLong", { most: grouped(MAX_HEADER_BYTES) });
  }
  const header = parse(buffer.slice(8, start), "errors.weightsUnreadable");
  if (!isRecord(header) || !isMetadata(header.__metadata__ ?? {})) {
    throw new SketchpadError(text("errors.weightsUnreadable"));
  }
  const { __metadata__, ...tensors } = header;
  const entries = Object.entries(tensors).map(([name, value]) => readEntry(name, Object(value)));
  return { entries: entries.sort((a, b) => a.from - b.from || a.to - b.to), start };
}

/** Whether it is as the format requires: texts by name. @param {unknown} value */
function isMetadata(value) {
  return isRecord(value) && Object.values(value).every((entry) => typeof entry === "string");
}

/**
 * @param {string} name
 * @param {{ dtype?: unknown, shape?: unknown, data_offsets?: unknown }} value
 * @returns {Entry}
 */
function readEntry(name, { dtype, shape, data_offsets: offsets }) {
  const type = NUMBER_TYPES.get(dtype);
  if (!type) throw damaged("numberType", { name, types: [...NUMBER_TYPES.keys()].join(", ") });
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw damaged("noShape", { name });
  }
  return { ...type, name, shape, from: offsets[0], to: offsets[1] };
}

/**
 * @param {DataView} view
 * @param {Entry} entry
 * @returns {Tensor}
 */
function readTensor(view, { name, shape, bytes, read, from, to }) {
  const data = new Float32Array((to - from) / bytes);
  for (let i = 0; i < data.length; i++) {
    data[i] = read(view, from + i * bytes);
    if (!Number.isFinite(data[i])) throw damaged("notFinite", { name });
  }
  return { shape, data };
}

/**
 * The shape of each of a network's tensors, by its name in PyTorch.
 * @param {LeNetConfig} config
 */
function tensorShapes(config) {
  /** @type {Map<string, number[]>} */
  const shapes = new Map();
  const sizes = mapSizes(config);
  let inputs = 1;
  config.convolutions.forEach(({ channels, kernel, pooled, connections }, i) => {
    const kernels = connections ? [connections.flat().length] : [channels, inputs];
    shapes.set(`convolutions.${i}.weight`, [...kernels, kernel, kernel]);
    shapes.set(`convolutions.${i}.bias`, [channels]);
    if (pooled && config.pooling === "subsampling") {
      shapes.set(`poolings.${i}.0.coefficient`, [channels]);
      shapes.set(`poolings.${i}.0.bias`, [channels]);
    }
    inputs = channels;
  });
  const side = sizes.at(-1)?.pooled ?? IMAGE_SIZE + 2 * config.border;
  inputs *= side * side;
  denseWidths(config).forEach((outputs, i) => {
    shapes.set(`dense.${2 * i}.weight`, [outputs, inputs]);
    shapes.set(`dense.${2 * i}.bias`, [outputs]);
    inputs = outputs;
  });
  return shapes;
}

/**
 * @param {Map<string, number[]>} found
 * @param {Map<string, number[]>} shapes what the tensors have to be
 */
function checkShapes(found, shapes) {
  for (const [name, expected] of shapes) {
    const shape = found.get(name);
    if (!shape) throw damaged("missingTensor", { name });
    if (shape.join("×") !== expected.join("×")) {
      throw damaged("wrongShape", { name, expected: expected.join("×"), found: shape.join("×") });
    }
  }
  for (const name of found.keys()) {
    if (!shapes.has(name)) throw damaged("notPart", { name });
  }
}

/**
 * A number of 16 bits: a sign, an exponent, and a fraction of that many bits.
 * @param {number} bits
 * @param {number} fractionBits
 * @param {number} bias of the exponent
 */
function shortFloat(bits, fractionBits, bias) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  if (exponent === 2 * bias + 1) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

/**
 * @param {unknown} value
 * @returns {value is number[]}
 */
function isSizes(value) {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/**
 * @param {string | ArrayBuffer} json
 * @param {string} problem the key of the sentence if it isn't JSON
 * @returns {unknown}
 */
function parse(json, problem) {
  try {
    return JSON.parse(typeof json === "string" ? json : UTF_8.decode(json));
  } catch {
    throw new SketchpadError(text(problem));
  }
}

/**
 * @param {string} reason its key in the section `errors`
 * @param {Record<string, string | number>} [values]
 */
const damaged = (reason, values) =>
  new SketchpadError(text("errors.weightsDamaged", { reason: text(`errors.${reason}`, values) }));
