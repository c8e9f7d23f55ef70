import { text } from "../core/texts.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Change a weight. */
export default {
  id: "paint",
  title: () => text("tour.paintTitle"),
  task: () => text("tour.paint"),
  learned: () => text("tour.paintLearned", { restore: text("edits.restore") }),
  highlight: '#microscope, .layer[data-layer="C1"]',
  isDone: ({ edits }) => Object.keys(edits.kernels).length > 0,
};
