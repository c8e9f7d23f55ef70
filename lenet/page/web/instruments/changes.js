// Ink that would change the network's mind: the exact effect of single changes, and a short way.

import { shortAnswer } from "../core/format.js";
import { runnerUp } from "../core/numbers.js";
import { sketchOfInk } from "../core/robustness.js";
import { named, text } from "../core/texts.js";
import { isAbort } from "../core/workers.js";
import { makeChangePath } from "../parts/change-path.js";
import { makeChangePictures } from "../parts/change-pictures.js";
import { find, fragment, setText } from "../parts/dom.js";
import { whenResting } from "../parts/rest.js";

/** @import { DrawReading, Instrument, PathStep, Plane, Prediction } from "../types" */

const MARKUP = `
  <p class="intro"></p>
  <div class="controls">
    <label><span></span> <select name="target"></select></label>
    <label><span></span> <select name="size"><option value="2">2×2</option><option value="1">1×1</option></select></label>
    <progress max="1" value="0" hidden></progress>
  </div>
  <p class="blank" hidden></p>
  <div class="pictures"></div>
  <section class="path">
    <h2></h2><p class="note"></p>
    <div class="find"><button type="button" class="plain" name="find"></button><progress max="1" value="0" hidden></progress></div>
    <p class="stale" role="status"></p>
    <div class="walk" hidden></div>
  </section>`;

/** @type {Instrument} */
export default {
  id: "changes",
  title: () => text("changes.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body, state) {
  body.replaceChildren(fragment(MARKUP));
  const target = find(body, "[name=target]", HTMLSelectElement);
  const size = find(body, "[name=size]", HTMLSelectElement);
  const button = find(body, "[name=find]", HTMLButtonElement);
  const way = find(body, ".path");
  const [progress, pathProgress] = body.querySelectorAll("progress");
  const [targetName, sizeName] = body.querySelectorAll("label span");
  setText(find(body, ".intro"), text("changes.intro"));
  setText(targetName, text("changes.target"));
  setText(sizeName, text("changes.size"));
  setText(find(body, ".blank"), text("changes.blank"));
  setText(find(body, ".note"), text("changes.pathIntro"));
  progress.ariaLabel = pathProgress.ariaLabel = text("changes.progress");

  const area = find(body, ".pictures");
  const pictures = makeChangePictures(area);
  const path = makeChangePath(find(body, ".walk"), (picture) =>
    state.set({ sketch: sketchOfInk(picture) }),
  );
  /** @type {DrawReading | null} */
  let last = null;
  /** What the pictures show. @type {ReturnType<typeof question> | null} */
  let shown = null;
  /** What a path is searched for. @type {{ asked: ReturnType<typeof question>, abort(): void } | null} */
  let search = null;
  /** Where the path starts. @type {ReturnType<typeof question> | null} */
  let walked = null;

  function question() {
    const { network, prediction } = /** @type {DrawReading} */ (last);
    return {
      network: network.name,
      edits: state.get("edits"),
      input: prediction.networkInput,
      target: target.value || rival(prediction),
      size: Number(size.value),
    };
  }

  const rest = whenResting(async () => {
    const network = state.get("network");
    if (!network || last?.network.name !== network.name) return;
    const asked = question();
    try {
      const changes = await state.get("tasks").run("pixelChanges", network, asked.edits, asked, {
        onProgress: ({ done, total }) => showProgress(progress, done / total),
      });
      shown = asked;
      pictures.show({ ...asked, changes });
      area.ariaBusy = "false";
    } catch (error) {
      if (isAbort(error)) return;
      throw error;
    } finally {
      progress.hidden = true;
    }
  });

  function update() {
    if (!last) return;
    const { prediction } = last;
    const isBlank = prediction.state === "blank";
    const asked = question();
    find(body, ".blank").hidden = !isBlank;
    area.hidden = isBlank;
    way.hidden = isBlank;
    setText(
      find(body, ".path h2"),
      text("changes.path", { target: named("classes", asked.target) }),
    );
    if (search && !isSame(search.asked, asked)) search.abort();
    showButton(asked);
    setText(find(body, ".stale"), walked && !isSame(walked, asked) ? text("changes.stale") : "");
    if (isBlank) return rest.cancel();
    if (shown && isSame(shown, asked)) return;
    area.ariaBusy = "true";
    rest.schedule();
  }

  /** @param {ReturnType<typeof question>} asked */
  function showButton({ target }) {
    const isThere = last?.prediction.label === target;
    button.disabled = isThere && !search;
    const key = search ? "stop" : isThere ? "there" : "find";
    setText(button, text(`changes.${key}`, { target: named("classes", target) }));
  }

  async function findPath() {
    const network = state.get("network");
    if (!network || last?.network.name !== network.name) return;
    const asked = question();
    const controller = new AbortController();
    search = { asked, abort: () => controller.abort() };
    const answer = shortAnswer(last.prediction);
    /** @param {PathStep[]} steps */
    const show = (steps) => path.show({ ...asked, start: asked.input, answer, steps });
    let count = 0;
    way.ariaBusy = "true";
    showButton(asked);
    try {
      const found = await state.get("tasks").run("greedyPath", network, asked.edits, asked, {
        onProgress({ done, total, steps }) {
          showProgress(pathProgress, done / total);
          if (steps.length > count) show(steps);
          count = steps.length;
          find(body, ".walk").hidden = !count;
        },
        signal: controller.signal,
      });
      walked = asked;
      show(found.steps);
      find(body, ".walk").hidden = !found.steps.length;
      path.play();
      update();
      if (!found.reached)
        setText(
          find(body, ".stale"),
          text("changes.unreached", { target: named("classes", asked.target) }),
        );
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      pathProgress.hidden = true;
      search = null;
      way.ariaBusy = "false";
      showButton(question());
    }
  }

  target.addEventListener("change", update);
  size.addEventListener("change", update);
  button.addEventListener("click", () => {
    if (search) search.abort();
    else findPath();
  });

  return {
    /** @param {DrawReading} reading */
    show(reading) {
      if (last?.network.name !== reading.network.name) fillTargets(target, reading.prediction);
      last = reading;
      const { prediction } = reading;
      target.options[0].text = text(runnerUp(prediction) ? "changes.rival" : "changes.nearest", {
        label: named("classes", rival(prediction)),
      });
      update();
    },
    close() {
      rest.cancel();
      path.close();
    },
  };
}

/**
 * The class that is most probable after the answer; that of a non-digit is the most probable one.
 * @param {Prediction} prediction
 */
const rival = (prediction) => runnerUp(prediction)?.label ?? prediction.nearest;

/**
 * @param {HTMLSelectElement} select
 * @param {Prediction} prediction
 */
function fillTargets(select, { labels }) {
  select.replaceChildren(
    new Option("", ""),
    ...labels.map((label) => new Option(named("classes", label), label)),
  );
}

/**
 * @param {HTMLProgressElement} progress
 * @param {number} share
 */
function showProgress(progress, share) {
  progress.hidden = false;
  progress.value = share;
}

/**
 * Whether two questions have the same answer. Each reading has an input of its own.
 * @type {<Asked extends Record<string, unknown> & { input: Plane }>(a: Asked, b: Asked) => boolean}
 */
const isSame = (a, b) =>
  Object.keys(a).every((key) => key === "input" || a[key] === b[key]) &&
  a.input.data.every((value, i) => value === b.input.data[i]);
