// What the changes to a network cost: accuracy and confusions on the test images, in a worker.

import { isEdited, NO_EDITS } from "../core/edits.js";
import { SketchpadError } from "../core/errors.js";
import { grouped } from "../core/format.js";
import { testSet } from "../core/test-set.js";
import { text } from "../core/texts.js";
import { isAbort } from "../core/workers.js";
import { makeConfusion } from "./confusion.js";
import { find, fragment, hide } from "./dom.js";

/** @import { Edits, Evaluation, Network, Store, TestSet } from "../types" */

const MARKUP = `
  <p class="note"></p>
  <button type="button" class="plain" name="evaluate"></button>
  <label class="progress" hidden><span></span> <progress max="1" value="0"></progress></label>
  <output class="summary"></output>
  <div class="confusion" hidden></div>`;

/**
 * @param {HTMLElement} parent
 * @param {Store} state
 */
export function makeCosts(parent, state) {
  parent.replaceChildren(fragment(MARKUP));
  const button = find(parent, "[name=evaluate]", HTMLButtonElement);
  const note = find(parent, ".note");
  note.tabIndex = -1;
  const progress = find(parent, ".progress");
  const summary = find(parent, ".summary");
  const table = find(parent, ".confusion");
  const confusion = makeConfusion(table, (sketch) => state.set({ sketch }));
  /** @type {WeakMap<Network, Promise<Evaluation>>} */
  const trained = new WeakMap();
  /** The network whose images a visitor asked to have read, and the edits of the last run. */
  /** @type {Network | null} */
  let network = null;
  /** @type {Edits | null} */
  let edits = null;
  /** Ends the evaluation of edits that have been replaced. */
  let running = new AbortController();

  /**
   * @param {Network} of
   * @param {Edits} changes
   * @param {TestSet} images
   * @param {string} label
   * @param {AbortSignal} [signal]
   */
  function evaluate(of, changes, images, label, signal) {
    return state.get("tasks").run("evaluate", of, changes, images, {
      onProgress({ done, total }) {
        if (network === of) showProgress(label, done, total);
      },
      signal,
    });
  }

  /** @param {string} label @param {number} done @param {number} total */
  function showProgress(label, done, total) {
    progress.hidden = false;
    find(progress, "span").textContent = text(label, {
      done: grouped(done),
      total: grouped(total),
    });
    find(progress, "progress", HTMLProgressElement).value = done / total;
  }

  /** The evaluation without changes, which outlives changes. @param {Network} of @param {TestSet} images */
  function asTrained(of, images) {
    const known = trained.get(of) ?? evaluate(of, NO_EDITS, images, "muting.asTrained");
    trained.set(of, known);
    known.catch(() => trained.delete(of));
    return known;
  }

  /** Whether a different network or different edits were chosen. @param {Network} of @param {Edits} changes */
  const isOld = (of, changes) => network !== of || edits !== changes;

  /** @param {Network} of @param {Edits} changes */
  async function read(of, changes) {
    const images = await testSet(state.get("files"), /** @type {string} */ (of.testSheet));
    const before = await asTrained(of, images);
    if (isOld(of, changes)) return;
    const now = isEdited(changes)
      ? await evaluate(of, changes, images, "muting.withChanges", running.signal)
      : before;
    if (isOld(of, changes)) return;
    summary.textContent = summaryOf(now, before, isEdited(changes));
    Object.assign(summary.dataset, { right: now.right, trained: before.right });
    table.hidden = false;
    confusion.show({
      labels: of.labels,
      images,
      now,
      trained: before,
      rejects: of.predictor.config.threshold !== null,
    });
  }

  async function update() {
    const of = state.get("network");
    if (!of?.testSheet || network !== of || edits === state.get("edits")) return;
    const changes = state.get("edits");
    edits = changes;
    running.abort();
    running = new AbortController();
    table.ariaBusy = "true";
    try {
      await read(of, changes);
    } catch (error) {
      if (isAbort(error) || isOld(of, changes)) return;
      reset();
      summary.textContent = error instanceof SketchpadError ? error.message : text("muting.failed");
    }
    if (isOld(of, changes)) return;
    progress.hidden = true;
    table.ariaBusy = "false";
  }

  button.addEventListener("click", () => {
    network = state.get("network");
    hide(button, note);
    update();
  });

  /** Shows the start again, for a different network. */
  function reset() {
    network = edits = null;
    running.abort();
    confusion.clear();
    table.hidden = progress.hidden = true;
    summary.textContent = "";
    const hasImages = Boolean(state.get("network")?.testSheet);
    button.hidden = !hasImages;
    button.textContent = text("muting.evaluate");
    note.textContent = text(hasImages ? "muting.costsIntro" : "muting.noImages");
  }

  const unsubscribe = state.subscribe(["network"], reset);
  reset();
  return { update, close: unsubscribe };
}

/**
 * @param {Evaluation} now
 * @param {Evaluation} before
 * @param {boolean} isChanged
 */
function summaryOf(now, before, isChanged) {
  const total = grouped(now.answers.length);
  const values = { right: grouped(now.right), total, before: grouped(before.right) };
  if (!isChanged) return text("muting.resultTrained", values);
  const count = Math.abs(now.right - before.right);
  if (!count) return text("muting.resultSame", values);
  return text(now.right < before.right ? "muting.resultFewer" : "muting.resultMore", {
    ...values,
    count,
  });
}
