import { text } from "../core/texts.js";

/** @typedef {{ id: string, title: string, element: HTMLElement }} Panel */

/**
 * The panels of the page that can be saved as pictures: parts of the tab that contains `inside`, its
 * open instruments except that one, and the other tabs that have been opened.
 * @param {HTMLElement} inside
 * @param {Set<string>} opened the ids of tabs
 * @returns {Panel[]}
 */
export function panelsOf(inside, opened) {
  const tab = inside.closest("[role=tabpanel]");
  if (!tab) return [];
  const own = inside.closest("details");
  /** @type {(root: ParentNode, selector: string) => HTMLElement[]} */
  const all = (root, selector) => [...root.querySelectorAll(selector)].filter(isHtml);
  return [
    ...all(tab, ".overview").map(panel("answer", text("takeAway.answer"))),
    ...all(tab, ".pad").map(panel("pad", text("takeAway.pad"))),
    ...all(tab, ".stack").map(panel("all-layers", text("takeAway.layers"))),
    ...all(tab, ".layer").map((layer) => ({
      id: layer.dataset.layer ?? "",
      title: layer.querySelector(".name")?.textContent ?? "",
      element: layer,
    })),
    ...all(tab, "section[id]:not(#results, [hidden])").map(named),
    ...all(tab, "details[open]:not([hidden])")
      .filter((details) => details !== own)
      .map(named),
    ...all(tab.parentElement ?? tab, ":scope > [role=tabpanel]")
      .filter((other) => other !== tab && opened.has(other.id))
      .map(named),
  ];
}

/** @type {(element: Element) => element is HTMLElement} */
const isHtml = (element) => element instanceof HTMLElement;

/** @type {(id: string, title: string) => (element: HTMLElement) => Panel} */
const panel = (id, title) => (element) => ({ id, title, element });

/**
 * A panel with the name that it shows or that another element gives it.
 * @param {HTMLElement} element
 * @returns {Panel}
 */
function named(element) {
  const labels = element.ariaLabelledByElements ?? [];
  const own = element.querySelector("summary, h2")?.textContent;
  const title = labels[0]?.textContent ?? own ?? element.ariaLabel ?? element.id;
  return { id: element.id, title, element };
}
