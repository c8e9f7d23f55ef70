// The reading as JSON, a panel as a picture, and the page in words.

import { readingJson } from "../core/reading-json.js";
import { summaries } from "../core/summaries.js";
import { text } from "../core/texts.js";
import { element, find, fragment, setText } from "../parts/dom.js";
import { download } from "../parts/download.js";
import { panelsOf } from "../parts/panels.js";
import { pictureOf } from "../parts/pictures.js";

/** @import { DrawReading, Instrument, Summary } from "../types" */

const MARKUP = `
  <div class="files">
    <div><p></p><button type="button" name="json"></button></div>
    <div>
      <p></p>
      <label><span></span> <select name="panel"></select></label>
      <label><span></span> <select name="scale"></select></label>
      <button type="button" name="png"></button>
    </div>
  </div>
  <p class="intro"></p>
  <dl></dl>
  <button type="button" name="copy"></button>
  <p class="status" role="status"></p>`;

const SCALES = [2, 3, 4];

/** @type {Instrument} */
export default {
  id: "take-away",
  title: () => text("takeAway.title"),
  fits: () => true,
  mount,
};

/** @type {Instrument["mount"]} */
function mount(body, state) {
  body.replaceChildren(fragment(MARKUP));
  label(body);
  const choice = find(body, "[name=panel]", HTMLSelectElement);
  const scale = find(body, "[name=scale]", HTMLSelectElement);
  scale.append(...SCALES.map((s) => new Option(text("takeAway.times", { scale: s }), `${s}`)));
  const opened = new Set([state.get("view")]);
  /** @type {DrawReading | null} */
  let last = null;

  /** @param {string} words */
  const say = (words) => setText(find(body, ".status"), words);

  const panels = () => panelsOf(body, opened);

  function list() {
    const chosen = choice.value;
    const options = panels().map(({ id, title }) => new Option(title, id));
    const isNew = options.map(({ text }) => text).join() !== textsOf(choice);
    if (isNew) choice.replaceChildren(...options);
    if (isNew && options.some(({ value }) => value === chosen)) choice.value = chosen;
  }

  async function savePicture() {
    const panel = panels().find(({ id }) => id === choice.value);
    const picture =
      panel && (await pictureOf(panel.element, Number(scale.value)).catch(() => null));
    if (panel && picture) download(picture, `lenet-${panel.id}.png`);
    say(picture ? "" : text("takeAway.failed"));
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(wordsOf(find(body, "dl")));
      say(text("takeAway.copied"));
    } catch {
      say(text("takeAway.notCopied"));
    }
  }

  // Instruments may have been opened or closed meanwhile.
  choice.addEventListener("focus", list);
  find(body, "[name=png]").addEventListener("click", savePicture);
  find(body, "[name=copy]").addEventListener("click", copy);
  find(body, "[name=json]").addEventListener("click", () => {
    if (!last) return;
    const content = JSON.stringify(readingJson(last, state.get("edits")));
    download(new Blob([content], { type: "application/json" }), "lenet-reading.json");
  });

  return {
    /** @param {DrawReading} reading */
    show(reading) {
      last = reading;
      list();
      drawSummaries(find(body, "dl"), summaries(reading));
    },
    close: state.subscribe(["view"], () => opened.add(state.get("view"))),
  };
}

/** @param {HTMLElement} body */
function label(body) {
  const [json, picture] = body.querySelectorAll(".files p");
  const [panel, scale] = body.querySelectorAll("label span");
  setText(json, text("takeAway.jsonIntro"));
  setText(picture, text("takeAway.pictureIntro"));
  setText(panel, text("takeAway.panel"));
  setText(scale, text("takeAway.scale"));
  setText(find(body, ".intro"), text("takeAway.summaryIntro"));
  for (const name of ["json", "png", "copy"]) {
    setText(find(body, `[name=${name}]`), text(`takeAway.${name}`));
  }
}

/** @param {HTMLSelectElement} choice */
const textsOf = (choice) => [...choice.options].map((option) => option.text).join();

/**
 * @param {HTMLElement} list
 * @param {Summary[]} found
 */
function drawSummaries(list, found) {
  const parts = found.map(({ part }) => part).join();
  if (list.dataset.parts !== parts) {
    list.dataset.parts = parts;
    list.replaceChildren(...found.map(() => element("<div><dt></dt><dd></dd></div>")));
  }
  found.forEach(({ title, text: words }, i) => {
    setText(find(list.children[i], "dt"), title);
    setText(find(list.children[i], "dd"), words);
  });
}

/** @param {HTMLElement} list */
const wordsOf = (list) =>
  Array.from(list.children, (item) =>
    Array.from(item.children, ({ textContent }) => textContent).join(": "),
  ).join("\n");
