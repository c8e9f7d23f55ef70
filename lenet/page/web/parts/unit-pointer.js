// Points at units of the layers: a click or tap pins one, the mouse and the keys move over them.

import { ARROWS } from "./arrows.js";
import { addMark, isStrip, pixel, places, stripSize, unitAt } from "./layer-places.js";

/** @import { Layer, Store, Unit } from "../types" */
/** @import { LayerStack } from "./layer-stack.js" */

/** @type {Record<string, number>} */
const PAGES = { PageUp: -1, PageDown: 1 };

/**
 * @param {Unit | null} a
 * @param {Unit | null} b
 */
export const isSameUnit = (a, b) =>
  a === b ||
  (a?.layer === b?.layer && a?.map === b?.map && a?.row === b?.row && a?.column === b?.column);

/**
 * Lets a person point at the units of the layers in `stack`.
 * @param {LayerStack} stack
 * @param {Store} state
 * @param {() => void} onEnter is called for Enter on the unit that is pinned
 */
export function pointAtUnits(stack, state, onEnter) {
  /** The last unit of each layer. @type {Map<string, Unit>} */
  const visited = new Map();
  /** @type {Element | null} */
  let ring = null;

  /** @param {Unit | null} unit */
  function hover(unit) {
    ring?.remove();
    const place = unit && placeOf(unit);
    ring = place ? addMark("hovered", place) : null;
  }

  /** @param {Unit} unit */
  function placeOf({ layer: name, map, row, column }) {
    const layer = stack.layerOf(name);
    return layer && places(layer, stack.tilesOf(name), [map], pixel(row, column))[0];
  }

  /**
   * Looks at a unit.
   * @param {Unit} unit
   * @param {{ pinned?: boolean }} [changes]
   */
  function move(unit, changes) {
    visited.set(unit.layer, unit);
    if (!isSameUnit(unit, state.get("unit"))) state.set({ ...changes, unit });
    else if (changes) state.set(changes);
  }

  /**
   * Looks at a unit and scrolls its map into sight, which the microscope may cover.
   * @param {Unit} unit
   * @param {{ pinned?: boolean }} [changes]
   */
  function go(unit, changes) {
    move(unit, changes);
    placeOf(unit)?.tile.scrollIntoView({ block: "nearest" });
  }

  /**
   * The unit where the keys start in a layer: the last one, or the strongest.
   * @param {Layer} layer
   */
  function start(layer) {
    const unit = state.get("unit");
    const last = unit?.layer === layer.name ? unit : visited.get(layer.name);
    return last && isIn(layer, last) ? last : strongest(layer);
  }

  stack.parent.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || !(event.target instanceof Element)) return;
    const unit = unitAt(stack, event.target, event.clientX, event.clientY);
    hover(unit);
    if (unit && state.get("unit") && !state.get("pinned")) move(unit);
  });
  stack.parent.addEventListener("pointerleave", () => hover(null));

  stack.parent.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const unit = unitAt(stack, event.target, event.clientX, event.clientY);
    if (unit) go(unit, { pinned: true });
  });

  stack.parent.addEventListener("keydown", (event) => {
    const layer = layerOf(event.target);
    if (!layer || event.altKey || event.metaKey || !press(event, layer)) return;
    event.preventDefault();
    hover(null);
  });

  /**
   * Handles a key; returns whether it has a function.
   * @param {{ key: string, ctrlKey?: boolean }} event
   * @param {Layer} layer
   */
  function press({ key, ctrlKey }, layer) {
    const unit = start(layer);
    if (key in ARROWS && ctrlKey) go(turned(layer, unit, sum(ARROWS[key])));
    else if (key in ARROWS) go(moved(layer, unit, ARROWS[key]));
    else if (key in PAGES) go(turned(layer, unit, PAGES[key]));
    else if (key === "Enter" || key === " ") pin(unit);
    else if (key === "Escape" && state.get("unit")) state.set({ unit: null, pinned: false });
    else return false;
    return true;
  }

  /** @param {Unit} unit */
  function pin(unit) {
    if (state.get("pinned") && isSameUnit(unit, state.get("unit"))) return onEnter();
    go(unit, { pinned: true });
  }

  stack.parent.addEventListener("focusin", ({ target }) => {
    const layer = layerOf(target);
    if (layer && target instanceof Element && target.matches(":focus-visible")) hover(start(layer));
  });
  stack.parent.addEventListener("focusout", () => hover(null));

  /** The layer whose maps have the focus. @param {EventTarget | null} target */
  function layerOf(target) {
    if (!(target instanceof HTMLElement) || !target.matches(".maps")) return undefined;
    return stack.layerOf(target.closest("figure")?.dataset.layer ?? "");
  }

  return {
    /**
     * Does what a key does at the unit under the microscope.
     * @param {string} key
     */
    press(key) {
      const layer = stack.layerOf(state.get("unit")?.layer ?? "");
      if (layer) press({ key }, layer);
    },
  };
}

/**
 * @param {Layer} layer
 * @param {Unit} unit
 */
const isIn = ({ shape: [count, height, width] }, { map, row, column }) =>
  map < count && row < height && column < width;

/** @param {number[]} numbers */
const sum = ([a, b]) => a + b;

/**
 * The unit one step further, within its map; in a strip, units are next to each other.
 * @param {Layer} layer
 * @param {Unit} unit
 * @param {[across: number, down: number]} step
 * @returns {Unit}
 */
function moved(layer, unit, [across, down]) {
  const [count, height, width] = layer.shape;
  if (isStrip(layer)) return turned(layer, unit, across + down * stripSize(count).columns);
  const row = unit.row + down;
  const column = unit.column + across;
  if (row < 0 || row >= height || column < 0 || column >= width) return unit;
  return { ...unit, row, column };
}

/**
 * The same place in a map further on; the unit itself if there is none.
 * @param {Layer} layer
 * @param {Unit} unit
 * @param {number} step
 * @returns {Unit}
 */
function turned({ shape: [count] }, unit, step) {
  const map = unit.map + step;
  return map < 0 || map >= count ? unit : { ...unit, map };
}

/**
 * The unit with the highest value.
 * @param {Layer} layer
 * @returns {Unit}
 */
function strongest({ name, shape: [, height, width], data }) {
  const at = data.reduce((best, value, i) => (value > data[best] ? i : best), 0);
  const inMap = at % (height * width);
  const map = Math.floor(at / (height * width));
  return { layer: name, map, row: Math.floor(inMap / width), column: inMap % width };
}
