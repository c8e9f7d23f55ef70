// The steps from the drawing to the network; each can be left out. If the drawing is a picture file,
// the steps from there to ink come first.

import { certainty, percent, shortAnswer } from "../core/format.js";
import { text } from "../core/texts.js";
import { SHIFT, TURN, VIEWS, ZOOM } from "../core/views.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { namedCanvas, paintValues } from "../parts/maps.js";
import { GREY } from "../parts/palette.js";

/** @import { DrawReading, FoundFrame, Frame, Instrument, LeNetConfig, OpenedPicture, Sketch, Store } from "../types" */

/** The steps; `skip` is the name that leaves the step out. */
const STEPS = [
  { step: "draw", skip: "pen" },
  { step: "crop", skip: "crop" },
  { step: "box", skip: "box" },
  { step: "centre", skip: "centre" },
  { step: "normalise", skip: "normalise" },
];

const MARKUP = `
  <div class="found" hidden><p></p><ol></ol></div>
  <p class="introduction"></p>
  <ol class="steps"></ol>`;

/** @type {Instrument} */
export default {
  id: "film-strip",
  title: () => text("filmStrip.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body, state) {
  body.replaceChildren(fragment(MARKUP));
  const list = find(body, ".steps");
  list.append(...STEPS.map(makeFrame));
  /** @type {DrawReading | null} */
  let last = null;

  /** @param {DrawReading} reading */
  function show(reading) {
    last = reading;
    const { network, sketch } = reading;
    showOpened(find(body, ".found"), openedAs(sketch, state));
    setText(find(body, ".introduction"), introduction());
    STEPS.forEach(({ step }, i) => {
      const caption = captionOf(step, network.predictor.config);
      setText(find(list.children[i], "label span"), caption);
      find(list.children[i], "canvas").ariaLabel = caption;
    });
    const boxes = [...list.querySelectorAll("input")];
    const skip = boxes.filter((box) => !box.checked).map((box) => box.value);
    for (const frame of network.predictor.filmStrip(sketch, skip)) {
      drawFrame(find(list, `[data-step=${frame.step}]`), frame);
    }
  }
  list.addEventListener("change", () => last && show(last));

  return { show, close() {} };
}

/**
 * The picture file that this sketch shows; null if it shows none.
 * @param {Sketch} sketch
 * @param {Store} state
 */
function openedAs({ picture }, state) {
  const opened = state.get("opened");
  return opened?.picture === picture ? opened : null;
}

/** @type {WeakMap<HTMLElement, OpenedPicture>} */
const shown = new WeakMap();

/**
 * @param {HTMLElement} found
 * @param {OpenedPicture | null} opened
 */
function showOpened(found, opened) {
  found.hidden = !opened;
  if (!opened || shown.get(found) === opened) return;
  shown.set(found, opened);
  setText(find(found, "p"), text(opened.digits ? "found.digits" : "found.things"));
  find(found, "ol").replaceChildren(...opened.frames.map(makeFoundFrame));
}

/** @param {FoundFrame} frame */
function makeFoundFrame([name, { width, height, data }]) {
  const frame = element('<li><span></span><div class="frame"></div></li>');
  const caption = text(`found.${name}`);
  const canvas = namedCanvas(caption, width, height);
  // Faint contrast is shown as if it were strong.
  const highest = name === "contrast" ? largest(data) || 1 : 1;
  paintValues(canvas, data, 0, [0, highest], GREY);
  setText(find(frame, "span"), caption);
  find(frame, ".frame").append(canvas);
  return frame;
}

const introduction = () =>
  text("filmStrip.intro", {
    views: VIEWS,
    shift: SHIFT,
    turn: TURN,
    zoom: percent(ZOOM - 1, 0),
  });

/**
 * @param {string} step
 * @param {LeNetConfig} config
 */
function captionOf(step, { box, centring }) {
  if (step === "centre")
    return text(`filmStrip.${centring === "mass" ? "centreMass" : "centreBox"}`);
  return text(`filmStrip.${step}`, { box });
}

/** @param {typeof STEPS[number]} step */
function makeFrame({ step, skip }) {
  const frame = element(
    '<li><label><input type="checkbox" checked><span></span></label>' +
      '<div class="frame"></div><p class="verdict"><b></b> <span></span></p></li>',
  );
  frame.dataset.step = step;
  find(frame, "input", HTMLInputElement).value = skip;
  find(frame, ".frame").append(namedCanvas(step, 1, 1));
  return frame;
}

/**
 * @param {HTMLElement} item
 * @param {Frame} frame
 */
function drawFrame(item, { image: { width, height, data }, prediction }) {
  const canvas = find(item, "canvas", HTMLCanvasElement);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  paintValues(canvas, data, 0, [0, Math.max(1, largest(data))], GREY);
  setText(find(item, "b"), shortAnswer(prediction));
  setText(find(item, ".verdict span"), certainty(prediction));
}

/**
 * The largest value. `Math.max` can't take as many arguments as a large picture has pixels.
 * @param {Float32Array} data
 */
const largest = (data) => data.reduce((most, value) => Math.max(most, value), 0);
