import { currentLanguage, named, text } from "./texts.js";

/** @import { Menu, Prediction } from "../types" */

/**
 * A number with that many decimals.
 * @param {number} number
 * @param {number} digits
 */
export const fixed = (number, digits) => number.toFixed(digits).replace(".", text("page.decimal"));

/**
 * A number with that many significant digits.
 * @param {number} number
 * @param {number} digits
 */
export const precise = (number, digits) =>
  number.toPrecision(digits).replace(".", text("page.decimal"));

/**
 * @param {number} share
 * @param {number} [digits]
 */
export const percent = (share, digits = 1) =>
  text("page.percent", { number: fixed(share * 100, digits) });

/** @param {number} number */
export const grouped = (number) => number.toLocaleString(currentLanguage());

/** @param {number[]} shape */
export const size = (shape) => shape.join("×");

/**
 * The value at either end of a colour scale.
 * @param {number} value
 */
export const bound = (value) =>
  value < 0 ? `−${fixed(-value, 1)}` : fixed(value, value > 0 ? 1 : 0);

/**
 * The answer in one word: the class, "–" for a blank pad, "?" for a non-digit.
 * @param {Pick<Prediction, "state" | "label">} prediction
 */
export const shortAnswer = ({ state, label }) =>
  label === null ? (state === "blank" ? "–" : "?") : named("classes", label);

/**
 * The text next to the short answer. For a non-digit it names only the closest class, since a
 * probability would look like certainty.
 * @param {Pick<Prediction, "state" | "nearest" | "confidence">} prediction
 */
export function certainty({ state, nearest, confidence }) {
  if (state === "blank") return "";
  return state === "digit"
    ? percent(confidence)
    : text("draw.mostLike", { label: named("classes", nearest) });
}

/**
 * The name of a layer as people read it.
 * @param {string} name
 */
export function layerName(name) {
  if (name === "input") return text("table.inputLayer");
  return name === "output" ? text("layers.output") : name;
}

/**
 * The title of a network in a menu, with its test accuracy if known.
 * @param {Menu["models"][number]} network
 */
export function menuTitle({ title, accuracy }) {
  const name = networkTitle(title);
  return accuracy
    ? text("page.titleAndAccuracy", { title: name, accuracy: percent(accuracy) })
    : name;
}

/**
 * The title of a network: a known one, or that after the name of a data set, is translated.
 * @param {string} title
 */
export function networkTitle(title) {
  const start = title.indexOf(": ") + 1 && title.indexOf(": ") + 2;
  return title.slice(0, start) + named("networks", title.slice(start));
}

/**
 * The caption of a layer: "C1 · convolution · 6 maps, 28×28".
 * @param {string} name
 * @param {[number, number, number]} shape
 * @param {string} kind
 */
export function layerCaption(name, [count, height, width], kind) {
  const label = layerName(name);
  const what =
    kind === "dense" || kind === "rbf"
      ? text("layers.unitCount", { count })
      : text("layers.mapCount", { count, size: size([height, width]) });
  return `${label} · ${text(`layers.${kind}`)} · ${what}`;
}

/**
 * How many times smaller or larger the odds become, rounded to two digits.
 * @param {number} effect on the log-odds
 */
export function factorOf(effect) {
  const size = Math.abs(effect);
  if (size > Math.log(1e6)) return text("muting.million");
  const factor = Math.exp(size);
  if (factor < 1.1) return fixed(factor, 2);
  return factor < 10 ? fixed(factor, 1) : grouped(Number(factor.toPrecision(2)));
}

/**
 * A number in a sentence or formula, with three decimals: "−1.807".
 * @param {number} value
 */
export const decimal = (value) => signed(value, 3);

/**
 * A number for a small cell, with at most four characters if it is below 100: ".83", "−1.4".
 * @param {number} value
 */
export function shortNumber(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return signed(value, 0);
  if (size < 0.995) return signed(value, 2).replace(/0(?=\D)/, "");
  return signed(value, size < 9.95 ? 1 : 0);
}

/**
 * A rounded number; 0 has no sign and no decimals.
 * @param {number} value
 * @param {number} decimals
 */
function signed(value, decimals) {
  const digits = fixed(Math.abs(value), decimals);
  if (!/[1-9]/.test(digits)) return "0";
  return value < 0 ? `−${digits}` : digits;
}
