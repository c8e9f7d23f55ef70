// Read a drawing with a trained LeNet: mirrors lenet/reading/prediction.py.

import { strokesThatAddInk } from "./adding.js";
import { areDigits } from "./config.js";
import { SketchpadError } from "./errors.js";
import { percent } from "./format.js";
import { inkFromSketch } from "./ink.js";
import { LeNet } from "./network.js";
import { isBlank, networkInput, squeeze, walkSketch } from "./preprocessing.js";
import { named, text } from "./texts.js";
import { answerLogits, evidence, softmax, views } from "./views.js";

/** @import { Checkpoint, Frame, Muted, Plane, Prediction, Sketch, State } from "../types" */

/** Strokes of a digit. Three are rare: a 4, 5 or 7 in pieces. */
const USUAL_STROKES = 2;
/** By how much each further stroke that adds ink lowers the evidence. */
const STROKE_PENALTY = 1.5;

export class Predictor {
  /**
   * @param {Checkpoint} checkpoint
   * @param {Muted} [muted] maps whose values are replaced by 0
   */
  constructor(checkpoint, muted = {}) {
    this.checkpoint = checkpoint;
    this.muted = muted;
    this.config = checkpoint.config;
    this.labels = checkpoint.config.labels;
    if (!this.config.convolutions.length) {
      throw new SketchpadError(text("errors.noConvolutions"));
    }
    this.network = new LeNet(checkpoint, muted);
  }

  /**
   * Reads strokes, on top of a picture if there is one.
   * @param {Sketch} sketch
   */
  readSketch(sketch) {
    const ink = inkFromSketch(sketch, this.config.box);
    return this.readInput(this.#prepared(ink), this.penalty(sketch));
  }

  /** @param {Plane} ink */
  readInk(ink) {
    return this.readInput(this.#prepared(ink));
  }

  /** @param {Plane} ink */
  #prepared(ink) {
    return networkInput(ink, this.config.box, this.config.centring);
  }

  /**
   * By how much the number of strokes lowers the evidence for a digit. Strokes count if they add ink.
   * Over a picture they don't count, since its own strokes are unknown, nor do they if the network
   * reads clothes.
   * @param {Sketch} sketch
   */
  penalty({ strokes, picture }) {
    // Counting takes time, and most digits have one or two strokes.
    if (picture !== null || !areDigits(this.labels) || strokes.length <= USUAL_STROKES) return 0;
    return STROKE_PENALTY * Math.max(0, strokesThatAddInk(strokes) - USUAL_STROKES);
  }

  /**
   * Reads a network input of 28×28 pixels without preprocessing it.
   * @param {Plane} input
   * @param {number} [penalty] of the strokes it was made of
   * @returns {Prediction}
   */
  readInput(input, penalty = 0) {
    const { labels } = this;
    const { temperature, threshold } = this.config;
    // The first view is the image itself.
    const { logits, layers } = this.network.forward(views(input.data));
    const found = evidence(logits) - penalty;
    const viewLogits = logits.map((view) => view.map((logit) => logit / temperature));
    const answer = answerLogits(viewLogits);
    /** @type {State} */
    let state = "digit";
    let probabilities = [...softmax(answer)];
    if (isBlank(input)) {
      state = "blank";
      probabilities = probabilities.map(() => 0);
    } else if (threshold !== null && found < threshold) {
      state = "not a digit";
    }
    const confidence = Math.max(...probabilities);
    const nearest = labels[probabilities.indexOf(confidence)];
    return {
      state,
      label: state === "digit" ? nearest : null,
      nearest,
      confidence,
      sentence: sentence({
        ...{ state, nearest, confidence, labels },
        ...{ evidence: found, threshold, penalty },
      }),
      labels,
      probabilities,
      logits: [...answer],
      viewLogits,
      evidence: found,
      penalty,
      threshold,
      networkInput: input,
      layers,
      maps: layers.filter(({ kind }) => kind === "convolution"),
    };
  }

  /**
   * The steps from the drawing to the first layer: `draw`, `crop`, `box`, `centre`, `normalise`.
   * Each frame holds the answer that the network would give if preprocessing stopped there. Steps
   * named in `skip` are left out. If none is, the last answer equals that of `readSketch`.
   * @param {Sketch} sketch
   * @param {string[]} [skip]
   * @returns {Frame[]}
   */
  filmStrip(sketch, skip = []) {
    const { box, centring } = this.config;
    const penalty = this.penalty(sketch);
    const steps = walkSketch(sketch, skip, box, centring);
    const frames = Object.entries(steps).map(([step, image]) => ({
      step,
      image,
      prediction: this.readInput(squeeze(image), penalty),
    }));
    return [...frames, this.#normalised(frames[frames.length - 1], skip.includes("normalise"))];
  }

  /**
   * @param {Frame} last
   * @param {boolean} skipped
   * @returns {Frame}
   */
  #normalised({ image, prediction }, skipped) {
    const [mean, std] = [Math.fround(this.config.mean), Math.fround(this.config.std)];
    if (skipped) {
      // The network normalises its input, so undo that in advance.
      const raw = image.data.map((value) => Math.fround(value * std) + mean);
      const answer = this.readInput({ ...image, data: raw }, prediction.penalty);
      return { step: "normalise", image, prediction: answer };
    }
    const data = image.data.map((value) => Math.fround(value - mean) / std);
    return { step: "normalise", image: { ...image, data }, prediction };
  }
}

/** @typedef {Pick<Prediction, "state" | "nearest" | "confidence" | "labels" | "evidence" | "threshold" | "penalty">} Answer */

/**
 * The answer as a short sentence.
 * @param {Answer} prediction
 */
function sentence({ state, nearest, confidence, labels, evidence, threshold, penalty }) {
  if (state === "blank") return text("draw.nothing");
  if (state === "digit") return text("draw.sure", { percent: percent(confidence) });
  const values = { label: named("classes", nearest), count: labels.length };
  if (evidence + penalty >= (threshold ?? 0)) return text("strokes.tooMany", values);
  if (areDigits(labels))
    return text(confidence > 0.5 ? "draw.noDigit" : "draw.noDigitAtAll", values);
  return text(confidence > 0.5 ? "draw.noClass" : "draw.noClassAtAll", values);
}
