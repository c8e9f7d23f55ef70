// Between a lesson and the state of the page.

import { isEdited, NO_EDITS } from "./edits.js";
import { NO_LESSON } from "./lesson.js";
import { isUnit } from "./microscope.js";

/** @import { Lesson, LessonInput, Muted, Network, Sketch, Store, Unit } from "../types" */

/**
 * The lesson that leads to the page in its current state.
 * @param {Store} state
 * @param {Pick<Lesson, "open" | "language">} page what the state doesn't hold
 * @returns {Lesson}
 */
export function lessonOf(state, page) {
  const network = state.get("network");
  const view = state.get("view");
  return {
    ...NO_LESSON,
    ...page,
    ...(view === "compare" && comparisonOf(state)),
    network: network?.name ?? null,
    input: inputOf(state.get("sketch"), network),
    unit: state.get("unit"),
    muted: state.get("edits").muted,
    before: state.get("before"),
    kernels: state.get("kernels"),
    view,
    show: state.get("shown"),
    big: state.get("big"),
  };
}

/** @param {Store} state */
function comparisonOf(state) {
  const [sideA, sideB] = state.get("sides");
  const [a, b] = state.get("pair");
  const network = state.get("network");
  return {
    inputA: inputOf(a, sideA ?? network),
    inputB: inputOf(b, sideB ?? network),
    networkA: sideA?.name ?? null,
    networkB: sideB?.name ?? null,
    same: state.get("same"),
  };
}

/**
 * What a link can say about a sketch. Pictures are too large for it, unless they are test images.
 * @param {Sketch} sketch
 * @param {Network | null} network
 * @returns {LessonInput}
 */
function inputOf({ picture, strokes }, network) {
  const images = network?.testImages ?? [];
  const label = images.findIndex((pictures) => picture && pictures.includes(picture));
  return { image: label < 0 ? null : [label, images[label].indexOf(picture ?? "")], strokes };
}

/**
 * What the open view shows but the lesson lacks.
 * @param {Lesson} lesson
 * @param {Store} state
 * @returns {string[]} "picture", "kernels"
 */
export function lossesOf({ input, inputA, inputB, view }, state) {
  const shown = view === "compare" ? state.get("pair") : [state.get("sketch")];
  const inputs = view === "compare" ? [inputA, inputB] : [input];
  const losesPicture = shown.some(({ picture }, i) => picture !== null && !inputs[i]?.image);
  const losesKernels = isEdited({ ...state.get("edits"), muted: {} });
  return [...(losesPicture ? ["picture"] : []), ...(losesKernels ? ["kernels"] : [])];
}

/**
 * The changes of the state that a lesson asks for, and whether it names anything that the networks
 * don't have, which is left out.
 * @param {Lesson} lesson
 * @param {Network} network
 * @param {[Network | null, Network | null]} sides
 */
export function changesFor(lesson, network, sides) {
  const muted = Object.entries(lesson.muted).map(([layer, maps]) => [
    layer,
    // Nothing follows the output, so muting it is invalid.
    layer === "output" ? [] : maps.filter((map) => hasUnit(network, firstOf(layer, map))),
  ]);
  const unit = lesson.unit && hasUnit(network, lesson.unit) ? lesson.unit : null;
  const input = sketchFor(lesson.input, network);
  const pair = [lesson.inputA, lesson.inputB].map((side, i) =>
    sketchFor(side, sides[i] ?? network),
  );
  const isMissing =
    (lesson.unit !== null && !unit) ||
    [input, ...pair].includes(undefined) ||
    muted.some(([layer, maps]) => maps.length < lesson.muted[String(layer)].length);
  return {
    isMissing,
    input: input ?? null,
    pair: pair.map((sketch) => sketch ?? null),
    changes: {
      edits: { ...NO_EDITS, muted: /** @type {Muted} */ (Object.fromEntries(muted)) },
      unit,
      pinned: unit !== null,
      before: lesson.before,
      kernels: lesson.kernels,
      same: lesson.same,
    },
  };
}

/**
 * The sketch for an input: null if the lesson names none, undefined if the network hasn't got it.
 * @param {LessonInput | null} input
 * @param {Network} network
 * @returns {Sketch | null | undefined}
 */
function sketchFor(input, { testImages }) {
  if (!input) return null;
  const { image, strokes } = input;
  if (!image) return { strokes, picture: null };
  const picture = testImages[image[0]]?.[image[1]];
  return picture === undefined ? undefined : { strokes, picture };
}

/** @type {(layer: string, map: number) => Unit} */
const firstOf = (layer, map) => ({ layer, map, row: 0, column: 0 });

/**
 * @param {Network} network
 * @param {Unit} unit
 */
const hasUnit = ({ predictor }, unit) => unit.layer !== "input" && isUnit(predictor.config, unit);
