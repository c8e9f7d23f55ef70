// A button for each map and unit of the hidden layers, which mutes it.

import { text } from "../core/texts.js";
import { element, find } from "./dom.js";
import { isStrip } from "./layer-places.js";
import { paintValues } from "./maps.js";
import { roveByArrows } from "./roving.js";

/** @import { Layer, LayerRange, Muted } from "../types" */
/** @typedef {{ layers: Layer[], ranges: LayerRange[], muted: Muted }} Shown */

/**
 * @param {HTMLElement} parent
 * @param {(layer: string, map: number) => void} onToggle
 */
export function makeMapButtons(parent, onToggle) {
  let shapes = "";

  /** @param {Layer[]} layers */
  function build(layers) {
    parent.replaceChildren(...layers.map((layer) => makeGroup(layer)));
  }

  parent.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (button) onToggle(button.dataset.layer ?? "", Number(button.dataset.map));
  });

  return {
    /** @param {Shown} shown */
    show({ layers, ranges, muted }) {
      const hidden = layers.slice(1, -1);
      const found = hidden.map(({ name, shape }) => name + shape).join();
      if (found !== shapes) build(hidden);
      shapes = found;
      hidden.forEach((layer, i) => {
        const buttons = parent.children[i].querySelectorAll("button");
        const [, height, width] = layer.shape;
        buttons.forEach((button, map) => {
          const canvas = find(button, "canvas", HTMLCanvasElement);
          paintValues(canvas, layer.data, map * height * width, ranges[i + 1].values);
          button.ariaPressed = String(isMuted(muted, layer.name, map));
        });
      });
    },
  };
}

/**
 * The name of a map, or of a unit of a dense layer.
 * @param {Layer} layer
 * @param {number} map from 0
 */
export const mapName = (layer, map) =>
  text(isStrip(layer) ? "muting.unit" : "muting.map", { layer: layer.name, number: map + 1 });

/** @type {(muted: Muted, layer: string, map: number) => boolean} */
const isMuted = (muted, layer, map) => muted[layer]?.includes(map) ?? false;

/** @param {Layer} layer */
function makeGroup(layer) {
  const { name, kind, shape } = layer;
  const group = element(
    '<div class="mute-layer"><p></p><div class="mute-maps" role="group"></div></div>',
  );
  const title = `${name} · ${text(`layers.${kind}`)}`;
  find(group, "p").textContent = title;
  const maps = find(group, ".mute-maps");
  maps.ariaLabel = title;
  maps.classList.toggle("units", isStrip(layer));
  maps.append(...Array.from({ length: shape[0] }, (_, map) => makeButton(layer, map)));
  roveByArrows(maps).refresh();
  return group;
}

/**
 * @param {Layer} layer
 * @param {number} map
 */
function makeButton(layer, map) {
  const [, height, width] = layer.shape;
  const button = element(
    '<button type="button"><canvas aria-hidden="true"></canvas><span aria-hidden="true"></span></button>',
  );
  Object.assign(find(button, "canvas", HTMLCanvasElement), { width, height });
  button.dataset.layer = layer.name;
  button.dataset.map = String(map);
  button.title = button.ariaLabel = text("muting.mute", { map: mapName(layer, map) });
  find(button, "span").textContent = String(map + 1);
  return button;
}
