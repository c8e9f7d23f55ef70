// Looking at one unit: the microscope, the marks in the layers, and what the unit sees of the pad.

import { isUnit, receptiveField } from "../core/microscope.js";
import { onPad, placement } from "../core/placement.js";
import { find } from "./dom.js";
import { makeMicroscope } from "./microscope.js";
import { makeUnitMarks } from "./unit-marks.js";
import { isSameUnit, pointAtUnits } from "./unit-pointer.js";

/** @import { DrawReading, Store, Unit } from "../types" */
/** @import { LayerStack } from "./layer-stack.js" */

/**
 * @param {HTMLElement} panel
 * @param {LayerStack} stack
 * @param {Store} state
 */
export function makeInspection(panel, stack, state) {
  const marks = makeUnitMarks(stack, find(panel, "#network-input"));
  const seen = find(panel, "#pad .seen");
  const pointer = pointAtUnits(stack, state, () => microscope.focus());
  const section = find(panel, "#microscope");
  const microscope = makeMicroscope(section, state, pointer.press);
  /** @type {DrawReading | null} */
  let last = null;
  /** The unit that is marked. @type {Unit | null} */
  let marked = null;
  let markedIn = "";

  function update() {
    if (!last) return;
    const unit = state.get("unit");
    const { config } = last.network.predictor;
    if (!unit || unit.layer === "input" || !isUnit(config, unit)) return stop();
    if (!marked) keepPlace(() => panel.classList.add("inspecting"));
    if (!isSameUnit(unit, marked) || markedIn !== last.network.name) {
      marks.show(config, unit);
      marked = unit;
      markedIn = last.network.name;
    }
    showSeen(last, unit);
    microscope.show(last, unit);
    microscope.pin(state.get("pinned"));
  }

  function stop() {
    if (!marked) return;
    // Back to where it was opened, before the focus is lost.
    if (section.matches(":focus-within")) find(stack.figureOf(marked.layer), ".maps").focus();
    marked = null;
    keepPlace(() => panel.classList.remove("inspecting"));
    marks.clear();
    seen.hidden = true;
    microscope.hide();
  }

  /**
   * Dims the part of the pad that can't reach the unit.
   * @param {DrawReading} reading
   * @param {Unit} unit
   */
  function showSeen({ network, sketch }, unit) {
    const { box, centring, border } = network.predictor.config;
    const place = placement(sketch, box, centring);
    seen.hidden = !place;
    if (!place) return;
    const field = receptiveField(network.predictor.config, unit, "input");
    const { top, left, bottom, right } = onPad(place, field, border);
    seen.style.left = `${100 * left}%`;
    seen.style.top = `${100 * top}%`;
    seen.style.width = `${100 * (right - left)}%`;
    seen.style.height = `${100 * (bottom - top)}%`;
  }

  /**
   * Keeps the layers where they are on the screen while `change` makes room for the microscope.
   * @param {() => void} change
   */
  function keepPlace(change) {
    const before = stack.parent.getBoundingClientRect().top;
    change();
    window.scrollBy(0, stack.parent.getBoundingClientRect().top - before);
  }

  const unsubscribe = state.subscribe(["unit", "pinned"], update);

  return {
    /** @param {DrawReading} reading */
    show(reading) {
      last = reading;
      update();
    },
    close() {
      unsubscribe();
      microscope.close();
    },
  };
}
