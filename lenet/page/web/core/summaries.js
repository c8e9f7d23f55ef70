// A reading in words: odds, blank paper, and a text for every panel.

import { layerName, percent, size } from "./format.js";
import { descending, roundedOdds, runnerUp, strongest } from "./numbers.js";
import { currentLanguage, named, text } from "./texts.js";

/** @import { BlankGlow, DrawReading, Layer, Prediction, Range, Summary } from "../types" */

/** The share of a colour scale from which a colour can be told from black. */
const VISIBLE = 0.03;
/** Less would be rounded to 0.0%. */
const WORTH_SAYING = 0.0005;
/** How many maps are explained by their numbers. */
const EXAMPLES = 2;

/**
 * The runner-up in words; empty unless the drawing is a digit.
 * @param {Pick<Prediction, "state" | "labels" | "logits">} prediction
 */
export function oddsText(prediction) {
  const second = runnerUp(prediction);
  if (!second) return "";
  const { odds } = second;
  const label = named("classes", second.label);
  if (odds < 1.05) return text("odds.almost", { label });
  if (odds >= 1e6) return text("odds.million", { label });
  const count = roundedOdds(odds);
  return text("odds.times", { label, count, odds: count.toLocaleString(currentLanguage()) });
}

/**
 * Why maps of the first convolution glow on blank paper; empty if none does.
 * @param {BlankGlow[]} glows
 * @param {Range} range the colour scale of their values
 * @param {string} activation
 */
export function blankText(glows, [low, high], activation) {
  const visible = VISIBLE * Math.max(-low, high);
  const bright = glows.filter(({ value }) => Math.abs(value) >= visible);
  if (!bright.length) return "";
  const isPaper = bright.some(({ paper }) => Math.abs(paper) > 1e-9);
  const form = isPaper ? "Paper" : activation === "relu" ? "Relu" : "Bias";
  const examples = [...bright]
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, EXAMPLES)
    .map(({ map, bias, paper, value }) =>
      text(`odds.example${form}`, {
        map: map + 1,
        bias: short(bias),
        paper: short(paper),
        value: short(value),
      }),
    );
  const maps = list(bright.map(({ map }) => `${map + 1}`));
  return text(`odds.blank${form}`, { count: bright.length, maps, examples: examples.join("; ") });
}

/**
 * The tab Draw, panel by panel.
 * @param {Pick<DrawReading, "sketch" | "prediction">} reading
 * @returns {Summary[]}
 */
export function summaries({ sketch, prediction }) {
  const { layers, labels } = prediction;
  const [input, ...rest] = layers;
  return [
    summary("pad", text("takeAway.pad"), padText(sketch)),
    summary("answer", text("takeAway.answer"), answerText(prediction)),
    summary("input", text("takeAway.input"), inputText(prediction, input)),
    summary("probabilities", text("takeAway.probabilities"), probabilitiesText(prediction)),
    ...rest.map((layer, i) =>
      summary(
        layer.name,
        layerName(layer.name),
        layerText(layer, i === rest.length - 1 ? labels : null),
      ),
    ),
  ];
}

/** @type {(part: string, title: string, text: string) => Summary} */
const summary = (part, title, words) => ({ part, title, text: words });

/** @param {DrawReading["sketch"]} sketch */
function padText({ strokes, picture }) {
  const count = strokes.length;
  if (!count) return text(picture ? "takeAway.picture" : "takeAway.empty");
  return text(picture ? "takeAway.pictureAndStrokes" : "takeAway.strokes", { count });
}

/** @param {Prediction} prediction */
function answerText(prediction) {
  const { label, sentence } = prediction;
  const answer = label === null ? "" : `${named("classes", label)}. `;
  return `${answer}${sentence} ${oddsText(prediction)}`.trim();
}

/**
 * @param {Prediction} prediction
 * @param {Layer} input
 */
function inputText({ networkInput: { data, width, height } }, input) {
  const ink = data.reduce((sum, value) => sum + value, 0) / data.length;
  const [, side] = input.shape;
  const pixels = text("takeAway.pixels", { width, height, share: percent(ink) });
  return side === width ? pixels : `${pixels} ${text("takeAway.border", { side })}`;
}

/** @param {Prediction} prediction */
function probabilitiesText({ labels, probabilities }) {
  const best = descending(probabilities)
    .slice(0, 3)
    .filter((i) => probabilities[i] >= WORTH_SAYING);
  if (!best.length) return text("takeAway.none");
  return text("takeAway.most", {
    list: list(best.map((i) => `${named("classes", labels[i])} (${percent(probabilities[i])})`)),
  });
}

/**
 * @param {Layer} layer
 * @param {string[] | null} labels of the output's units
 */
function layerText(layer, labels) {
  const { kind, shape, data } = layer;
  const [count, height, width] = shape;
  if (labels) {
    const best = descending(data).slice(0, 3);
    const scores = best.map((i) => `${named("classes", labels[i])} (${short(data[i])})`);
    return text(kind === "rbf" ? "takeAway.bitmaps" : "takeAway.scores", { list: list(scores) });
  }
  const area = height * width;
  const silent = Array.from({ length: count }, (_, i) => i).filter((map) =>
    data.subarray(map * area, (map + 1) * area).every((value) => value === 0),
  ).length;
  const what = area === 1 ? "Units" : "Maps";
  const strong = strongest(layer).map(({ map, strength }) => `${map + 1} (${short(strength)})`);
  const sentences = [
    text(`takeAway.count${what}`, {
      kind: text(`layers.${kind}`),
      count,
      size: size([height, width]),
    }),
    strong.length ? text(`takeAway.strongest${what}`, { list: list(strong) }) : "",
    silent ? text(`takeAway.silent${what}`, { count: silent }) : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

/** @param {string[]} items */
const list = (items) => new Intl.ListFormat(currentLanguage()).format(items);

/**
 * A number with three significant digits and a real minus.
 * @param {number} value
 */
function short(value) {
  const digits = { maximumSignificantDigits: 3 };
  return value.toLocaleString(currentLanguage(), digits).replace("-", "−");
}
