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
    showKernels: "Kernels",
    invitation: "Touch any map to see where its numbers come from.",
    keys:
      "The arrow keys move to a neighbouring unit, Page Up and Page Down to a different map. Enter " +
      "pins the unit, Escape closes the microscope.",
    kernels: "{name}, kernels of map {number}",
    coefficient: "{name}, coefficient of map {number}: {value}",
    weights: { one: "{name}, weights of {count} unit", other: "{name}, weights of {count} units" },
    weightRows: {
      one: "Each row is a unit with {count} weight.",
      other: "Each row is a unit with its {count} weights.",
    },
    bitmap: "Bitmap of a {label}",
  },
  microscope: {
    mapName: "{layer}, map {map}, row {row}, column {column}",
    unitName: "{layer}, unit {map}",
    outputName: "Output for {label}",
    inputName: "Network input",
    pin: "Pin",
    pinHint: "Keep this unit while the pointer moves over the maps",
    close: "Close the microscope",
    move: "Move to a neighbouring unit",
    left: "Left",
    right: "Right",
    up: "Up",
    down: "Down",
    termList: "Terms of the sum",
    terms: { one: "{count} term", other: "{count} terms" },
    products: { one: "{count} product", other: "{count} products" },
    mean: "mean of {count}",
    largest: "largest of {count}",
    distance: "−(distance)²",
    bias: "bias",
    sum: "sum",
    value: "value",
    muted: "muted",
    relu: "ReLU",
    sigmoid: "sigmoid",
    tanh: "tanh",
    squash: "scaled tanh",
    kernel: "kernel",
    bitmap: "bitmap",
    productGrid: "products",
    differences: "−(difference)²",
    place: "Row {row}, column {column}",
    unitPlace: "Unit {unit}",
    product: "{a} × {b} = {product}",
    difference: "−({a} − {b})² = {product}",
    number: "{a}",
    own: "✓ The network computed the same value.",
    different: "The network computed a different value.",
    winner: "The {place} value is the largest of the four, so only this one goes on.",
    upperLeft: "upper left",
    upperRight: "upper right",
    lowerLeft: "lower left",
    lowerRight: "lower right",
    rbf: "The smaller the distance to the bitmap of a {label}, the more probable is a {label}.",
    mutedMap: "The map is muted, so the next layer receives 0.",
    blankBias:
      "Nothing is drawn, so all products are 0. The bias of {bias} alone passes through {activation}.",
    blankLinear: "Nothing is drawn, so all products are 0, and only the bias is left.",
    blankTerms:
      "Nothing is drawn. The value comes from the background: its terms add up to {terms}, and the " +
      "bias is {bias}.",
    brush: "Paint the kernel with",
    termSum: "The products add up to {sum}.",
    kernelKeys:
      "Kernel. The arrow keys move to a weight, plus and minus change it, 0 clears it, Enter paints " +
      "the weight of the slider.",
  },
  edits: {
    badge: "No longer the trained network.",
    restore: "Put it back",
    save: "Save network",
  },
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
    caption: "Rows: what an image shows. Columns: the answer. Press a cell to see its images.",
    captionRejected:
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
  odds: {
    almost: "Then {label}, almost as likely.",
    times: "Then {label}, {odds} times less likely.",
    million: "Then {label}, more than a million times less likely.",
    views: "Mean of nine views",
    viewsTitle: "Show the nine views",
    originDigits: "Nobody programmed a 3. No drawing is learned or kept.",
    originThings: "Nobody programmed a coat. No drawing is learned or kept.",
    blankRelu: {
      one: "Map {maps} glows on blank paper: its bias is positive, and ReLU lets it through ({examples}).",
      other:
        "Maps {maps} glow on blank paper: their biases are positive, and ReLU lets them through " +
        "({examples}).",
    },
    blankBias: {
      one:
        "Map {maps} glows on blank paper: where nothing is drawn, only the bias is left, and the " +
        "activation turns it into a value ({examples}).",
      other:
        "Maps {maps} glow on blank paper: where nothing is drawn, only the bias is left, and the " +
        "activation turns it into a value ({examples}).",
    },
    blankPaper: {
      one:
        "Map {maps} glows on blank paper: to this network, paper isn't 0. The bias and what the kernel " +
        "makes of paper add up, and the activation follows ({examples}).",
      other:
        "Maps {maps} glow on blank paper: to this network, paper isn't 0. The bias and what the kernel " +
        "makes of paper add up, and the activation follows ({examples}).",
    },
    exampleRelu: "map\u00a0{map}: {bias}",
    exampleBias: "map\u00a0{map}: bias {bias}, value {value}",
    examplePaper: "map\u00a0{map}: bias {bias}, paper {paper}, value {value}",
  },
  views: {
    title: "The nine views behind the answer",
    intro:
      "A digit stays the same when it moves a little, so the answer is the mean of the logits over " +
      "nine views. The maps on this page are those of the first view.",
    introThings:
      "A thing stays the same when it moves a little, so the answer is the mean of the logits over " +
      "nine views. The maps on this page are those of the first view.",
    mean: "Mean: {answer}",
    meanDigit: "Mean: {answer}, {share}",
    itself: "The input itself",
    left: "1 pixel left",
    right: "1 pixel right",
    up: "1 pixel up",
    down: "1 pixel down",
    anticlockwise: "5° anticlockwise",
    clockwise: "5° clockwise",
    smaller: "8% smaller",
    larger: "8% larger",
  },
  filmStrip: {
    title: "From the drawing to the network, step by step",
  },
  takeAway: {
    title: "Take it away",
    jsonIntro: "Everything that the network computed for this drawing, layer by layer.",
    json: "Reading as JSON",
    pictureIntro: "A panel of this page as a picture.",
    panel: "Panel",
    scale: "Size",
    times: "{scale}×",
    png: "Save as PNG",
    failed: "This browser can't save the picture.",
    summaryIntro: "The page in words, for screen readers and notes.",
    copy: "Copy the text",
    copied: "Copied.",
    notCopied: "This browser doesn't allow copying. Select the text instead.",
    pad: "Pad",
    answer: "Answer",
    input: "Network input",
    probabilities: "Probabilities",
    layers: "All layers",
    empty: "Nothing is drawn yet.",
    strokes: { one: "{count} stroke.", other: "{count} strokes." },
    picture: "A picture.",
    pictureAndStrokes: {
      one: "A picture and {count} stroke.",
      other: "A picture and {count} strokes.",
    },
    pixels: "{width} by {height} pixels; ink covers {share}.",
    border: "With its border, the first layer sees {side} by {side} pixels.",
    none: "All 0, since nothing is drawn.",
    most: "Most probable: {list}.",
    scores: "Highest scores: {list}.",
    bitmaps: "Closest bitmaps, by score: {list}.",
    countMaps: { one: "{count} map of {size}, {kind}.", other: "{count} maps of {size}, {kind}." },
    countUnits: { one: "{count} unit, {kind}.", other: "{count} units, {kind}." },
    strongestMaps: "Strongest maps, by mean value: {list}.",
    strongestUnits: "Strongest units, by value: {list}.",
    silentMaps: { one: "{count} map is all 0.", other: "{count} maps are all 0." },
    silentUnits: { one: "{count} unit is 0.", other: "{count} units are 0." },
  },
  compare: {
    same: "Same drawing on both sides",
    side: "Input {name}",
    network: "Network of {name}",
    pageNetwork: "Network of the page",
    notLoaded: "This network can't be loaded because the server isn't responding. Try again later.",
    tools: "Sketch {name}",
    clear: "Clear",
    clearTitle: "Clear the pad (Delete)",
    undo: "Undo",
    undoTitle: "Undo the last change (Ctrl+Z)",
    upload: "Upload",
    uploadTitle: "Open a picture file",
    take: "Use my drawing",
    takeTitle: "Copy the drawing from the Draw tab",
    file: "Picture file",
    pad: "Sketch pad {name}.",
    padRole: "sketch pad",
    networkInput: "Network input",
    input: "Network input {name}",
    testImage: "Test image",
    ranked:
      "The maps that differ most come first. Below each map's number is the mean of |A − B|. In " +
      "A − B, warm colours show where A is higher, cool colours where B is.",
    sideBySide:
      "Each network has learned its own maps: those with the same number need not look for the same " +
      "thing, so they stand in their own order. Layers of the same size share one colour scale.",
    map: "map",
    distance: "{map}, mean difference {distance}",
    mostDifferent: "the {count} that differ most",
    first: "the first {count}",
    alone: "network {name}",
  },
  table: {},
  lesson: {
    copy: "Copy link",
    copied: "The link is copied. It opens this page as it is now.",
    copyByHand: "Copy this link. It opens this page as it is now.",
    pictureLost: "Pictures are too large for a link: it leaves this one out.",
    kernelsLost: "Painted kernels are not part of it: save the network to keep them.",
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
