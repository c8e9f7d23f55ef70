import { THREE } from "../core/first-sketch.js";
import { text } from "../core/texts.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Draw something that the network reads. */
export default {
  id: "draw",
  title: () => text("tour.drawTitle"),
  task: ({ digits }) => text(digits ? "tour.draw" : "tour.drawThings"),
  learned: () => text("tour.drawLearned"),
  highlight: "#pad",
  isDone({ sketch, prediction }) {
    const isDrawn = sketch.strokes.length > 0 && !sketch.picture && sketch !== THREE;
    return isDrawn && prediction?.state === "digit";
  },
};
