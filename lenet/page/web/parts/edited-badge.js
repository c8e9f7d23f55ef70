// Says that the network has been changed, and puts it back or saves it.

import { isEdited, NO_EDITS } from "../core/edits.js";
import { text } from "../core/texts.js";
import { find, fragment, setText } from "./dom.js";

/** @import { Store } from "../types" */

const MARKUP = `<span></span> <button type="button" name="restore"></button>`;

/**
 * @param {HTMLElement} badge
 * @param {Store} state
 */
export function makeEditedBadge(badge, state) {
  badge.replaceChildren(fragment(MARKUP));
  setText(find(badge, "span"), text("edits.badge"));
  setText(find(badge, "[name=restore]"), text("edits.restore"));
  find(badge, "[name=restore]").addEventListener("click", () => state.set({ edits: NO_EDITS }));

  const show = () => {
    badge.hidden = !isEdited(state.get("edits"));
  };
  show();
  return { close: state.subscribe(["edits"], show) };
}
