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
  lesson: {
    copy: "Copy link",
    copied: "The link is copied. It opens this page as it is now.",
    copyByHand: "Copy this link. It opens this page as it is now.",
    noPicture: "Pictures are too large for a link: it leaves this one out.",
    link: "Link to this page",
    close: "Close",
    bigScreen: "Big screen",
    foreign: "The end of this address, after the #, is not a lesson, so this is the normal page.",
    newer: "This lesson was made with a newer version of the page. This is the normal page.",
    damaged: "This lesson is damaged, perhaps because its link was cut. This is the normal page.",
    noNetwork: "The lesson needs the network {name}, which can't be loaded here.",
    missing: "This network lacks some of what the lesson shows. The rest is shown.",
  },
  tour: {},
  errors: {},
};
