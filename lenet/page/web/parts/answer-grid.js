// A grid of answers to variants of a drawing: a button for each, one tab stop for all.

import { percent } from "../core/format.js";
import { GRIDS } from "../core/robustness.js";
import { named, text } from "../core/texts.js";
import { classColours } from "./class-colours.js";
import { element, find } from "./dom.js";
import { roveByArrows } from "./roving.js";

/** @import { Bend, CompassCell } from "../types" */
/** @typedef {{ cells: CompassCell[][], labels: string[], digits: boolean }} Answers */

/**
 * @param {string} name one of GRIDS
 * @param {(bend: Bend) => void} onChoose
 */
export function makeAnswerGrid(name, onChoose) {
  const { columns, rows } = GRIDS[name];
  const figure = element(
    '<figure class="compass-grid"><figcaption></figcaption><div role="grid"></div><p class="reading" role="status"></p></figure>',
  );
  const grid = find(figure, "[role=grid]");
  figure.dataset.grid = name;
  find(figure, "figcaption").textContent = text(`compass.${name}`);
  grid.ariaLabel = text(`compass.${name}`);
  grid.append(
    makeRow([
      element('<span role="gridcell"></span>'),
      ...columns.values.map((value) => makeHead("columnheader", formatted(columns.key, value))),
    ]),
    ...rows.values.map((value) =>
      makeRow([
        makeHead("rowheader", formatted(rows.key, value)),
        ...columns.values.map(() =>
          element('<div role="gridcell"><button type="button" tabindex="-1"></button></div>'),
        ),
      ]),
    ),
  );
  const buttons = [...grid.querySelectorAll("button")];
  const middle = (buttons.length - 1) / 2;
  buttons[middle].tabIndex = 0;
  buttons[middle].classList.add("middle");
  roveByArrows(grid);
  /** @type {CompassCell[]} */
  let cells = [];

  /** @param {HTMLButtonElement} button */
  function tell(button) {
    find(figure, ".reading").textContent = button.ariaLabel ?? "";
  }

  grid.addEventListener("click", ({ target }) => {
    const cell = cells[buttons.indexOf(/** @type {HTMLButtonElement} */ (target))];
    if (cell) onChoose(cell.bend);
  });
  for (const event of ["focusin", "pointerover"]) {
    grid.addEventListener(event, ({ target }) => {
      if (target instanceof HTMLButtonElement) tell(target);
    });
  }

  return {
    figure,
    /** @param {boolean} isBusy */
    setBusy(isBusy) {
      grid.ariaBusy = String(isBusy);
    },
    /** @param {Answers} answers */
    show(answers) {
      cells = answers.cells.flat();
      for (const [i, cell] of cells.entries()) drawCell(buttons[i], cell, name, answers);
      grid.ariaBusy = "false";
    },
  };
}

/** @param {HTMLElement[]} children */
function makeRow(children) {
  const row = element('<div role="row"></div>');
  row.append(...children);
  return row;
}

/** @type {(role: string, words: string) => HTMLElement} */
function makeHead(role, words) {
  const head = document.createElement("span");
  head.setAttribute("role", role);
  head.textContent = words;
  return head;
}

/**
 * @param {HTMLButtonElement} button
 * @param {CompassCell} cell
 * @param {string} name
 * @param {Answers} answers
 */
function drawCell(button, cell, name, { labels, digits }) {
  const { state, label, nearest, probability } = cell;
  const colours = label === null ? null : classColours(labels.indexOf(label), probability);
  button.textContent = state === "blank" ? "–" : (shortened(label, digits) ?? "?");
  button.style.background = colours?.background ?? "";
  button.style.color = colours?.text ?? "";
  button.dataset.answer = label ?? "";
  const answer = text(
    state === "blank" ? "compass.blank" : label === null ? "compass.rejected" : "compass.answer",
    { label: named("classes", nearest), share: percent(probability) },
  );
  button.ariaLabel = text(`compass.${name}Cell`, { ...formattedBend(cell.bend), answer });
}

/**
 * Two letters of a class that is not a digit; the legend has its name.
 * @param {string | null} label
 * @param {boolean} digits
 */
const shortened = (label, digits) =>
  digits || label === null ? label : named("classes", label).slice(0, 2);

/** @param {Bend} bend */
const formattedBend = (bend) =>
  Object.fromEntries(
    Object.entries(bend).map(([key, value]) => [
      key,
      formatted(/** @type {keyof Bend} */ (key), value),
    ]),
  );

/** @type {(key: keyof Bend, value: number) => string} */
function formatted(key, value) {
  const number = key === "right" || key === "down" ? Math.round(value * 100) : value;
  const signed = `${number}`.replace("-", "−").replace(".", text("page.decimal"));
  if (key === "turn") return `${signed}°`;
  if (key === "size" || key === "thickness") return `×${signed}`;
  return key === "slant" ? signed : text("page.percent", { number: signed });
}
