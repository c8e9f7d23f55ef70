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
  muting: {},
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
