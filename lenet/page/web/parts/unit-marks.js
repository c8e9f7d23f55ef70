// Marks a unit and the fields that it looks at, in every layer before it and on the network input.

import { IMAGE_SIZE } from "../core/config.js";
import { clamp } from "../core/ink.js";
import { receptiveField, receptiveMaps } from "../core/microscope.js";
import { addMark, pixel, places } from "./layer-places.js";

/** @import { LeNetConfig, Rectangle, Unit } from "../types" */
/** @import { LayerStack } from "./layer-stack.js" */

/**
 * @param {LayerStack} stack
 * @param {HTMLElement} input the box with the picture of the network input
 */
export function makeUnitMarks(stack, input) {
  /** @type {Element[]} */
  let marks = [];

  function clear() {
    for (const mark of marks) mark.remove();
    marks = [];
  }

  return {
    clear,
    /**
     * @param {LeNetConfig} config
     * @param {Unit} unit
     */
    show(config, unit) {
      clear();
      const layers = stack.layers();
      const last = layers.findIndex(({ name }) => name === unit.layer);
      layers.slice(1, last).forEach((layer, i) => {
        const maps = receptiveMaps(config, unit, layer.name);
        const box = receptiveField(config, unit, layer.name);
        const kind = i === last - 2 ? "field" : "field far";
        for (const place of places(layer, stack.tilesOf(layer.name), maps, box)) {
          marks.push(addMark(kind, place));
        }
      });
      const { layer, map, row, column } = unit;
      const tiles = stack.tilesOf(layer);
      for (const place of places(layers[last], tiles, [map], pixel(row, column))) {
        marks.push(addMark("unit", place));
      }
      const box = inputBox(config, unit);
      const size = { columns: IMAGE_SIZE, rows: IMAGE_SIZE };
      marks.push(addMark(last === 1 ? "field" : "field far", { tile: input, ...size, box }));
    },
  };
}

/**
 * The part of the 28×28 network input, without the border, that can reach the unit.
 * @param {LeNetConfig} config
 * @param {Unit} unit
 * @returns {Rectangle}
 */
function inputBox(config, unit) {
  const { top, left, bottom, right } = receptiveField(config, unit, "input");
  /** @param {number} edge */
  const inside = (edge) => clamp(edge - config.border, 0, IMAGE_SIZE);
  return { top: inside(top), left: inside(left), bottom: inside(bottom), right: inside(right) };
}
