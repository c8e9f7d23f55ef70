import { text } from "../core/texts.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Look at the sums before the activation. */
export default {
  id: "before",
  title: () => text("tour.beforeTitle"),
  task: () => text("tour.before", { before: text("layers.before") }),
  learned: () => text("tour.beforeLearned"),
  highlight: ".layer-tools",
  isDone: ({ before }) => before,
};
