// All maps of one drawing, ranked by what muting each does to the answer.

import { factorOf, percent } from "../core/format.js";
import { named, text } from "../core/texts.js";
import { element, find, fragment, hide } from "./dom.js";
import { mapName } from "./map-buttons.js";

/** @import { Layer, MapEffect, Muted } from "../types" */
/**
 * The effects, the answer before, the names of the answer without a map, and the layers.
 * @typedef {{ effects: MapEffect[], answer: string, label: string | null, layers: Layer[] }} Ranking
 */

/** Rows on either side until a visitor asks for all. */
const FIRST = 8;
/** Effects on the log-odds that are too small to mention. */
const NOTHING = 0.01;

const MARKUP = `
  <div class="sides">
    <section><h3></h3><ol></ol></section>
    <section><h3></h3><ol></ol></section>
  </div>
  <button type="button" class="plain" name="all" hidden></button>`;

/**
 * @param {HTMLElement} parent
 * @param {(layer: string, map: number) => void} onToggle
 */
export function makeRanking(parent, onToggle) {
  parent.replaceChildren(fragment(MARKUP));
  const all = find(parent, "[name=all]", HTMLButtonElement);
  const sections = [...parent.querySelectorAll("section")];
  /** @type {Ranking | null} */
  let shown = null;
  /** @type {Muted} */
  let marked = {};

  /** @param {number} limit */
  function build(limit) {
    if (!shown) return;
    const { effects, answer } = shown;
    const ranking = shown;
    const sides = [
      effects.filter(({ effect }) => effect > NOTHING),
      effects.filter(({ effect }) => effect < -NOTHING).reverse(),
    ];
    const largest = Math.max(...effects.map(({ effect }) => Math.abs(effect)));
    const values = { answer: named("classes", answer) };
    const titles = [text("muting.for", values), text("muting.against", values)];
    sections.forEach((section, side) => {
      find(section, "h3").textContent = titles[side];
      const rows = sides[side].slice(0, limit);
      find(section, "ol").replaceChildren(
        ...rows.map((effect) => makeRow(effect, ranking, largest)),
      );
      section.hidden = !rows.length;
    });
    const hidden = sides.some(({ length }) => length > limit);
    if (hidden) all.hidden = false;
    else hide(all, parent.querySelector("li button"));
    all.textContent = text("muting.showAll", { count: sides[0].length + sides[1].length });
    markRows();
  }

  function markRows() {
    for (const row of parent.querySelectorAll("li button")) {
      const { layer = "", map } = /** @type {HTMLElement} */ (row).dataset;
      row.ariaPressed = String(marked[layer]?.includes(Number(map)) ?? false);
    }
  }

  all.addEventListener("click", () => build(Number.POSITIVE_INFINITY));
  parent.addEventListener("click", ({ target }) => {
    const row = target instanceof Element ? target.closest("li button") : null;
    if (row instanceof HTMLElement) onToggle(row.dataset.layer ?? "", Number(row.dataset.map));
  });

  return {
    /** @param {Ranking} ranking */
    show(ranking) {
      shown = ranking;
      build(FIRST);
    },
    /** @param {Muted} muted */
    mark(muted) {
      marked = muted;
      markRows();
    },
  };
}

/**
 * @param {MapEffect} effect
 * @param {Ranking} ranking
 * @param {number} largest the largest effect
 */
function makeRow(effect, { answer, label: before, layers }, largest) {
  const row = element(
    '<li><button type="button"><span class="name"></span><span class="bar"><i></i></span>' +
      '<span class="factor"></span><span class="flip"></span></button></li>',
  );
  const button = find(row, "button");
  const layer = layers.find(({ name }) => name === effect.layer);
  const name = layer ? mapName(layer, effect.map) : "";
  const factor = factorOf(effect.effect);
  button.dataset.layer = effect.layer;
  button.dataset.map = String(effect.map);
  button.dataset.effect = String(effect.effect);
  find(row, ".name").textContent = name;
  find(row, ".bar i").style.width = `${(100 * Math.abs(effect.effect)) / largest}%`;
  find(row, ".factor").textContent = `${effect.effect > 0 ? "÷" : "×"} ${factor}`;
  const { label, probability } = effect;
  const flip = label === before ? "" : named("classes", label ?? "?");
  const share = document.createElement("span");
  share.textContent = flip && label ? ` (${percent(probability)})` : "";
  find(row, ".flip").append(flip && `→ ${flip}`, share);
  const key = effect.effect > 0 ? "muting.less" : "muting.more";
  const sentence = text(key, { map: name, answer: named("classes", answer), factor });
  button.ariaLabel = flip
    ? `${sentence} ${text("muting.becomes", { answer: label ? flip : text("muting.rejected") })}`
    : sentence;
  button.title = button.ariaLabel;
  return row;
}
