// Which answers a network gives to the test images of each class, and the images of each cell.

import { base64 } from "../core/bytes.js";
import { IMAGE_SIZE } from "../core/config.js";
import { named, text } from "../core/texts.js";
import { element, find, fragment } from "./dom.js";
import { roveByArrows } from "./roving.js";
import { imageButton } from "./test-images.js";

/** @import { Evaluation, Sketch, TestSet } from "../types" */
/** @typedef {{ labels: string[], images: TestSet, now: Evaluation, trained: Evaluation,
 *   rejects: boolean }} Shown */

const MARKUP = `
  <div class="scroll"><table><caption></caption><thead></thead><tbody></tbody></table></div>
  <p class="cell-title" aria-live="polite"></p>
  <div class="cell-images" role="group"></div>`;
const AREA = IMAGE_SIZE ** 2;
/** As many wrong answers as give a cell its full colour. */
const MANY = 15;

/**
 * @param {HTMLElement} parent
 * @param {(sketch: Sketch) => void} startFrom
 */
export function makeConfusion(parent, startFrom) {
  parent.replaceChildren(fragment(MARKUP));
  const table = find(parent, "table");
  const roving = roveByArrows(table);
  /** @type {Shown | null} */
  let shown = null;
  /** @type {[truth: number, answer: number] | null} */
  let open = null;

  function showImages() {
    for (const button of table.querySelectorAll("button")) {
      const { truth, answer } = button.dataset;
      button.ariaPressed = String(Number(truth) === open?.[0] && Number(answer) === open[1]);
    }
    const list = find(parent, ".cell-images");
    const title = find(parent, ".cell-title");
    if (!shown || !open) {
      list.replaceChildren();
      title.textContent = "";
      return;
    }
    const [truth, answer] = open;
    const { images, now, trained } = shown;
    const indices = images.truths.flatMap((class_, i) =>
      class_ === truth && now.answers[i] === answer ? [i] : [],
    );
    title.textContent = text("muting.cellTitle", {
      truth: nameOf(shown, truth),
      answer: nameOf(shown, answer),
      count: indices.length,
      before: trained.confusion[truth][answer],
    });
    list.ariaLabel = title.textContent;
    list.replaceChildren(
      ...indices.map((index) => makeImage(/** @type {Shown} */ (shown), index, startFrom)),
    );
    roveByArrows(list).refresh();
  }

  table.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    const cell = /** @type {[number, number]} */ ([
      Number(button.dataset.truth),
      Number(button.dataset.answer),
    ]);
    open = String(cell) === String(open) ? null : cell;
    showImages();
  });

  return {
    /** @param {Shown} next */
    show(next) {
      shown = next;
      fillTable(table, next);
      roving.refresh();
      showImages();
    },
    clear() {
      shown = open = null;
      showImages();
    },
  };
}

/**
 * @param {Shown} shown
 * @param {number} answer the index of a class, or one more: rejected
 */
const nameOf = ({ labels }, answer) =>
  answer < labels.length ? named("classes", labels[answer]) : text("muting.rejected");

/**
 * @param {HTMLElement} table
 * @param {Shown} shown
 */
function fillTable(table, shown) {
  const { labels, now, trained, rejects } = shown;
  find(table, "caption", HTMLTableCaptionElement).textContent = text(
    rejects ? "muting.captionRejected" : "muting.caption",
  );
  table.classList.toggle(
    "words",
    labels.some(({ length }) => length > 2),
  );
  const head = element("<table><tr><td></td></tr></table>").querySelector("tr");
  const answers = rejects ? [...labels, "?"] : labels;
  const heads = answers.map((label, i) => {
    const cell = makeHead("col", label);
    cell.classList.toggle("rejected", i === labels.length);
    cell.querySelector("span")?.setAttribute("title", nameOf(shown, i));
    return cell;
  });
  head?.append(...heads);
  find(table, "thead", HTMLTableSectionElement).replaceChildren(head ?? "");
  const rows = labels.map((label, truth) => {
    const row = document.createElement("tr");
    row.append(makeHead("row", label));
    row.append(
      ...answers.map((_, answer) => {
        const count = now.confusion[truth][answer];
        return makeCell(shown, truth, answer, count, count - trained.confusion[truth][answer]);
      }),
    );
    return row;
  });
  find(table, "tbody", HTMLTableSectionElement).replaceChildren(...rows);
}

/**
 * @param {string} scope
 * @param {string} label
 */
function makeHead(scope, label) {
  const cell = document.createElement("th");
  cell.scope = scope;
  const span = cell.appendChild(document.createElement("span"));
  span.textContent = named("classes", label);
  return cell;
}

/**
 * @param {Shown} shown
 * @param {number} truth
 * @param {number} answer
 * @param {number} count
 * @param {number} difference
 */
function makeCell(shown, truth, answer, count, difference) {
  const cell = document.createElement("td");
  if (!count && !difference) return cell;
  const button = element('<button type="button"><b></b><small></small></button>');
  const isRight = truth === answer;
  const change = difference > 0 ? `+${difference}` : difference < 0 ? `−${-difference}` : "";
  find(button, "b").textContent = String(count);
  find(button, "small").textContent = change;
  Object.assign(button.dataset, { truth, answer, count, difference });
  button.classList.toggle("right", isRight);
  button.classList.toggle("worse", isRight ? difference < 0 : difference > 0);
  button.style.setProperty("--share", String(isRight ? 0 : Math.min(1, count / MANY)));
  button.ariaLabel = text(difference ? "muting.cellChanged" : "muting.cell", {
    truth: nameOf(shown, truth),
    answer: nameOf(shown, answer),
    count,
    change,
  });
  cell.append(button);
  return cell;
}

/**
 * @param {Shown} shown
 * @param {number} index
 * @param {(sketch: Sketch) => void} startFrom
 */
function makeImage(shown, index, startFrom) {
  const { images, trained, now } = shown;
  const picture = base64(images.levels.subarray(index * AREA, (index + 1) * AREA));
  const [truth, before] = [images.truths[index], trained.answers[index]].map((answer) =>
    nameOf(shown, answer),
  );
  const isNew = before !== nameOf(shown, now.answers[index]);
  const name = text(isNew ? "muting.imageChanged" : "muting.image", {
    truth,
    number: index + 1,
    before,
  });
  const button = imageButton(picture, name, startFrom);
  button.title = name;
  button.classList.toggle("new", isNew);
  return button;
}
