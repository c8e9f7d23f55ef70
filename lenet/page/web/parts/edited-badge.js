// Says that the network has been changed, and puts it back or saves it.

import { isEdited, NO_EDITS } from "../core/edits.js";
import { text } from "../core/texts.js";
import { saveCheckpoint } from "../core/zip.js";
import { find, fragment, setText } from "./dom.js";

/** @import { Store } from "../types" */

const MARKUP = `<span></span> <button type="button" name="restore"></button>
  <button type="button" name="save"></button>`;

/**
 * @param {HTMLElement} badge
 * @param {Store} state
 */
export function makeEditedBadge(badge, state) {
  badge.replaceChildren(fragment(MARKUP));
  setText(find(badge, "span"), text("edits.badge"));
  setText(find(badge, "[name=restore]"), text("edits.restore"));
  setText(find(badge, "[name=save]"), text("edits.save"));
  find(badge, "[name=restore]").addEventListener("click", () => state.set({ edits: NO_EDITS }));
  find(badge, "[name=save]").addEventListener("click", save);

  function save() {
    const network = state.get("network");
    if (!network) return;
    const zip = saveCheckpoint(network, state.get("edits"));
    const url = URL.createObjectURL(new Blob([zip], { type: "application/zip" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${network.name}-edited.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url));
  }

  const show = () => {
    badge.hidden = !isEdited(state.get("edits"));
  };
  show();
  return { close: state.subscribe(["edits"], show) };
}
