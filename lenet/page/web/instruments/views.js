// The nine views whose mean is the answer.

import { IMAGE_SIZE } from "../core/config.js";
import { percent, shortAnswer } from "../core/format.js";
import { viewAnswers } from "../core/numbers.js";
import { named, text } from "../core/texts.js";
import { VIEW_NAMES } from "../core/views.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { namedCanvas, paintValues } from "../parts/maps.js";
import { GREY } from "../parts/palette.js";

/** @import { DrawReading, Instrument, Prediction, ViewAnswer } from "../types" */

/** @type {Instrument} */
export default {
  id: "views",
  title: () => text("views.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body) {
  body.replaceChildren(fragment('<p class="intro"></p><ol></ol><p class="mean"></p>'));
  const list = find(body, "ol");
  list.replaceChildren(...VIEW_NAMES.map(makeView));

  return {
    /** @param {DrawReading} reading */
    show({ network, prediction }) {
      setText(find(body, ".intro"), text(network.digits ? "views.intro" : "views.introThings"));
      viewAnswers(prediction).forEach((view, i) => {
        drawView(/** @type {HTMLElement} */ (list.children[i]), view, prediction);
      });
      setText(find(body, ".mean"), meanText(prediction));
    },
    close() {},
  };
}

/** @param {string} name */
function makeView(name) {
  const item = element('<li><p class="name"></p><p class="verdict"><b></b> <span></span></p></li>');
  const title = text(`views.${name}`);
  item.dataset.name = name;
  find(item, ".name").textContent = title;
  item.prepend(namedCanvas(title, IMAGE_SIZE, IMAGE_SIZE));
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {ViewAnswer} view
 * @param {Prediction} prediction
 */
function drawView(item, { image, label, probability }, { state, nearest }) {
  paintValues(find(item, "canvas", HTMLCanvasElement), image, 0, [0, 1], GREY);
  const isBlank = state === "blank";
  setText(find(item, "b"), isBlank ? "–" : named("classes", label));
  setText(find(item, ".verdict span"), isBlank ? "" : percent(probability));
  item.classList.toggle("differs", !isBlank && label !== nearest);
}

/** @param {Prediction} prediction */
function meanText(prediction) {
  const answer = shortAnswer(prediction);
  if (prediction.state !== "digit") return text("views.mean", { answer });
  return text("views.meanDigit", { answer, share: percent(prediction.confidence) });
}
