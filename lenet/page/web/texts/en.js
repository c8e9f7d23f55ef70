// English, the language that all others are translated from. `{name}` is replaced by a value. A text
// that depends on a number has one form for each plural of the language.

/** @import { Table } from "../core/texts.js" */

/** @type {Table} */
export default {
  page: {
    views: "Views",
    network: "Network",
    decimal: ".",
    percent: "{number}%",
  },
  pad: {
    tools: "Sketch",
    clear: "Clear",
    clearTitle: "Clear the pad (Delete)",
    undo: "Undo",
    undoTitle: "Undo the last change (Ctrl+Z)",
    upload: "Upload",
    uploadPicture: "Upload a picture",
    uploadTitle: "Open a picture file",
    file: "Picture file",
    role: "sketch pad",
    keys: "Keyboard: the arrow keys move the pen, Space lowers or lifts it, Delete clears the pad, and Control+Z undoes the last change.",
    full: "The pad is full. Clear it or undo a stroke.",
    tooLarge: "{name} is larger than {limit} MB. Make it smaller.",
    unreadable: "{name} can't be read. Choose the file again.",
    notSent: "{name} was not sent: the server isn't responding. Try again.",
    testImages: "Test images",
    testImagesOf: "Test images: {label}",
    testImage: "{label}, image {number} of {total}",
  },
  draw: {
    title: "Draw",
    invitationDigits: "Draw a digit and see inside the network while it reads it.",
    invitationThings: "See inside the network while it reads a test image or a drawing.",
    padDigits: "Sketch pad. Draw a digit with a mouse, pen or finger. {keys}",
    padThings:
      "Sketch pad. Draw with a mouse, pen or finger, on a test image or on an empty pad. {keys}",
    probabilitiesDigits: "Probability of each digit",
    probabilitiesThings: "Probability of each class",
    examplesDigits: "Test images of digits to start from",
    examplesThings: "Test images to start from",
    startFrom: "Start from {label}",
    results: "What the network sees, and its answer",
    networkInput: "Network input",
    sees: "What the network sees, 28 by 28 pixels",
    nothing: "Nothing is drawn yet.",
    sure: "{percent} sure.",
    noDigit:
      "This doesn't look like a digit. The best match is {label}, but it isn't close enough.",
    noDigitAtAll:
      "This doesn't look like a digit. The best match is {label}, and even that isn't close.",
    noClass:
      "This doesn't look like one of the {count} classes. The best match is {label}, but it isn't close enough.",
    noClassAtAll:
      "This doesn't look like one of the {count} classes. The best match is {label}, and even that isn't close.",
    mostLike: "most like {label}",
  },
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
    intro:
      "Each picture shows the drawing after one step, with the answer that the network would give at that point. Turn off a step to see what goes wrong without it; the main answer always uses every step. Each answer is an average over {views} views: the picture itself, and copies shifted by {shift} pixel, turned by {turn}° or resized by {zoom}. The maps are those of the picture itself.",
    draw: "Pen fitted",
    crop: "Cropped",
    box: "{box}-pixel box",
    centreMass: "Centred by mass",
    centreBox: "Centred by box",
    normalise: "Normalised",
  },
  takeAway: {},
  compare: {
    title: "Compare",
    invitation: "Compare two inputs and see which feature maps differ.",
    intro:
      "The maps that differ most come first. Below each map's number is the mean of |A − B|. In A − B, warm colours show where A is higher, cool colours where B is.",
    take: "Use my drawing",
    takeTitle: "Copy the drawing from the Draw tab",
    testImage: "Test image",
    input: "Input {name}",
    sketch: "Sketch {name}",
    pad: "Sketch pad {name}. {keys}",
    networkInput: "Network input {name}",
    most: "{caption}, showing the {count} that differ most",
    distance: "{map}, mean difference {distance}",
    row: "{map}, {row}",
    map: "map",
  },
  table: {
    title: "Layers",
    invitation: "See what each layer does, how large its output is, and what it costs.",
    label: "The network, layer by layer",
    intro:
      "All counts are for one image. The receptive field is the square of input pixels that one unit sees. Select a size formula to copy its numbers to the calculator.",
    layers: "Layers of the network",
    layer: "Layer",
    does: "What it does",
    output: "Output",
    parameters: "Parameters",
    multiplications: "Multiplications",
    field: "Receptive field",
    size: "Size: {formula}",
    total: "total",
    copy: "Copy the numbers of {layer} to the calculator",
    question: "How large is the output?",
    window:
      "A k×k window moves over n×n pixels with stride s. The padding p counts both sides together.",
    input: "n, input",
    kernel: "k, kernel",
    padding: "p, padding",
    stride: "s, stride",
    whole: "{name} must be a whole number from {min} to {max}.",
    misfit: "A kernel of {kernel} doesn't fit into {pixels} pixels.",
    misfitPadded:
      "A kernel of {kernel} doesn't fit into {pixels} pixels ({input} plus {padding} of padding).",
  },
  lesson: {},
  tour: {},
  errors: {
    retrying: "The server isn't responding. Retrying…",
    notLoaded:
      "This network can't be loaded because the server isn't responding. Choose it again later.",
    noNetwork: "There is no network in {folder} yet. Run python train.py, then reload this page.",
    missing: "A file of the page is missing: {path}. Reload the page.",
    notInPage: "This page has no file {path}.",
    tooLarge: "This network is too large for the browser's memory.",
    noConvolutions: "This network has no convolutions, so there are no maps to show.",
    differentLayers:
      "These predictions come from networks with different layers. Read both inputs with the same network.",
    differentShapes:
      "Maps of different shapes, ({a}) and ({b}), can't be compared. Read both inputs with the same network.",
    pictureDamaged: "The picture on the pad is damaged. Clear the pad and try again.",
    pictureNotSquare: "The picture on the pad is not square. Clear the pad and try again.",
    tooManyPoints: "A sketch must have at most {most} points, got {found}. Remove some strokes.",
    notStrokes:
      "Strokes must be a list of strokes, each a list of points (x, y) from 0 to 1. This input has a different structure.",
    strokesNotFinite:
      "Strokes must be a list of strokes, each a list of points (x, y) from 0 to 1. At least one coordinate is not a finite number.",

    configUnreadable:
      "The network's configuration is damaged: it can't be read. Train or download the network again.",
    configDamaged: "The network's configuration is damaged: {reason}.",
    notAnObject: "it must be an object",
    notAList: "{key} must be a list",
    noSuchSetting: "a convolution has no setting {name}",
    noChannels: "a convolution has no channels",
    notBoolean: "pooled must be true or false",
    notConnections: "connections must be lists of maps",
    convolutionKeys: "Every convolution must have channels, kernel and padding.",
    unknownChoice: "Unknown {name} {value}. Choose one of {choices}.",
    sizes:
      "Channels, kernels and dense widths must be whole numbers between 1 and {most}, got {value}.",
    paddings: "Borders and paddings must be whole numbers between 0 and {most}, got {value}.",
    box: "The box of a drawing must have between 1 and {most} pixels, got {value}.",
    labels: "A classifier needs at least two labels, all of them text.",
    number: "The {name} must be a number, got {value}.",
    aboveZero: "The {name} must be above 0, got {value}.",
    connections:
      "Convolution {number} has {channels} maps and needs as many non-empty lists of connections, got {lists}.",
    connectedMaps: "Convolution {number} can only be connected to maps 0 to {last}.",
    rbf: "An RBF output compares the {units} units of the last dense layer with bitmaps of the ten digits.",
    tooSmallForPooling:
      "Convolution {number} (kernel {kernel}, padding {padding}) reduces {input}×{input} maps to {convolved}×{convolved}, too small for 2×2 pooling. Use a smaller kernel, more padding, fewer convolutions, or a wider border around the {image}×{image} image (now {border}).",
    convolutionDoesNotFit:
      "Convolution {number} (kernel {kernel}, padding {padding}) does not fit into {input}×{input} maps. Use a smaller kernel, more padding, fewer convolutions, or a wider border around the {image}×{image} image (now {border}).",

    weightsUnreadable:
      "The network's weights are damaged: they can't be read. Train or download the network again.",
    weightsDamaged:
      "The network's weights are damaged: {reason}. Train or download the network again.",
    tooShort: "it is too short",
    misplaced: "{name} is misplaced",
    wrongLength: "it should have {expected} bytes but has {found}",
    numberType: "{name} must hold one of {types}",
    noShape: "{name} has no shape or place",
    notFinite: "{name} holds a value that is not finite",
    missingTensor: "{name} is missing",
    wrongShape: "{name} should be {expected} but is {found}",
    notPart: "{name} is not part of this network",
  },
};
