import { filledFormula, misfit } from "../core/summary.js";
import { text } from "../core/texts.js";
import { find } from "./dom.js";

/** @import { Window } from "../types" */

/** @type {{ name: keyof Window, title: string, min: number, value: number }[]} */
const FIELDS = [
  { name: "n", title: "table.input", min: 1, value: 28 },
  { name: "k", title: "table.kernel", min: 1, value: 5 },
  { name: "p", title: "table.padding", min: 0, value: 4 },
  { name: "s", title: "table.stride", min: 1, value: 1 },
];
const MAX = 999;

export const calculatorMarkup = () => `
  <fieldset id="calculator">
    <legend>${text("table.question")}</legend>
    <p>${text("table.window")}</p>
    ${FIELDS.map(
      ({ name, title, min, value }) =>
        `<label>${text(title)} <input name="${name}" type="number" inputmode="numeric" ` +
        `min="${min}" max="${MAX}" step="1" value="${value}" required></label>`,
    ).join("\n")}
    <output aria-live="polite"></output>
  </fieldset>`;

/**
 * Computes the size of a layer's output while a person types.
 * @param {HTMLElement} fieldset made of `calculatorMarkup`
 */
export function makeCalculator(fieldset) {
  const inputs = [...fieldset.querySelectorAll("input")];
  let formula = "";
  const output = find(fieldset, "output");

  function show() {
    const wrong = inputs.find((input) => !input.validity.valid);
    const [n, k, p, s] = inputs.map((input) => input.valueAsNumber);
    const window = { n, k, p, s };
    const problem = wrong
      ? text("table.whole", { name: wrong.name, min: wrong.min, max: wrong.max })
      : misfit(window);
    output.textContent = problem || filledFormula(formula, window);
    output.classList.toggle("size", !problem);
  }

  fieldset.addEventListener("input", show);

  return {
    /** @param {string} next Python's size formula */
    setFormula(next) {
      formula = next;
      show();
    },
    /** @param {Window} window */
    fill(window) {
      for (const input of inputs)
        input.value = String(window[/** @type {keyof Window} */ (input.name)]);
      show();
      fieldset.scrollIntoView({ block: "nearest" });
    },
  };
}
