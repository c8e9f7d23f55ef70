// Every layer of the network, from C1 to the output. Layers whose maps have one pixel are strips.

import { layerCaption, layerName } from "../core/format.js";
import { text } from "../core/texts.js";
import { element, find } from "./dom.js";
import { addMark, isStrip, stripSize, unitPlace } from "./layer-places.js";
import { drawLegend, LEGEND, namedCanvas, paintValues } from "./maps.js";
import { whenResting } from "./rest.js";

/** @import { Layer, LayerRange, Muted, Range } from "../types" */
/**
 * @typedef {{ layers: Layer[], ranges: LayerRange[], before: boolean, muted: Muted }} Shown
 * @typedef {ReturnType<typeof makeLayerStack>} LayerStack
 */

/** Up to this many maps share one row, enlarged. */
const FEW = 6;
/** Milliseconds without a new reading until layers out of sight are painted. */
const REST = 60;

/** @param {{ kind: string }} layer */
const isPooling = ({ kind }) => ["average", "max", "subsampling"].includes(kind);

/**
 * Draws the layers into `parent`, a figure for each. Those in sight are painted at once, the rest
 * when the pen rests.
 * @param {HTMLElement} parent
 */
export function makeLayerStack(parent) {
  /** @type {Shown | null} */
  let shown = null;
  /** @type {Set<Element>} */
  const inSight = new Set();
  /** The figures that don't show the latest values yet. @type {Set<Element>} */
  const stale = new Set();
  const rest = whenResting(() => paint(() => true), REST);

  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inSight.add(target);
        else inSight.delete(target);
      }
      // The layout may have changed since the last reading.
      paint((figure) => inSight.has(figure));
    },
    { rootMargin: "50px" },
  );

  /** @param {(figure: Element) => boolean} isWanted */
  function paint(isWanted) {
    if (!shown) return;
    const { layers, ranges, before } = shown;
    layers.slice(1).forEach((layer, i) => {
      const figure = /** @type {HTMLElement} */ (parent.children[i]);
      if (!stale.has(figure) || !isWanted(figure)) return;
      stale.delete(figure);
      drawLayer(figure, layer, ranges[i + 1], before);
    });
  }

  function build() {
    sight.disconnect();
    inSight.clear();
    let convolutions = 0;
    const figures = (shown?.layers ?? []).slice(1).map((layer) => {
      if (layer.kind === "convolution") convolutions += 1;
      return makeFigure(layer, layer.kind === "convolution" ? `${convolutions}` : layer.name);
    });
    parent.replaceChildren(...figures);
    stale.clear();
    for (const figure of figures) sight.observe(figure);
  }

  /** @param {string} name */
  const layerOf = (name) => shown?.layers.find((layer) => layer.name === name);

  /** @param {string} name */
  const figureOf = (name) => find(parent, `[data-layer="${name}"]`);

  /**
   * The maps of a layer, or its strip.
   * @param {string} name
   */
  const tilesOf = (name) => [...figureOf(name).querySelectorAll(".map")];

  /** @param {Shown} next */
  function markMuted({ layers, muted }) {
    for (const layer of layers.slice(1)) {
      const tiles = tilesOf(layer.name);
      const maps = muted[layer.name] ?? [];
      for (const mark of figureOf(layer.name).querySelectorAll(".muted-unit")) mark.remove();
      if (isStrip(layer)) {
        for (const map of maps) addMark("muted-unit", unitPlace(layer, tiles, map));
        continue;
      }
      tiles.forEach((tile, map) => {
        tile.classList.toggle("muted", maps.includes(map));
      });
    }
  }

  return {
    parent,
    layers: () => shown?.layers ?? [],
    layerOf,
    figureOf,
    tilesOf,
    /** @param {Shown} next */
    show(next) {
      const isNew = shapesOf(shown) !== shapesOf(next);
      const all = isNew || shown?.before !== next.before;
      const isMutedAnew = isNew || shown?.muted !== next.muted;
      shown = next;
      if (isNew) build();
      if (isMutedAnew) markMuted(next);
      for (const figure of parent.children) stale.add(figure);
      paint((figure) => all || inSight.has(figure));
      rest.schedule();
    },
    close() {
      rest.cancel();
      sight.disconnect();
    },
  };
}

/** @param {Shown | null} shown */
const shapesOf = (shown) =>
  shown?.layers.map(({ name, kind, shape }) => name + kind + shape).join();

/**
 * @param {Layer} layer
 * @param {string} id
 */
function makeFigure(layer, id) {
  const { name, kind, shape } = layer;
  const figure = element(
    `<figure class="layer"><figcaption><span class="name"></span>${LEGEND}</figcaption>` +
      '<div class="maps" tabindex="0" role="application" aria-describedby="layer-keys"></div></figure>',
  );
  figure.dataset.layer = name;
  find(figure, ".name").textContent = layerCaption(name, shape, kind);
  const maps = find(figure, ".maps");
  maps.id = `layer-${id}`;
  maps.ariaLabel = layerCaption(name, shape, kind);
  maps.classList.toggle("few", shape[0] <= FEW);
  maps.classList.toggle("pooled", isPooling(layer));
  maps.classList.toggle("strip", isStrip(layer));
  maps.replaceChildren(...(isStrip(layer) ? [makeStrip(layer)] : makeTiles(layer)));
  return figure;
}

/** @param {Layer} layer */
function makeStrip({ name, shape: [count] }) {
  const { columns, rows } = stripSize(count);
  const tile = element('<div class="tile"><div class="map"></div></div>');
  find(tile, ".map").append(
    namedCanvas(text("layers.units", { name: layerName(name), count }), columns, rows),
  );
  return tile;
}

/** @param {Layer} layer */
function makeTiles({ name, shape: [count, height, width] }) {
  return Array.from({ length: count }, (_, i) => {
    const tile = element('<div class="tile"><div class="map"></div></div>');
    const label = element(`<span aria-hidden="true">${i + 1}</span>`);
    const canvas = namedCanvas(text("layers.map", { name, number: i + 1 }), width, height);
    find(tile, ".map").append(canvas, label);
    return tile;
  });
}

/**
 * @param {HTMLElement} figure
 * @param {Layer} layer
 * @param {LayerRange} ranges
 * @param {boolean} before the activation
 */
function drawLayer(figure, { sums, data, shape: [, height, width] }, ranges, before) {
  const values = before ? sums : data;
  const range = before ? ranges.sums : ranges.values;
  figure.querySelectorAll(".map > canvas").forEach((canvas, i) => {
    const picture = /** @type {HTMLCanvasElement} */ (canvas);
    paintValues(picture, values, i * height * width, range);
  });
  drawRange(find(figure, ".legend"), range);
}

/**
 * @param {HTMLElement} legend
 * @param {Range} range
 */
function drawRange(legend, range) {
  if (legend.dataset.shown === String(range)) return;
  legend.dataset.shown = String(range);
  drawLegend(legend, range);
}
