// The steps from the drawing to the network; each can be left out.

import { certainty, shortAnswer } from "../core/format.js";
import { text } from "../core/texts.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { namedCanvas, paintValues } from "../parts/maps.js";
import { GREY } from "../parts/palette.js";

/** @import { DrawReading, Frame, Instrument, Step } from "../types" */

/** @type {Instrument} */
export default {
  id: "film-strip",
  title: () => text("filmStrip.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body) {
  body.replaceChildren(fragment("<p></p><ol></ol>"));
  const list = find(body, "ol");
  /** @type {DrawReading | null} */
  let last = null;

  /** @param {DrawReading} reading */
  function show(reading) {
    last = reading;
    const { network, sketch } = reading;
    setText(find(body, "p"), network.filmStrip);
    network.steps.forEach((step, i) => {
      const frame = list.children[i] ?? list.appendChild(makeFrame(step));
      setText(find(frame, "label span"), step.caption);
      find(frame, "canvas").ariaLabel = step.caption;
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

/** @param {Step} step */
function makeFrame({ step, skip, caption }) {
  const frame = element(
    '<li><label><input type="checkbox" checked><span></span></label>' +
      '<div class="frame"></div><p class="verdict"><b></b> <span></span></p></li>',
  );
  frame.dataset.step = step;
  find(frame, "input", HTMLInputElement).value = skip;
  find(frame, ".frame").append(namedCanvas(caption, 1, 1));
  return frame;
}

/**
 * @param {HTMLElement} item
 * @param {Frame} frame
 */
function drawFrame(item, { image: { width, height, data }, prediction }) {
  const canvas = find(item, "canvas", HTMLCanvasElement);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  paintValues(canvas, data, 0, [0, Math.max(1, ...data)], GREY);
  setText(find(item, "b"), shortAnswer(prediction));
  setText(find(item, ".verdict span"), certainty(prediction));
}
