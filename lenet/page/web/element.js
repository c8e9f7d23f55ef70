// The element <lenet-sketchpad>, for other pages. The attribute `network` names the network that is
// selected first, and `lesson` holds a lesson, such as the end of a link after the #; the address of
// the other page is never read. The content is part of the other page, so its events bubble there,
// including `reading`.

import { start } from "./main.js";
import { fromServer, HOME } from "./served.js";

const SCHEME = "(prefers-color-scheme: dark)";

/** @type {WeakMap<Node, Promise<unknown>>} */
const styled = new WeakMap();

/**
 * Adds the style sheet to a document or shadow root, once; resolves when it applies.
 * @param {Document | ShadowRoot} root
 */
function addStyle(root) {
  if (!styled.has(root)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("style.css", import.meta.url).href;
    const settled = new Promise((resolve) => {
      link.onload = link.onerror = resolve;
    });
    styled.set(root, settled);
    (root instanceof Document ? root.head : root).append(link);
  }
  return styled.get(root);
}

/** Defines the element. Its class can't exist in workers, which load the same file. */
export function defineElement() {
  class LenetSketchpad extends HTMLElement {
    #scheme = matchMedia(SCHEME);
    #follow = () => this.classList.toggle("dark", this.#scheme.matches);
    /** @type {ReturnType<typeof start> | undefined} */
    #page;
    #onLesson = () => {};

    static observedAttributes = ["lesson"];

    async connectedCallback() {
      const root = this.getRootNode();
      this.#follow();
      this.#scheme.addEventListener("change", this.#follow);
      if (root instanceof Document || root instanceof ShadowRoot) await addStyle(root);
      if (!this.isConnected || this.#page) return;
      const shell = document.createElement("div");
      shell.className = "sketchpad";
      this.replaceChildren(shell);
      this.#page = start(shell, {
        ...fromServer(),
        network: this.getAttribute("network") ?? undefined,
        language: this.closest("[lang]")?.getAttribute("lang") ?? undefined,
        place: {
          read: () => this.getAttribute("lesson")?.replace(/^#/, "") ?? "",
          home: () => HOME.href,
          watch: (listener) => {
            this.#onLesson = listener;
            return () => {
              this.#onLesson = () => {};
            };
          },
        },
      });
    }

    attributeChangedCallback() {
      this.#onLesson();
    }

    disconnectedCallback() {
      this.#scheme.removeEventListener("change", this.#follow);
      this.#page?.close();
      this.#page = undefined;
    }
  }

  customElements.define("lenet-sketchpad", LenetSketchpad);
}
