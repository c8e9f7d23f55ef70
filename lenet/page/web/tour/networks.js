import { text } from "../core/texts.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Show one drawing to two networks. */
export default {
  id: "networks",
  title: () => text("tour.networksTitle"),
  task: () => text("tour.networks", { tab: text("compare.title"), same: text("compare.same") }),
  learned: () => text("tour.networksLearned"),
  highlight: "#tab-compare, .same, .side .head",
  isDone: ({ view, same, comparison }) =>
    view === "compare" && same && comparison !== null && !comparison.isOneNetwork,
};
