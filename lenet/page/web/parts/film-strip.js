import { certainty, shortAnswer } from "../core/format.js";
import { element, find, setText } from "./dom.js";
import { namedCanvas, paintValues } from "./maps.js";
import { GREY } from "./palette.js";

/** @import { Frame, Network, Step } from "../types" */

export const FILM_STRIP = `
  <details id="film-strip">
    <summary>From the drawing to the network, step by step</summary>
    <p></p>
    <ol></ol>
  </details>`;

/**
 * The steps from the drawing to the network; each can be left out.
 * @param {HTMLDetailsElement} details made of `FILM_STRIP`
 * @param {(skip: string[] | null) => void} onChange receives the steps to leave out, null if closed
 */
export function makeFilmStrip(details, onChange) {
  const list = find(details, "ol");

  function announce() {
    const boxes = list.querySelectorAll("input");
    const skip = [...boxes].filter((box) => !box.checked).map((box) => box.value);
    onChange(details.open ? skip : null);
  }
  details.addEventListener("toggle", announce);
  list.addEventListener("change", announce);

  return {
    /**
     * Shows the text and the captions of a network's steps; check boxes keep their state.
     * @param {Pick<Network, "filmStrip" | "steps">} network
     */
    fit({ filmStrip, steps }) {
      find(details, "p").textContent = filmStrip;
      steps.forEach((step, i) => {
        const frame = list.children[i] ?? list.appendChild(makeFrame(step));
        find(frame, "label span").textContent = step.caption;
        find(frame, "canvas").ariaLabel = step.caption;
      });
    },
    /** @param {Frame[]} frames */
    show(frames) {
      for (const frame of frames) drawFrame(find(list, `[data-step=${frame.step}]`), frame);
    },
  };
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
