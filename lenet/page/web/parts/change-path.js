// A short way to a different answer, one change at a time.

import { percent } from "../core/format.js";
import { clamp } from "../core/ink.js";
import { FIELD } from "../core/preprocessing.js";
import { named, text } from "../core/texts.js";
import { disable, element, find, fragment, setText } from "./dom.js";
import { namedCanvas, paintValues } from "./maps.js";
import { GREY } from "./palette.js";

/** @import { PathStep, Plane } from "../types" */
/** @typedef {{ start: Plane, answer: string, target: string, size: number, steps: PathStep[] }} Walk */

/** Milliseconds for which each step is shown. */
const PACE = 900;
/** Pixels of the mark's canvas for each pixel of the picture. */
const ZOOM = 8;

const MARKUP = `
  <div class="frame"></div>
  <div class="walk-text">
    <p class="verdict" role="status"></p>
    <div class="walk-buttons">
      <button type="button" class="plain" name="back"></button>
      <button type="button" class="plain" name="play"></button>
      <button type="button" class="plain" name="next"></button>
      <button type="button" class="plain" name="use"></button>
    </div>
    <ol class="walk-steps"></ol>
  </div>`;

/**
 * @param {HTMLElement} parent
 * @param {(picture: Plane) => void} onUse puts a picture on the pad
 */
export function makeChangePath(parent, onUse) {
  parent.replaceChildren(fragment(MARKUP));
  const frame = find(parent, ".frame");
  const picture = frame.appendChild(namedCanvas("", FIELD, FIELD));
  const mark = frame.appendChild(document.createElement("canvas"));
  mark.width = mark.height = FIELD * ZOOM;
  const list = find(parent, ".walk-steps");
  /** @param {string} name */
  const button = (name) => find(parent, `[name=${name}]`, HTMLButtonElement);
  /** @type {Walk | null} */
  let walk = null;
  let at = 0;
  let timer = 0;

  /** The picture after so many steps. @param {number} step */
  const pictureAt = (step) => (walk && step ? walk.steps[step - 1].picture : walk?.start);

  function draw() {
    const current = pictureAt(at);
    if (!walk || !current) return;
    const { steps, size } = walk;
    paintValues(picture, current.data, 0, [0, 1], GREY);
    drawMark(mark, at ? steps[at - 1].change : null, size);
    const words = verdict(walk, at);
    setText(find(parent, ".verdict"), words);
    picture.ariaLabel = words;
    disable(button("back"), at === 0, button("play"));
    disable(button("next"), at === steps.length, button("play"));
    button("play").textContent = text(timer ? "changes.pause" : "changes.play");
    [...list.children].forEach((item, i) => {
      find(item, "button").ariaCurrent = i === at ? "step" : "false";
    });
  }

  /** @param {number} step */
  function go(step) {
    at = clamp(step, 0, walk?.steps.length ?? 0);
    draw();
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
  }

  function play() {
    if (at === walk?.steps.length) at = 0;
    timer = setInterval(() => {
      if (at + 1 >= (walk?.steps.length ?? 0)) pause();
      go(at + 1);
    }, PACE);
    draw();
  }

  for (const name of ["back", "next", "use"]) button(name).textContent = text(`changes.${name}`);
  button("back").addEventListener("click", () => {
    pause();
    go(at - 1);
  });
  button("next").addEventListener("click", () => {
    pause();
    go(at + 1);
  });
  button("play").addEventListener("click", () => {
    if (timer) pause();
    else return play();
    draw();
  });
  button("use").addEventListener("click", () => {
    const current = pictureAt(at);
    if (current) onUse(current);
  });
  list.addEventListener("click", ({ target }) => {
    const item = target instanceof Element ? target.closest("li") : null;
    if (!item) return;
    pause();
    go([...list.children].indexOf(item));
  });

  return {
    /**
     * Shows the steps found so far: a longer walk of the same search goes on.
     * @param {Walk} next
     */
    show(next) {
      pause();
      walk = next;
      const answers = [next.answer, ...next.steps.map(({ label }) => label ?? "?")];
      list.replaceChildren(...answers.map(makeStep));
      go(next.steps.length);
    },
    /** Shows all steps, one after the other, unless the visitor prefers reduced motion. */
    play() {
      pause();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return go(0);
      at = 0;
      play();
    },
    close: pause,
  };
}

/** @type {(answer: string, step: number) => HTMLElement} */
function makeStep(answer, step) {
  const item = element('<li><button type="button"></button></li>');
  const button = find(item, "button");
  button.textContent = named("classes", answer);
  button.ariaLabel = text("changes.stepName", { number: step, answer: button.textContent });
  return item;
}

/**
 * @param {Walk} walk
 * @param {number} at
 */
function verdict({ steps, answer, target }, at) {
  if (!at) return text("changes.walkStart", { answer: named("classes", answer) });
  const { change, label, probability } = steps[at - 1];
  return text(change.ink ? "changes.walkAdded" : "changes.walkTaken", {
    number: at,
    count: steps.length,
    answer: label ? named("classes", label) : text("changes.rejected"),
    target: named("classes", target),
    share: percent(probability),
  });
}

/**
 * A frame around the block that has changed: solid for ink added, dashed for ink taken away.
 * @param {HTMLCanvasElement} canvas
 * @param {PathStep["change"] | null} change
 * @param {number} size
 */
function drawMark(canvas, change, size) {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!change) return;
  const side = size * ZOOM;
  Object.assign(context, { strokeStyle: change.ink ? "#fb923c" : "#38bdf8", lineWidth: 4 });
  context.setLineDash(change.ink ? [] : [6, 4]);
  context.strokeRect(change.column * side - 2, change.row * side - 2, side + 4, side + 4);
}
