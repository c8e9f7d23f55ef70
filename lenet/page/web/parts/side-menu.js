// The network of one side of a comparison: that of the page, or one of its own.

import { isEdited } from "../core/edits.js";
import { SketchpadError } from "../core/errors.js";
import { NotReachable } from "../core/files.js";
import { menuTitle } from "../core/format.js";
import { text } from "../core/texts.js";

/** @import { Network, Store } from "../types" */

/**
 * Fills the menu and keeps it up to date.
 * @param {object} options
 * @param {HTMLSelectElement} options.select
 * @param {Store} options.state
 * @param {() => Network | null} options.chosen the network of this side; null is that of the page
 * @param {(network: Network | null) => void} options.onChoose
 * @param {(sentence: string) => void} options.note
 */
export function makeSideMenu({ select, state, chosen, onChoose, note }) {
  function fill() {
    const models = state.get("menu");
    select.replaceChildren(
      new Option("", ""),
      ...models.map((model) => new Option(menuTitle(model), model.name)),
    );
    namePage();
    mark();
  }

  /** Says whether the network of the page is still the trained one. */
  function namePage() {
    const key = isEdited(state.get("edits")) ? "changedNetwork" : "pageNetwork";
    select.options[0].text = text(`compare.${key}`);
  }

  function mark() {
    select.value = chosen()?.name ?? "";
  }

  async function choose() {
    const name = select.value;
    note("");
    try {
      const network = name ? await state.get("gallery").network(name) : null;
      if (select.value === name) onChoose(network);
    } catch (error) {
      if (!(error instanceof SketchpadError || error instanceof NotReachable)) throw error;
      note(error instanceof SketchpadError ? error.message : text("compare.notLoaded"));
      mark();
    }
  }

  select.addEventListener("change", choose);
  const cleanups = [
    state.subscribe(["menu"], fill),
    state.subscribe(["edits"], namePage),
    state.subscribe(["sides"], mark),
  ];
  fill();
  return {
    close() {
      for (const cleanUp of cleanups) cleanUp();
    },
  };
}
