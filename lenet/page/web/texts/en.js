// English, the language that all others are translated from. `{name}` is replaced by a value. A text
// that depends on a number has one form for each plural of the language.

/** @import { Table } from "../core/texts.js" */

/** @type {Table} */
export default {
  page: {},
  pad: {},
  draw: {},
  layers: {
    title: "Layers of the network",
    output: "output",
    convolution: "convolution",
    average: "average pooling",
    max: "max pooling",
    subsampling: "subsampling",
    dense: "dense",
    rbf: "distances to bitmaps",
    mapCount: { one: "{count} map, {size}", other: "{count} maps, {size}" },
    unitCount: { one: "{count} unit", other: "{count} units" },
    map: "{name}, map {number}",
    units: { one: "{name}, {count} unit", other: "{name}, {count} units" },
    before: "Before the activation",
  },
  microscope: {},
  edits: {},
  muting: {
    title: "What each map does",
    intro:
      "Press a map to mute it: its values become 0 for every layer after it. The answer follows at once.",
    map: "{layer}, map {number}",
    unit: "{layer}, unit {number}",
    mute: "Mute {map}",
    unmute: "Unmute all maps",
    rankTitle: "Which maps matter for this drawing?",
    rankIntro:
      "Each map and unit is muted alone, and the network reads your drawing again. The bars show how the odds of the answer change. Press a row to mute its map.",
    rank: "Rank all maps",
    stale: "The drawing or the network has changed since. Rank the maps again.",
    for: "Speak for {answer}: muting one lowers its odds",
    against: "Speak against {answer}: muting one raises its odds",
    showAll: { one: "Show {count} map", other: "Show all {count} maps" },
    less: "{map}: without it, the odds of {answer} are {factor} times lower.",
    more: "{map}: without it, the odds of {answer} are {factor} times higher.",
    becomes: "The answer becomes {answer}.",
    million: "over a million",
    costsTitle: "What it costs everybody",
    costsIntro:
      "The drawing on the pad is one case. See how the network reads 1,000 test images, 100 of each class, as trained and with your changes.",
    noImages: "There are no test images of these classes, so the cost can't be measured.",
    evaluate: "Read 1,000 test images",
    asTrained: "As trained: {done} of {total}",
    withChanges: "With your changes: {done} of {total}",
    resultTrained:
      "As trained, the network reads {right} of {total} test images correctly. Mute a map to see what that costs.",
    resultFewer: {
      one: "With your changes, the network reads {right} of {total} test images correctly: {count} fewer than as trained ({before}).",
      other:
        "With your changes, the network reads {right} of {total} test images correctly: {count} fewer than as trained ({before}).",
    },
    resultMore: {
      one: "With your changes, the network reads {right} of {total} test images correctly: {count} more than as trained ({before}).",
      other:
        "With your changes, the network reads {right} of {total} test images correctly: {count} more than as trained ({before}).",
    },
    resultSame:
      "With your changes, the network reads {right} of {total} test images correctly: as many as before.",
    failed: "The test images could not be read. Check your connection, then reload the page.",
    caption:
      "Rows: what an image shows. Columns: the answer; ? means rejected. Press a cell to see its images.",
    rejected: "not a digit",
    cell: {
      one: "{truth} read as {answer}: {count} image",
      other: "{truth} read as {answer}: {count} images",
    },
    cellChanged: {
      one: "{truth} read as {answer}: {count} image, {change} compared with the trained network",
      other: "{truth} read as {answer}: {count} images, {change} compared with the trained network",
    },
    cellTitle: {
      one: "{truth} read as {answer}: {count} image, as trained {before}. Press an image to put it on the pad.",
      other:
        "{truth} read as {answer}: {count} images, as trained {before}. Press an image to put it on the pad.",
    },
    image: "{truth}, test image {number}",
    imageChanged: "{truth}, test image {number}; the trained network reads it as {before}",
  },
  changes: {},
  compass: {},
  odds: {},
  views: {},
  filmStrip: {
    title: "From the drawing to the network, step by step",
  },
  takeAway: {},
  compare: {},
  table: {},
  lesson: {},
  tour: {},
  errors: {},
};
