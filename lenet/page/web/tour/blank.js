import { text } from "../core/texts.js";
import { pinnedValue } from "./pinned.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Find a unit that fires although nothing is drawn. */
export default {
  id: "blank",
  title: () => text("tour.blankTitle"),
  task: () => text("tour.blank"),
  learned: () => text("tour.blankLearned"),
  highlight: '[name="clear"], .layer[data-layer="C1"]',
  isDone(snapshot) {
    const found = pinnedValue(snapshot, "C1");
    return snapshot.prediction?.state === "blank" && found !== null && found.value > 0;
  },
};
