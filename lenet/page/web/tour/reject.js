import { text } from "../core/texts.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Draw something that the network rejects. */
export default {
  id: "reject",
  title: () => text("tour.rejectTitle"),
  task: ({ predictor }) =>
    text(predictor.config.threshold === null ? "tour.rejectNothing" : "tour.reject"),
  learned: () => text("tour.rejectLearned"),
  highlight: "#pad",
  isDone: ({ sketch, prediction }) =>
    sketch.strokes.length > 0 && prediction?.state === "not a digit",
};
