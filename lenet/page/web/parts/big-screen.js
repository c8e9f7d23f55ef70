// Enlarges the page for a projector: in full screen where the browser allows it, or else in its window.

/** @import { Store } from "../types" */

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} button
 * @param {Store} state
 */
export function makeBigScreen(root, button, state) {
  function show() {
    root.classList.toggle("big", state.get("big"));
    button.ariaPressed = String(state.get("big"));
    if (!state.get("big") && document.fullscreenElement === root) document.exitFullscreen();
  }

  function toggle() {
    state.set({ big: !state.get("big") });
    // Browsers refuse it in frames that don't allow it; the page fills its window anyway.
    if (state.get("big")) root.requestFullscreen?.().catch(console.info);
  }

  function followBrowser() {
    if (!document.fullscreenElement) state.set({ big: false });
  }

  /** @param {KeyboardEvent} event */
  function leave(event) {
    // Whatever else Escape closes comes first.
    if (event.key === "Escape" && !event.defaultPrevented) state.set({ big: false });
  }

  button.addEventListener("click", toggle);
  addEventListener("keydown", leave);
  root.addEventListener("fullscreenchange", followBrowser);
  const unsubscribe = state.subscribe(["big"], show);
  show();

  return {
    close() {
      removeEventListener("keydown", leave);
      root.removeEventListener("fullscreenchange", followBrowser);
      unsubscribe();
    },
  };
}
