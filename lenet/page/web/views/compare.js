// Two inputs or two networks side by side: the answers, and the maps of both.

import { compare, pairLayers } from "../core/comparison.js";
import { shortAnswer } from "../core/format.js";
import { BLANK, sketchOf } from "../core/sketch.js";
import { named, text } from "../core/texts.js";
import { drawDifferences, ranked, sideBySide } from "../parts/differences.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { drawInput } from "../parts/maps.js";
import { makeMessages } from "../parts/messages.js";
import { makeOpener } from "../parts/opener.js";
import { makePad } from "../parts/pad.js";
import { makeSideMenu } from "../parts/side-menu.js";
import { fillImages, markImages } from "../parts/test-images.js";

/** @import { Network, Prediction, Sketch, Store, View } from "../types" */
/** @typedef {ReturnType<typeof read>} Comparison */

const MARKUP = `
  <p class="message" role="alert" hidden></p>
  <label class="same"><input type="checkbox" name="same"> <span></span></label>
  <div class="sides"></div>
  <div class="differences"><p></p></div>`;

const SIDE = `
  <section class="side">
    <div class="head">
      <h2></h2>
      <label><span></span><select name="network"></select></label>
    </div>
    <div class="tools" role="toolbar">
      <button type="button" name="clear"></button>
      <button type="button" name="undo"></button>
      <button type="button" name="open"></button>
      <button type="button" name="take"></button>
      <input type="file" name="file" accept="image/*" hidden>
    </div>
    <div class="pad" tabindex="0" role="application">
      <canvas></canvas>
      <div class="cursor" hidden></div>
    </div>
    <div class="reading">
      <div><output aria-live="polite"></output><p></p></div>
      <figure>
        <figcaption></figcaption>
        <div class="network-input"></div>
      </figure>
    </div>
    <div class="choice">
      <label><span></span> <select name="class"></select></label>
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
 * The answers for both sketches, and their maps: ranked by their differences for one network, side by
 * side for two. Edits change a network, but its maps still correspond to those it was trained with.
 * @param {Network} page the network of the page
 * @param {Store} state
 */
function read(page, state) {
  const [a, b] = state.get("sides").map((network) => network ?? page);
  const [sketchA, sketchB] = shownPair(state);
  const answerA = readOnce(a.predictor, sketchA);
  const answerB = readOnce(b.predictor, sketchB);
  const isOneNetwork = a.name === b.name && a.version === b.version;
  return {
    a: answerA,
    b: answerB,
    isOneNetwork,
    layers: isOneNetwork
      ? compare(answerA, answerB).map(ranked)
      : pairLayers(answerA.maps, answerB.maps).map(sideBySide),
  };
}

/**
 * What A and B read.
 * @param {Store} state
 */
function shownPair(state) {
  const [a, b] = state.get("pair");
  return state.get("same") ? [a, a] : [a, b];
}

/** @type {WeakMap<Sketch, { predictor: Network["predictor"], prediction: Prediction }[]>} */
const known = new WeakMap();

/**
 * The answer for a sketch, which both sides can show. While a person draws on one pad, the other
 * sketch stays the same.
 * @param {Network["predictor"]} predictor
 * @param {Sketch} sketch
 */
function readOnce(predictor, sketch) {
  const last = known.get(sketch) ?? [];
  const found = last.find((one) => one.predictor === predictor);
  if (found) return found.prediction;
  const prediction = predictor.readSketch(sketch);
  known.set(sketch, [...last.slice(-1), { predictor, prediction }]);
  return prediction;
}

/** @type {View["mount"]} */
function mount(panel, state) {
  panel.replaceChildren(fragment(MARKUP));
  panel.dataset.compared = "0";
  const messages = makeMessages(find(panel, ".message"));
  const onChange = () => state.set({ pair: [a.sketch(), b.sketch()] });
  const a = makeSide(0, state, onChange, messages.note);
  const b = makeSide(1, state, onChange, messages.note);
  find(panel, ".sides").append(a.side, b.side);
  const same = find(panel, "[name=same]", HTMLInputElement);
  find(panel, ".same span").textContent = text("compare.same");
  same.addEventListener("change", () => state.set({ same: same.checked }));

  function fit() {
    a.fit();
    b.fit();
  }

  function followPair() {
    const [first, second] = state.get("pair");
    a.follow(first);
    b.follow(second);
  }

  function followSame() {
    same.checked = state.get("same");
    b.hidePad(state.get("same"));
  }
  followSame();

  /** The side that was used last, where pasted pictures go. */
  let last = a;
  for (const one of [a, b]) {
    for (const name of ["focusin", "pointerdown"]) {
      one.side.addEventListener(name, () => {
        last = one;
      });
    }
  }

  const cleanups = [
    a.close,
    b.close,
    state.subscribe(["network", "sides"], fit),
    state.subscribe(["pair"], followPair),
    state.subscribe(["same"], followSame),
    state.subscribe(["problem"], () => messages.report(state.get("problem"))),
  ];

  return {
    /** @param {Comparison} comparison */
    show(comparison) {
      a.show(comparison.a);
      b.show(comparison.b);
      const explanation = comparison.isOneNetwork ? "compare.ranked" : "compare.sideBySide";
      setText(find(panel, ".differences > p"), text(explanation));
      drawDifferences(find(panel, ".differences"), comparison.layers);
      panel.dataset.compared = String(Number(panel.dataset.compared) + 1);
    },
    deskAt(at) {
      const side = [a, b].find((one) => one.side.contains(at)) ?? last;
      // B has no pad while it shows the drawing of A.
      return (state.get("same") ? a : side).desk;
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
 * One of the two sides: a network, a pad, the answer, and a choice of test images.
 * @param {0 | 1} index
 * @param {Store} state
 * @param {() => void} onChange
 * @param {(text: string) => void} note
 */
function makeSide(index, state, onChange, note) {
  const name = "AB"[index];
  const side = element(SIDE);
  nameParts(side, name);
  const choice = find(side, "[name=class]", HTMLSelectElement);
  const row = find(side, ".images");
  /** The labels of the listed classes. */
  let listed = "";

  const sketch = state.get("pair")[index];
  const pad = makePad({ root: side, sketch, onChange: padChanged, note });
  const menu = makeSideMenu({
    select: find(side, "[name=network]", HTMLSelectElement),
    state,
    chosen: () => state.get("sides")[index],
    onChoose: (network) => state.set({ sides: withSide(state.get("sides"), index, network) }),
    note,
  });

  const network = () => state.get("sides")[index] ?? state.get("network");
  const desk = makeOpener({
    root: side,
    pad,
    state,
    lane: name,
    digits: () => network()?.digits ?? true,
    note,
  });

  function padChanged() {
    markImages(row, pad.sketch().picture);
    onChange();
  }

  /** The test images of the selected class. */
  const testImages = () => network()?.testImages[choice.selectedIndex] ?? [];

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
    desk,
    sketch: pad.sketch,
    close() {
      menu.close();
      desk.close();
      pad.close();
    },
    /** Lists the classes of the network, and shows the first to compare unless there is a drawing. */
    fit() {
      const current = network();
      if (!current) return;
      const { labels, testImages } = current;
      const shown = testImages.findIndex((images) => images.includes(pad.sketch().picture ?? ""));
      const first = shown >= 0 ? shown : firstPair(current)[index];
      find(side, ".choice").classList.toggle("empty", !testImages[first].length);
      if (listed !== String(labels)) {
        listed = String(labels);
        choice.replaceChildren(
          ...labels.map((label) => new Option(named("classes", label), label)),
        );
        choice.selectedIndex = first;
        pad.showExample(firstImage());
      }
      showImages();
    },
    /** @param {Sketch} sketch */
    follow(sketch) {
      if (sketch === pad.sketch()) return;
      const { picture } = sketch;
      const images = network()?.testImages ?? [];
      const label = images.findIndex((pictures) => picture && pictures.includes(picture));
      if (label >= 0) choice.selectedIndex = label;
      showImages();
      pad.startFrom(sketch);
    },
    /** @param {boolean} isHidden */
    hidePad(isHidden) {
      side.classList.toggle("follows", isHidden);
    },
    /** @param {Prediction} prediction */
    show(prediction) {
      setText(find(side, "output"), shortAnswer(prediction));
      setText(find(side, ".reading p"), prediction.sentence);
      drawInput(
        find(side, ".network-input"),
        prediction.networkInput,
        text("compare.input", { name }),
      );
    },
  };
}

/**
 * @param {[Network | null, Network | null]} sides
 * @param {0 | 1} index
 * @param {Network | null} network
 * @returns {[Network | null, Network | null]}
 */
const withSide = ([a, b], index, network) => (index === 0 ? [network, b] : [a, network]);

/**
 * @param {HTMLElement} side
 * @param {string} name
 */
function nameParts(side, name) {
  side.ariaLabel = text("compare.side", { name });
  find(side, "h2").textContent = name;
  find(side, ".head span").textContent = text("compare.network", { name });
  find(side, ".tools").ariaLabel = text("compare.tools", { name });
  for (const button of find(side, ".tools").querySelectorAll("button")) {
    const key = button.name === "take" ? "compare.take" : `pad.${button.name}`;
    button.textContent = text(key);
    button.title = text(`${key}Title`);
  }
  find(side, "[name=file]").ariaLabel = text("pad.file");
  find(side, ".pad").ariaLabel = text("compare.pad", { name, keys: text("pad.keys") });
  find(side, ".pad").setAttribute("aria-roledescription", text("pad.role"));
  find(side, "figcaption").textContent = text("draw.networkInput");
  find(side, ".choice span").textContent = text("compare.testImage");
}
