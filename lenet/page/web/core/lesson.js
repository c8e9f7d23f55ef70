// A lesson as text for an address: v=1&network=mnist-relu&strokes=…&unit=C3.4.2.1&show=pad,C3
//
// Everything that isn't named keeps the value that it has when the page opens. Names that this page
// doesn't know are ignored, so that older pages open newer links of the same version.

import { SketchpadError } from "./errors.js";
import { decodeStrokes, encodeStrokes } from "./stroke-code.js";
import { text } from "./texts.js";

/** @import { Lesson, LessonInput, Muted, Unit } from "../types" */

const VERSION = "1";

/** @type {Lesson} */
export const NO_LESSON = Object.freeze({
  network: null,
  input: null,
  inputA: null,
  inputB: null,
  networkA: null,
  networkB: null,
  same: false,
  unit: null,
  muted: {},
  before: false,
  kernels: false,
  view: null,
  open: [],
  show: null,
  big: false,
  language: null,
});

/**
 * @param {Lesson} lesson
 * @returns {string}
 */
export function encode(lesson) {
  const { network, networkA, networkB, unit, muted, view, open, show, language } = lesson;
  /** @type {Record<string, string | null>} */
  const values = {
    v: VERSION,
    language,
    network,
    ...inputCode(lesson.input, ""),
    ...inputCode(lesson.inputA, "A"),
    ...inputCode(lesson.inputB, "B"),
    networkA,
    networkB,
    same: flag(lesson.same),
    unit: unit && [unit.layer, unit.map, unit.row, unit.column].join("."),
    muted: mutedCode(muted) || null,
    before: flag(lesson.before),
    kernels: flag(lesson.kernels),
    view,
    open: open.join() || null,
    show: show?.join() ?? null,
    big: flag(lesson.big),
  };
  return Object.entries(values)
    .flatMap(([name, value]) => (value === null ? [] : `${name}=${escaped(value)}`))
    .join("&");
}

/**
 * @param {string} code
 * @returns {Lesson}
 * @throws {SketchpadError} if the code isn't a lesson, is of a newer version, or is damaged
 */
export function decode(code) {
  const values = new URLSearchParams(code);
  const version = values.get("v");
  if (version === null) throw new SketchpadError(text("lesson.foreign"));
  if (version !== VERSION) throw new SketchpadError(text("lesson.newer"));
  const unit = values.get("unit");
  return {
    network: values.get("network"),
    input: inputIn(values, ""),
    inputA: inputIn(values, "A"),
    inputB: inputIn(values, "B"),
    networkA: values.get("networkA"),
    networkB: values.get("networkB"),
    same: isSet(values, "same"),
    unit: unit === null ? null : unitIn(unit),
    muted: mutedIn(list(values, "muted")),
    before: isSet(values, "before"),
    kernels: isSet(values, "kernels"),
    view: values.get("view"),
    open: list(values, "open"),
    show: values.has("show") ? list(values, "show") : null,
    big: isSet(values, "big"),
    language: values.get("language"),
  };
}

/** @param {boolean} isOn */
const flag = (isOn) => (isOn ? "1" : null);

/** @param {string} value */
const escaped = (value) => encodeURIComponent(value).replace(/%2C/g, ",");

/**
 * @param {URLSearchParams} values
 * @param {string} name
 */
const isSet = (values, name) => values.get(name) === "1";

/**
 * @param {URLSearchParams} values
 * @param {string} name
 */
const list = (values, name) => (values.get(name) ?? "").split(",").filter((item) => item !== "");

/**
 * @param {LessonInput | null} input
 * @param {string} side
 */
function inputCode(input, side) {
  if (!input) return {};
  const { image, strokes } = input;
  const needsStrokes = strokes.length > 0 || !image;
  return {
    [`image${side}`]: image?.join(".") ?? null,
    [`strokes${side}`]: needsStrokes ? encodeStrokes(strokes) : null,
  };
}

/**
 * @param {URLSearchParams} values
 * @param {string} side
 * @returns {LessonInput | null}
 */
function inputIn(values, side) {
  const [image, code] = [values.get(`image${side}`), values.get(`strokes${side}`)];
  if (image === null && code === null) return null;
  const strokes = decodeStrokes(code ?? "");
  if (!strokes) throw damaged();
  return { image: image === null ? null : imageIn(image), strokes };
}

/**
 * @param {string} code
 * @returns {[label: number, index: number]}
 */
function imageIn(code) {
  const [label, index] = numbers(code.split("."), 2);
  return [label, index];
}

/**
 * @param {string} code
 * @returns {Unit}
 */
function unitIn(code) {
  const [layer, ...rest] = code.split(".");
  const [map, row, column] = numbers(rest, 3);
  return { layer, map, row, column };
}

/** @param {Muted} muted */
const mutedCode = (muted) =>
  Object.entries(muted)
    .filter(([, maps]) => maps.length)
    .map(([layer, maps]) => [layer, ...maps].join("."))
    .join();

/**
 * @param {string[]} codes
 * @returns {Muted}
 */
const mutedIn = (codes) =>
  Object.fromEntries(
    codes.map((code) => {
      const [layer, ...maps] = code.split(".");
      return [layer, numbers(maps, maps.length)];
    }),
  );

/**
 * @param {string[]} parts
 * @param {number} count
 */
function numbers(parts, count) {
  if (parts.length !== count || !parts.every((part) => /^\d{1,6}$/.test(part))) throw damaged();
  return parts.map(Number);
}

const damaged = () => new SketchpadError(text("lesson.damaged"));
