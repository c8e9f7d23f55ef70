/**
 * The element of `kind` that matches inside `root`.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`Nothing matches ${selector}.`);
  return /** @type {Kind} */ (found);
}

/**
 * What the markup describes. Never pass it anything that somebody else has written.
 * @param {string} markup
 */
export function fragment(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content;
}

/**
 * The one element that the markup describes.
 * @param {string} markup
 */
export function element(markup) {
  const { firstElementChild } = fragment(markup.trim());
  if (!(firstElementChild instanceof HTMLElement)) throw new Error("The markup has no element.");
  return firstElementChild;
}

/**
 * Shows a text. The same text again costs nothing, which counts while a person draws.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
