import { percent } from "../core/format.js";
import { named } from "../core/texts.js";
import { element, setText } from "./dom.js";

/** @import { Prediction } from "../types" */

/**
 * One bar per class, with the highest marked.
 * @param {HTMLElement} list
 * @param {Pick<Prediction, "labels" | "probabilities">} prediction
 */
export function drawProbabilities(list, { labels, probabilities }) {
  if (list.dataset.labels !== String(labels)) makeRows(list, labels);
  const most = Math.max(...probabilities);
  const best = most > 0 ? probabilities.indexOf(most) : -1;
  probabilities.forEach((probability, i) => {
    const row = list.children[i];
    const bar = /** @type {HTMLElement} */ (row.children[1].firstElementChild);
    row.classList.toggle("best", i === best);
    bar.style.transform = `scaleX(${probability})`;
    setText(row.children[2], percent(probability));
  });
}

/**
 * @param {HTMLElement} list
 * @param {string[]} labels
 */
function makeRows(list, labels) {
  list.dataset.labels = String(labels);
  // Room for the longest label in bold. An automatic width would be measured at every update.
  const names = labels.map((label) => named("classes", label));
  const longest = Math.max(...names.map(({ length }) => length));
  list.style.setProperty("--label", `${Math.max(1.2, 0.58 * longest)}em`);
  list.replaceChildren(
    ...names.map((name) => {
      const row = element(
        '<li><span></span><span class="track"><i></i></span><span class="share"></span></li>',
      );
      row.children[0].textContent = name;
      return row;
    }),
  );
}
