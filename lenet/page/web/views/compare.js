// Two pads side by side, the network's answer to each, and its maps, largest difference first.

import { compare } from "../core/comparison.js";
import { shortAnswer } from "../core/format.js";
import { BLANK, sketchOf } from "../core/sketch.js";
import { named, text } from "../core/texts.js";
import { drawDifferences } from "../parts/differences.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { drawInput } from "../parts/maps.js";
import { makeMessages } from "../parts/messages.js";
import { makePad } from "../parts/pad.js";
import { fillImages, markImages } from "../parts/test-images.js";
import { acceptFiles } from "../parts/uploads.js";

/** @import { Network, Prediction, Sketch, Store, View } from "../types" */
/** @typedef {ReturnType<typeof read>} Comparison */

const markup = () => `
  <p class="message" role="alert" hidden></p>
  <div class="sides"></div>
  <div class="differences">
    <p>${text("compare.intro")}</p>
  </div>`;

const sideMarkup = () => `
  <section class="side">
    <div class="tools" role="toolbar">
      <h2></h2>
      <button type="button" name="clear" title="${text("pad.clearTitle")}">${text("pad.clear")}</button>
      <button type="button" name="undo" title="${text("pad.undoTitle")}">${text("pad.undo")}</button>
      <button type="button" name="upload" title="${text("pad.uploadTitle")}">${text("pad.upload")}</button>
      <button type="button" name="take" title="${text("compare.takeTitle")}">${text("compare.take")}</button>
      <input type="file" name="file" accept="image/*" aria-label="${text("pad.file")}" hidden>
    </div>
    <div class="pad" tabindex="0" role="application" aria-roledescription="${text("pad.role")}">
      <canvas></canvas>
      <div class="cursor" hidden></div>
    </div>
    <div class="reading">
      <div><output aria-live="polite"></output><p></p></div>
      <figure>
        <figcaption>${text("draw.networkInput")}</figcaption>
        <div class="network-input"></div>
      </figure>
    </div>
    <div class="choice">
      <label>${text("compare.testImage")} <select></select></label>
      <div class="images" role="group"></div>
    </div>
  </section>`;

/** The first comparison: classes that look alike to people, but not to the network. */
const FIRST_PAIRS = [
  ["3", "8"],
  ["Pullover", "Coat"],
];

/** @type {View} */
export default {
  id: "compare",
  title: () => text("compare.title"),
  invitation: () => text("compare.invitation"),
  fits: () => true,
  read,
  mount,
};

/**
 * The answers for both sketches, and the differences of their maps.
 * @param {Network} network
 * @param {Store} state
 */
function read({ predictor }, state) {
  const [a, b] = state.get("pair").map((sketch) => readOnce(predictor, sketch));
  return { a, b, layers: compare(a, b) };
}

/** @type {WeakMap<Sketch, { predictor: Network["predictor"], prediction: Prediction }>} */
const known = new WeakMap();

/**
 * The answer for a sketch. While a person draws on one pad, the other sketch stays the same.
 * @param {Network["predictor"]} predictor
 * @param {Sketch} sketch
 */
function readOnce(predictor, sketch) {
  const last = known.get(sketch);
  if (last?.predictor === predictor) return last.prediction;
  const prediction = predictor.readSketch(sketch);
  known.set(sketch, { predictor, prediction });
  return prediction;
}

/** @type {View["mount"]} */
function mount(panel, state) {
  panel.replaceChildren(fragment(markup()));
  panel.dataset.compared = "0";
  const messages = makeMessages(find(panel, ".message"));
  const onChange = () => state.set({ pair: [a.sketch(), b.sketch()] });
  const a = makeSide("A", 0, state, onChange, messages.note);
  const b = makeSide("B", 1, state, onChange, messages.note);
  find(panel, ".sides").append(a.side, b.side);

  function fit() {
    const network = state.get("network");
    if (!network) return;
    const [first, second] = firstPair(network);
    a.fit(network, first);
    b.fit(network, second);
  }

  const cleanups = [
    a.close,
    b.close,
    state.subscribe(["network"], fit),
    state.subscribe(["problem"], () => messages.report(state.get("problem"))),
  ];

  return {
    /** @param {Comparison} comparison */
    show(comparison) {
      a.show(comparison.a);
      b.show(comparison.b);
      drawDifferences(find(panel, ".differences"), comparison.layers);
      panel.dataset.compared = String(Number(panel.dataset.compared) + 1);
    },
    close() {
      for (const cleanUp of cleanups) cleanUp();
    },
  };
}

/**
 * The two classes to compare first.
 * @param {Network} network
 */
function firstPair({ labels }) {
  const pair = FIRST_PAIRS.find((names) => names.every((name) => labels.includes(name)));
  return pair ? pair.map((name) => labels.indexOf(name)) : [0, 1];
}

/**
 * One of the two inputs: a pad, the network's answer, and a choice of test images.
 * @param {string} name
 * @param {0 | 1} index
 * @param {Store} state
 * @param {() => void} onChange
 * @param {(text: string) => void} note
 */
function makeSide(name, index, state, onChange, note) {
  const side = element(sideMarkup());
  const choice = find(side, "select", HTMLSelectElement);
  const row = find(side, ".images");
  side.ariaLabel = text("compare.input", { name });
  find(side, "h2").textContent = name;
  find(side, ".tools").ariaLabel = text("compare.sketch", { name });
  find(side, ".pad").ariaLabel = text("compare.pad", { name, keys: text("pad.keys") });

  const pad = makePad({ root: side, sketch: state.get("pair")[index], onChange: padChanged, note });
  acceptFiles({ root: side, pad, openFile: state.get("openFile"), note });

  function padChanged() {
    markImages(row, pad.sketch().picture);
    onChange();
  }

  /** The test images of the selected class. */
  const testImages = () => state.get("network")?.testImages[choice.selectedIndex] ?? [];

  function showImages() {
    fillImages(row, choice.value, testImages(), pad.startFrom);
    markImages(row, pad.sketch().picture);
  }

  const firstImage = () => (testImages().length ? sketchOf(testImages()[0]) : BLANK);

  choice.addEventListener("change", () => {
    showImages();
    pad.startFrom(firstImage());
  });
  find(side, "[name=take]").addEventListener("click", () => pad.startFrom(state.get("sketch")));

  return {
    side,
    sketch: pad.sketch,
    close: pad.close,
    /**
     * Lists the classes of a network and selects the first to compare.
     * @param {Network} network
     * @param {number} first
     */
    fit(network, first) {
      find(side, ".choice").hidden = !network.testImages[first].length;
      choice.replaceChildren(
        ...network.labels.map((label) => new Option(named("classes", label), label)),
      );
      choice.selectedIndex = first;
      pad.showExample(firstImage());
      showImages();
    },
    /** @param {Prediction} prediction */
    show(prediction) {
      setText(find(side, "output"), shortAnswer(prediction));
      setText(find(side, ".reading p"), prediction.sentence);
      drawInput(
        find(side, ".network-input"),
        prediction.networkInput,
        text("compare.networkInput", { name }),
      );
    },
  };
}
