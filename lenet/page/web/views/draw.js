// One pad and the test images, read while the pen moves.

import { THREE } from "../core/first-sketch.js";
import { shortAnswer } from "../core/format.js";
import { hasStrayTaps } from "../core/ink.js";
import { sketchOf } from "../core/sketch.js";
import { named, text } from "../core/texts.js";
import INSTRUMENTS from "../instruments/index.js";
import { makeBlankNote } from "../parts/blank-note.js";
import { makeDescriptions } from "../parts/descriptions.js";
import { find, fragment, setText } from "../parts/dom.js";
import { makeInspection } from "../parts/inspection.js";
import { makeInstruments } from "../parts/instruments.js";
import { makeKernels } from "../parts/kernels.js";
import { makeLayerStack } from "../parts/layer-stack.js";
import { makeLayerTools } from "../parts/layer-tools.js";
import { drawInput } from "../parts/maps.js";
import { makeMessages } from "../parts/messages.js";
import { makeOdds } from "../parts/odds.js";
import { makeOpener } from "../parts/opener.js";
import { makePad } from "../parts/pad.js";
import { drawProbabilities } from "../parts/probabilities.js";
import { fillImages, imageButton, markImages } from "../parts/test-images.js";

/** @import { DrawReading, Network, ReadingDetail, Sketch, Store, View } from "../types" */

const markup = () => `
  <div class="desk">
  <div class="tools" role="toolbar" aria-label="${text("pad.tools")}" aria-controls="pad">
    <button type="button" id="clear" name="clear" title="${text("pad.clearTitle")}">${text("pad.clear")}</button>
    <button type="button" id="undo" name="undo" title="${text("pad.undoTitle")}">${text("pad.undo")}</button>
    <button type="button" id="open" name="open" title="${text("pad.openTitle")}" aria-label="${text("pad.openPicture")}"><span class="long">${text("pad.openPicture")}</span><span class="short">${text("pad.open")}</span></button>
    <input type="file" id="file" name="file" accept="image/*" aria-label="${text("pad.file")}" hidden>
  </div>
  <div id="pad" class="pad" tabindex="0" role="application" aria-roledescription="${text("pad.role")}">
    <canvas></canvas>
    <div class="cursor" hidden></div>
    <div class="seen" hidden></div>
  </div>
  <div class="examples" role="group">
    <div class="classes"></div>
    <div class="images" role="group"></div>
  </div>
  <section id="microscope" aria-labelledby="microscope-title" hidden></section>
  </div>
  <section id="results" aria-label="${text("draw.results")}" data-sequence="0" data-label="">
    <p id="message" class="message" role="alert" hidden></p>
    <div class="overview">
      <div class="answer">
        <output id="answer" aria-live="polite">&nbsp;</output>
        <div class="words">
          <p><span class="confidence"></span> <span class="odds"></span> <span class="stray"></span></p>
          <button type="button" name="views"></button>
        </div>
      </div>
      <figure class="input">
        <figcaption>${text("draw.networkInput")}</figcaption>
        <div id="network-input"></div>
      </figure>
      <ol id="probabilities"></ol>
    </div>
    <p class="origin"></p>
    <div class="layers">
      <div class="layer-tools">
        <p class="invitation"></p>
        <div id="edited" role="status" hidden></div>
        <label><input type="checkbox" name="kernels"> <span></span></label>
        <label><input type="checkbox" name="before"> <span></span></label>
      </div>
      <p id="layer-keys" hidden></p>
      <div class="stack"></div>
    </div>
  </section>
  <div class="instruments"></div>`;

/** Keys of texts. */
const WORDS = {
  digits: {
    invitation: "draw.invitationDigits",
    pad: "draw.padDigits",
    probabilities: "draw.probabilitiesDigits",
    examples: "draw.examplesDigits",
  },
  things: {
    invitation: "draw.invitationThings",
    pad: "draw.padThings",
    probabilities: "draw.probabilitiesThings",
    examples: "draw.examplesThings",
  },
};

/** @param {Network} network */
const wordsFor = ({ digits }) => (digits ? WORDS.digits : WORDS.things);

/** @type {View} */
export default {
  id: "draw",
  title: () => text("draw.title"),
  invitation: (network) => text(wordsFor(network).invitation),
  fits: () => true,
  read,
  mount,
};

/**
 * The answer for the sketch.
 * @param {Network} network
 * @param {Store} state
 * @returns {DrawReading}
 */
function read(network, state) {
  const sketch = state.get("sketch");
  return { network, sketch, prediction: network.predictor.readSketch(sketch) };
}

/** @type {View["mount"]} */
function mount(panel, state) {
  panel.replaceChildren(fragment(markup()));
  const results = find(panel, "#results");
  const messages = makeMessages(find(panel, "#message"));
  const pad = makePad({
    root: panel,
    sketch: state.get("sketch"),
    onChange: () => state.set({ sketch: pad.sketch() }),
    note: messages.note,
  });
  const desk = makeOpener({
    root: panel,
    pad,
    state,
    lane: "draw",
    digits: () => state.get("network")?.digits ?? true,
    note: messages.note,
    onOpen: (opened) => state.set({ opened }),
  });
  const images = makeTestImages(find(panel, ".examples"), pad.startFrom);
  const stack = makeLayerStack(find(panel, ".stack"));
  const blankNote = makeBlankNote(find(panel, ".stack"));
  const descriptions = makeDescriptions(panel);
  const odds = makeOdds(find(panel, ".odds"));
  const kernels = makeKernels(stack);
  const layerTools = makeLayerTools(panel, state);
  const inspection = makeInspection(panel, stack, state);
  const instruments = makeInstruments(find(panel, ".instruments"), INSTRUMENTS, state);
  /** @type {DrawReading | null} */
  let last = null;

  const views = find(panel, "[name=views]");
  views.textContent = text("odds.views");
  views.title = text("odds.viewsTitle");
  views.addEventListener("click", () => instruments.open("views"));

  function showLayers() {
    if (!last) return;
    const { network, prediction } = last;
    stack.show({
      layers: prediction.layers,
      ranges: network.ranges,
      before: state.get("before"),
      muted: state.get("edits").muted,
    });
    blankNote.show(last, state.get("before"));
    if (state.get("kernels")) kernels.show(network.predictor.checkpoint);
    else kernels.hide();
  }

  function fit() {
    const network = state.get("network");
    if (!network) return;
    const words = wordsFor(network);
    // People draw digits but not coats, so other networks show the test images first.
    panel.classList.toggle("things", !network.digits);
    if (network.digits) find(panel, "#pad").after(images.group);
    else find(panel, ".desk").prepend(images.group);
    find(panel, "#pad").ariaLabel = text(words.pad, { keys: text("pad.keys") });
    find(panel, "#probabilities").ariaLabel = text(words.probabilities);
    const origin = network.digits ? "odds.originDigits" : "odds.originThings";
    find(panel, ".origin").textContent = text(origin);
    images.fit(network, text(words.examples));
    instruments.fit(network);
    pad.showExample(firstSketch(network));
    images.mark(pad.sketch());
  }

  /** Whoever changes the sketch in the store changes the pad. */
  function followSketch() {
    const sketch = state.get("sketch");
    images.mark(sketch);
    if (sketch !== pad.sketch()) pad.startFrom(sketch);
  }

  const cleanups = [
    desk.close,
    pad.close,
    stack.close,
    descriptions.close,
    odds.close,
    inspection.close,
    layerTools.close,
    instruments.close,
    state.subscribe(["before", "kernels"], showLayers),
    state.subscribe(["network"], fit),
    state.subscribe(["sketch"], followSketch),
    state.subscribe(["problem"], () => messages.report(state.get("problem"))),
  ];

  return {
    /** @param {DrawReading} reading */
    show(reading) {
      last = reading;
      showPrediction(panel, reading);
      odds.show(reading.prediction);
      showLayers();
      inspection.show(reading);
      instruments.show(reading);
      descriptions.show(reading);
      results.dataset.sequence = String(Number(results.dataset.sequence) + 1);
      const detail = { inkTime: pad.inkTime() };
      results.dispatchEvent(new CustomEvent("shown", { detail }));
      announce(panel, reading);
    },
    deskAt: () => desk,
    close() {
      for (const cleanUp of cleanups) cleanUp();
    },
  };
}

/**
 * @param {HTMLElement} panel
 * @param {DrawReading} reading
 */
function showPrediction(panel, { prediction, sketch }) {
  const { networkInput, sentence, state, label } = prediction;
  const results = find(panel, "#results");
  drawInput(find(panel, "#network-input"), networkInput, text("draw.sees"));
  drawProbabilities(find(panel, "#probabilities"), prediction);
  setText(find(panel, "#answer"), shortAnswer(prediction));
  setText(find(panel, ".confidence"), sentence);
  setText(find(panel, ".stray"), strayNote(sketch));
  results.dataset.state = state;
  results.dataset.label = label ?? "";
}

/**
 * What to say about stray taps. Over a picture, all strokes count.
 * @param {Sketch} sketch
 */
const strayNote = ({ strokes, picture }) =>
  picture === null && hasStrayTaps(strokes) ? text("strokes.stray") : "";

/**
 * Announces the reading to the page around the sketchpad.
 * @param {HTMLElement} panel
 * @param {DrawReading} reading
 */
function announce(panel, { network, sketch, prediction }) {
  const { state, label, probabilities, evidence, networkInput, maps } = prediction;
  /** @type {ReadingDetail} */
  const detail = {
    network: network.name,
    // A copy, because the pad adds points to its last stroke.
    strokes: sketch.strokes.map((points) => [...points]),
    state,
    label,
    probabilities,
    evidence,
    networkInput: Array.from(networkInput.data),
    maps: maps.map(({ name, shape, data }) => ({ name, shape, data })),
  };
  const event = new CustomEvent("reading", { detail, bubbles: true, composed: true });
  panel.closest(".sketchpad")?.dispatchEvent(event);
}

/**
 * The sketch on the pad at first: a three, or a test image if the classes are not digits.
 * @param {Network} network
 */
function firstSketch({ digits, testImages }) {
  const thing = testImages.at(-1)?.[0];
  return thing && !digits ? sketchOf(thing) : THREE;
}

/**
 * The first test image of each class, and all images of the class on the pad.
 * @param {HTMLElement} group
 * @param {(sketch: Sketch) => void} startFrom
 */
function makeTestImages(group, startFrom) {
  const classes = find(group, ".classes");
  const row = find(group, ".images");
  /** @type {Network | null} */
  let shown = null;
  /** @type {string | null} */
  let marked = null;

  return {
    group,
    /**
     * @param {Network} network
     * @param {string} name
     */
    fit(network, name) {
      shown = network;
      marked = null;
      group.ariaLabel = name;
      row.replaceChildren();
      row.ariaLabel = text("pad.testImages");
      classes.replaceChildren(...classButtons(network, startFrom));
    },
    /** @param {Sketch} sketch */
    mark({ picture }) {
      if (picture === marked || !shown) return;
      marked = picture;
      const { labels, testImages } = shown;
      const at = testImages.findIndex((images) => picture && images.includes(picture));
      if (at >= 0) fillImages(row, labels[at], testImages[at], startFrom);
      markImages(row, picture);
      markImages(classes, testImages[at]?.[0] ?? null);
    },
  };
}

/**
 * @param {Network} network
 * @param {(sketch: Sketch) => void} startFrom
 */
function classButtons({ digits, labels, testImages }, startFrom) {
  return testImages.flatMap((images, i) => {
    if (!images.length) return [];
    const button = imageButton(
      images[0],
      digits ? text("draw.startFrom", { label: labels[i] }) : named("classes", labels[i]),
      startFrom,
    );
    if (!digits) button.append(named("classes", labels[i]));
    return [button];
  });
}
