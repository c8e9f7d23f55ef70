import { text } from "../core/texts.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask} Change the answer by muting a single map. */
export default {
  id: "mute",
  title: () => text("tour.muteTitle"),
  task: () => text("tour.mute", { panel: text("muting.title"), rank: text("muting.rank") }),
  learned: () => text("tour.muteLearned"),
  highlight: "#muting",
  isDone({ network, sketch, edits, prediction }) {
    const muted = Object.values(edits.muted).flat();
    if (muted.length !== 1 || Object.keys(edits.kernels).length || !prediction) return false;
    return network.predictor.readSketch(sketch).label !== prediction.label;
  },
};
