import { receptiveField } from "../core/microscope.js";
import { placement } from "../core/placement.js";
import { text } from "../core/texts.js";
import { pinnedValue } from "./pinned.js";

/** @import { Point, TourTask } from "../types" */

/** @type {TourTask} Find a unit that fires where a stroke begins or ends. */
export default {
  id: "end",
  title: () => text("tour.endTitle"),
  task: () => text("tour.end"),
  learned: () => text("tour.endLearned"),
  highlight: '.layer[data-layer="C1"]',
  isDone(snapshot) {
    const { network, sketch, unit } = snapshot;
    const found = pinnedValue(snapshot, "C1");
    if (!unit || !found || found.value <= 0 || found.value < found.most / 2) return false;
    const { config } = network.predictor;
    const place = placement(sketch, config.box, config.centring);
    if (!place) return false;
    const field = receptiveField(config, unit);
    const { left, top, width, height } = place;
    /** @param {Point} point */
    const isSeen = ([x, y]) => {
      const column = x * width + left + config.border;
      const row = y * height + top + config.border;
      return field.left <= column && column < field.right && field.top <= row && row < field.bottom;
    };
    return sketch.strokes.some((points) => [points[0], points[points.length - 1]].some(isSeen));
  },
};
