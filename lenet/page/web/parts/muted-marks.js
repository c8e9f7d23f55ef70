// Marks of muted maps and units in the layers of the page.

import { element } from "./dom.js";
import { stripSize } from "./layer-stack.js";

/** @import { Layer, Muted } from "../types" */

/**
 * Marks muted maps (class `muted`), and covers muted units of a strip.
 * @param {HTMLElement} stack contains a figure for each layer except the input
 * @param {Layer[]} layers
 * @param {Muted} muted
 */
export function markMuted(stack, layers, muted) {
  const key = JSON.stringify(muted);
  layers.slice(1).forEach(({ name, shape }, i) => {
    const maps = stack.children[i]?.querySelector(".maps");
    // A figure without the key is new.
    if (!(maps instanceof HTMLElement) || (maps.dataset.muted ?? "{}") === key) return;
    maps.dataset.muted = key;
    const numbers = muted[name] ?? [];
    maps.querySelectorAll(".map").forEach((tile, map) => {
      tile.classList.toggle("muted", numbers.includes(map));
    });
    for (const cover of maps.querySelectorAll(".unit.muted")) cover.remove();
    if (maps.classList.contains("strip")) {
      maps.append(...numbers.map((unit) => makeCover(unit, shape[0])));
    }
  });
}

/**
 * @param {number} unit
 * @param {number} count
 */
function makeCover(unit, count) {
  const { columns, rows } = stripSize(count);
  const cover = element('<i class="unit muted" aria-hidden="true"></i>');
  Object.assign(cover.style, {
    left: `${(100 * (unit % columns)) / columns}%`,
    top: `${(100 * Math.floor(unit / columns)) / rows}%`,
    width: `${100 / columns}%`,
    height: `${100 / rows}%`,
  });
  return cover;
}
