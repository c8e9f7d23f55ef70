/**
 * The element of type `kind` that matches `selector` inside `root`.
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
 * The DOM fragment for the markup. Never pass text from outside this program.
 * @param {string} markup
 */
export function fragment(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content;
}

/**
 * The single element for the markup.
 * @param {string} markup
 */
export function element(markup) {
  const { firstElementChild } = fragment(markup.trim());
  if (!(firstElementChild instanceof HTMLElement)) throw new Error("The markup has no element.");
  return firstElementChild;
}

/**
 * Sets an element's text only if it differs: this runs many times a second while a person draws.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Hides an element; if the focus is in it, `next` gets it.
 * @param {HTMLElement} element
 * @param {HTMLElement | null} next
 */
export function hide(element, next) {
  const hadFocus = element.matches(":focus-within");
  element.hidden = true;
  if (hadFocus) next?.focus({ preventScroll: true });
}

/**
 * Disables or enables a button; if it has the focus when it is disabled, `next` gets it.
 * @param {HTMLButtonElement} button
 * @param {boolean} isDisabled
 * @param {HTMLElement} next
 */
export function disable(button, isDisabled, next) {
  const hadFocus = isDisabled && button.matches(":focus");
  button.disabled = isDisabled;
  if (hadFocus) next.focus({ preventScroll: true });
}
