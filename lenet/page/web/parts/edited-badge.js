// Says that the network has been changed, and puts it back or saves it.

import { isEdited, NO_EDITS } from "../core/edits.js";
import { saveCheckpoint } from "../core/saving.js";
import { text } from "../core/texts.js";
import { find, fragment, hide, setText } from "./dom.js";
import { download } from "./download.js";

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

  find(badge, "[name=save]").addEventListener("click", () => {
    const network = state.get("network");
    if (!network) return;
    const data = saveCheckpoint(network, state.get("edits"));
    download(new Blob([data], { type: "application/zip" }), `${network.name}-edited.zip`);
  });

  function show() {
    if (isEdited(state.get("edits"))) badge.hidden = false;
    else hide(badge, badge.parentElement?.querySelector("input") ?? null);
  }
  show();
  return { close: state.subscribe(["edits"], show) };
}
