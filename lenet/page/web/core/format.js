/** @import { Prediction } from "../types" */

import { text } from "./texts.js";

/** @param {number} share */
export const percent = (share) => `${(share * 100).toFixed(1)}%`;

/** @param {number} number */
export const grouped = (number) => number.toLocaleString("en");

/** @param {number[]} shape */
export const size = (shape) => shape.join("×");

/**
 * The value at either end of a colour scale.
 * @param {number} value
 */
export const bound = (value) =>
  value < 0 ? `−${(-value).toFixed(1)}` : value.toFixed(value > 0 ? 1 : 0);

/**
 * The answer in one word: the class, "–" for a blank pad, "?" for a non-digit.
 * @param {Pick<Prediction, "state" | "label">} prediction
 */
export const shortAnswer = ({ state, label }) => label ?? (state === "blank" ? "–" : "?");

/**
 * The text next to the short answer. For a non-digit it names only the closest class, since a
 * probability would look like certainty.
 * @param {Pick<Prediction, "state" | "nearest" | "confidence">} prediction
 */
export function certainty({ state, nearest, confidence }) {
  if (state === "blank") return "";
  return state === "digit" ? percent(confidence) : `most like ${nearest}`;
}

/**
 * The caption of a layer: "C1 · convolution · 6 maps, 28×28".
 * @param {string} name
 * @param {[number, number, number]} shape
 * @param {string} kind
 */
export function layerCaption(name, [count, height, width], kind) {
  const label = name === "output" ? text("layers.output") : name;
  const what =
    kind === "dense" || kind === "rbf"
      ? text("layers.unitCount", { count })
      : text("layers.mapCount", { count, size: size([height, width]) });
  return `${label} · ${text(`layers.${kind}`)} · ${what}`;
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
  if (size < 0.995) return signed(value, 2).replace("0.", ".");
  return signed(value, size < 9.95 ? 1 : 0);
}

/**
 * A rounded number; 0 has no sign and no decimals.
 * @param {number} value
 * @param {number} decimals
 */
function signed(value, decimals) {
  const digits = Math.abs(value).toFixed(decimals);
  if (Number(digits) === 0) return "0";
  return value < 0 ? `−${digits}` : digits;
}
