// The tour: small tasks, each done by what the visitor does. It stays out of the way until it is
// called.

import { text } from "../core/texts.js";
import { coalesced } from "../state.js";
import { disable, find, fragment, setText } from "./dom.js";

/** @import { Comparison, DrawReading, Store, TourSnapshot, TourTask } from "../types" */

const markup = () => `
  <h2 id="tour-title"></h2>
  <p role="status"></p>
  <div class="buttons">
    <button type="button" name="tour-back">${text("tour.back")}</button>
    <button type="button" name="tour-next"></button>
    <button type="button" name="tour-close" aria-label="${text("tour.close")}" title="${text("tour.close")}">×</button>
  </div>`;

/** What tasks look at, apart from readings. */
const KEYS = /** @type {const} */ ([
  "network",
  "sketch",
  "edits",
  "unit",
  "pinned",
  "before",
  "view",
  "same",
]);

/**
 * @param {object} options
 * @param {HTMLElement} options.root the page, which contains the section `#tour`
 * @param {HTMLElement} options.button opens and closes the tour
 * @param {Store} options.state
 * @param {TourTask[]} options.tasks
 */
export function makeTour({ root, button, state, tasks }) {
  const section = find(root, "#tour");
  section.replaceChildren(fragment(markup()));
  section.setAttribute("aria-labelledby", "tour-title");
  button.title = button.ariaLabel = text("tour.title");
  /** @type {Record<string, unknown>} What each view has shown last. */
  const readings = {};

  const current = () => tasks[state.get("tour").step];

  /** @param {Partial<ReturnType<typeof state.get<"tour">>>} changes */
  const change = (changes) => state.set({ tour: { ...state.get("tour"), ...changes } });

  function show() {
    const { isOpen, step, done } = state.get("tour");
    const network = state.get("network");
    section.hidden = !isOpen;
    button.ariaExpanded = String(isOpen);
    highlight();
    if (!isOpen || !network) return;
    const task = current();
    const isDone = done.includes(task.id);
    const numbers = { number: step + 1, total: tasks.length, title: task.title() };
    setText(find(section, "h2"), text("tour.heading", numbers));
    setText(find(section, "p"), isDone ? task.learned() : task.task(network));
    section.classList.toggle("done", isDone);
    const back = find(section, "[name=tour-back]", HTMLButtonElement);
    disable(back, step === 0, find(section, "[name=tour-next]"));
    setText(
      find(section, "[name=tour-next]"),
      text(step + 1 < tasks.length ? "tour.next" : "tour.finish"),
    );
  }

  function highlight() {
    const { isOpen, done } = state.get("tour");
    const isWanted = isOpen && !done.includes(current().id);
    const wanted = new Set(isWanted ? root.querySelectorAll(current().highlight) : []);
    for (const element of root.querySelectorAll(".tour-target")) {
      if (!wanted.has(element)) element.classList.remove("tour-target");
    }
    for (const element of wanted) element.classList.add("tour-target");
  }

  /** @returns {TourSnapshot | null} */
  function snapshot() {
    const network = state.get("network");
    if (!network) return null;
    const view = state.get("view");
    const draw = /** @type {DrawReading | undefined} */ (readings.draw);
    const compare = /** @type {Comparison | undefined} */ (readings.compare);
    return {
      network,
      sketch: state.get("sketch"),
      edits: state.get("edits"),
      unit: state.get("unit"),
      pinned: state.get("pinned"),
      before: state.get("before"),
      view,
      same: state.get("same"),
      prediction: view === "draw" && draw ? draw.prediction : null,
      comparison: view === "compare" && compare ? compare : null,
    };
  }

  // In a task of its own, so that the answer doesn't have to wait for it.
  const check = coalesced(() => {
    const { isOpen, done } = state.get("tour");
    const seen = snapshot();
    if (!isOpen || !seen) return;
    const { id, isDone } = current();
    if (!done.includes(id) && isDone(seen)) change({ done: [...done, id] });
    else highlight();
  }, setTimeout);

  function toggle() {
    const isOpen = !state.get("tour").isOpen;
    change({ isOpen });
    if (isOpen) section.focus({ preventScroll: true });
    else button.focus();
  }

  /** @param {number} by */
  function move(by) {
    const step = state.get("tour").step + by;
    if (step < tasks.length) change({ step });
    else toggle();
  }

  /** @param {KeyboardEvent} event */
  function leave(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    toggle();
  }

  button.addEventListener("click", toggle);
  section.addEventListener("keydown", leave);
  find(section, "[name=tour-back]").addEventListener("click", () => move(-1));
  find(section, "[name=tour-next]").addEventListener("click", () => move(1));
  find(section, "[name=tour-close]").addEventListener("click", toggle);
  const resizing = new ResizeObserver(() => {
    root.style.setProperty("--tour", `${section.offsetHeight}px`);
  });
  resizing.observe(section);
  const cleanups = [
    state.subscribe(["tour", "network"], show),
    state.subscribe(["tour", ...KEYS], check),
    () => resizing.disconnect(),
  ];
  show();

  return {
    /**
     * Looks at what a view has shown.
     * @param {string} view
     * @param {unknown} reading
     */
    observe(view, reading) {
      readings[view] = reading;
      if (state.get("tour").isOpen) check();
    },
    close() {
      for (const cleanUp of cleanups) cleanUp();
    },
  };
}
