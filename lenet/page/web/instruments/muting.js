// What each map does: mute maps, rank them, and see what that costs on the test images.

import { isEdited, toggleMuted } from "../core/edits.js";
import { text } from "../core/texts.js";
import { isAbort } from "../core/workers.js";
import { makeCosts } from "../parts/costs.js";
import { find, fragment, hide } from "../parts/dom.js";
import { makeMapButtons } from "../parts/map-buttons.js";
import { makeRanking } from "../parts/ranking.js";

/** @import { DrawReading, Edits, Instrument, Plane } from "../types" */

const MARKUP = `
  <p class="intro"></p>
  <div class="mute-layers"></div>
  <button type="button" class="plain" name="unmute" hidden></button>
  <div class="columns">
  <section class="rank">
    <h2></h2><p class="note"></p>
    <button type="button" class="plain" name="rank"></button>
    <p class="stale" role="status"></p>
    <div class="ranking" hidden></div>
  </section>
  <section class="costs"><h2></h2><div></div></section>
  </div>`;

/** @type {Instrument} */
export default {
  id: "muting",
  title: () => text("muting.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body, state) {
  body.replaceChildren(fragment(MARKUP));
  find(body, ".intro").textContent = text("muting.intro");
  find(body, ".rank h2").textContent = text("muting.rankTitle");
  find(body, ".rank .note").textContent = text("muting.rankIntro");
  find(body, ".costs h2").textContent = text("muting.costsTitle");
  const unmute = find(body, "[name=unmute]", HTMLButtonElement);
  const rank = find(body, "[name=rank]", HTMLButtonElement);
  const stale = find(body, ".stale");
  unmute.textContent = text("muting.unmute");
  rank.textContent = text("muting.rank");

  /** @type {DrawReading | null} */
  let last = null;
  /** What the ranking is of. @type {{ input: Plane, edits: Edits, network: string } | null} */
  let ranked = null;

  /** @param {string} layer @param {number} map */
  const toggle = (layer, map) => state.set({ edits: toggleMuted(state.get("edits"), layer, map) });
  const maps = makeMapButtons(find(body, ".mute-layers"), toggle);
  const ranking = makeRanking(find(body, ".ranking"), toggle);
  const costs = makeCosts(find(body, ".costs > div"), state);

  async function rankMaps() {
    const network = state.get("network");
    if (!last || !network) return;
    const { networkInput: input, penalty, layers, nearest, label } = last.prediction;
    const edits = state.get("edits");
    rank.ariaBusy = "true";
    try {
      const effects = await state.get("tasks").run("rank", network, edits, { input, penalty });
      ranked = { input, edits, network: network.name };
      find(body, ".ranking").hidden = false;
      ranking.show({ effects, answer: nearest, label, layers });
      if (last) show(last);
    } catch (error) {
      if (isAbort(error)) return;
      stale.textContent = text("muting.failed");
    }
    rank.ariaBusy = "false";
  }

  /** Whether the ranking is no longer of what the page shows. @param {DrawReading} reading */
  function isStale({ prediction }) {
    if (!ranked) return false;
    const { data } = ranked.input;
    return (
      JSON.stringify(ranked.edits) !== JSON.stringify(state.get("edits")) ||
      prediction.networkInput.data.some((value, i) => value !== data[i])
    );
  }

  /** @param {DrawReading} reading */
  function show(reading) {
    const { prediction, network } = reading;
    const { muted } = state.get("edits");
    last = reading;
    if (ranked && ranked.network !== network.name) {
      ranked = null;
      find(body, ".ranking").hidden = true;
    }
    maps.show({ layers: prediction.layers, ranges: network.ranges, muted });
    ranking.mark(muted);
    rank.disabled = prediction.state === "blank";
    stale.textContent = isStale(reading) ? text("muting.stale") : "";
    if (isEdited({ muted, kernels: {} })) unmute.hidden = false;
    else hide(unmute, body.querySelector(".mute-maps [tabindex='0']"));
    costs.update();
  }

  rank.addEventListener("click", rankMaps);
  unmute.addEventListener("click", () =>
    state.set({ edits: { ...state.get("edits"), muted: {} } }),
  );
  return { show, close: costs.close };
}
