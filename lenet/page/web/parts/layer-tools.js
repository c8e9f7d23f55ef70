// The line above the layers: an invitation, the badge of a changed network, and switches.

import { isEdited } from "../core/edits.js";
import { text } from "../core/texts.js";
import { find, setText } from "./dom.js";
import { makeEditedBadge } from "./edited-badge.js";

/** @import { Store } from "../types" */

/**
 * @param {HTMLElement} panel
 * @param {Store} state
 */
export function makeLayerTools(panel, state) {
  setText(find(panel, "#layer-keys"), text("layers.keys"));
  setText(find(panel, ".layer-tools .invitation"), text("layers.invitation"));
  const badge = makeEditedBadge(find(panel, "#edited"), state);
  const cleanups = [
    makeSwitch("before", text("layers.before")),
    makeSwitch("kernels", text("layers.showKernels")),
  ];

  /**
   * Connects a check box with the state; returns a function that unsubscribes.
   * @param {"before" | "kernels"} name
   * @param {string} label
   */
  function makeSwitch(name, label) {
    const box = find(panel, `[name=${name}]`, HTMLInputElement);
    setText(/** @type {Element} */ (box.nextElementSibling), label);
    const follow = () => {
      box.checked = state.get(name);
    };
    follow();
    box.addEventListener("change", () => state.set({ [name]: box.checked }));
    return state.subscribe([name], follow);
  }

  const invite = () => {
    const isQuiet = state.get("unit") !== null || isEdited(state.get("edits"));
    find(panel, ".layer-tools .invitation").hidden = isQuiet;
  };
  invite();
  cleanups.push(state.subscribe(["unit", "edits"], invite));

  return {
    close() {
      for (const cleanUp of cleanups) cleanUp();
      badge.close();
    },
  };
}
