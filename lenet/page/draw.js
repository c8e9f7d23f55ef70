// The tab Draw: one pad and the test images, read while the pen moves. `server` holds the functions
// of lenet/page/__init__.py.
//
//   sketch → server.read_sketch → answer → view

const menu = find("#model");
const { tell, note } = makeMessages(find("#message"));
const drawPad = makePad(find("#draw"), changed, note);
const askAgain = makeAsking(readSketch, showReading, tell);

function changed() {
  markExample();
  askAgain();
}

async function readSketch() {
  const inkTime = drawPad.inkTime(), skip = filmStrip.open ? skipped() : null;
  const answer = await server.read_sketch({ model: menu.value, ...drawPad.sketch(), skip });
  return answer && { ...answer, inkTime };
}

function showReading(answer) {
  show(answer);
  results.dispatchEvent(new CustomEvent("shown", { detail: { inkTime: answer.inkTime } }));
}

// ---------------------------------------------------------------- the test images

const pictured = (picture) => ({ strokes: [], picture });

function imageButton(image, name, startFrom) {
  const button = document.createElement("button");
  button.type = "button";
  button.ariaLabel = name;
  button.dataset.image = image;
  button.append(inkCanvas(image));
  button.addEventListener("click", () => startFrom(pictured(image)));
  return button;
}

// A row of all the test images of one class.
function fillImages(row, label, images, startFrom) {
  row.ariaLabel = "Test images: " + label;
  row.replaceChildren(...images.map((image, i) =>
    imageButton(image, label + ", image " + (i + 1) + " of " + images.length, startFrom)));
}

function markImages(buttons, picture) {
  for (const button of buttons) button.ariaCurrent = String(button.dataset.image === picture);
}

// ---------------------------------------------------------------- the kind of network

const WORDS = {
  digits: {
    invitation: "Draw a digit and see inside the network while it reads it.",
    pad: "Draw a digit with mouse, pen or finger.",
    probabilities: "Probability of each digit",
    examples: "Digits from the test set to start from",
  },
  things: {
    invitation: "See inside the network while it reads a test image, a picture or a drawing.",
    pad: "Draw with mouse, pen or finger, on a test image or on the clear pad.",
    probabilities: "Probability of each class",
    examples: "Test images to start from",
  },
};
const PAD_KEYS = " By keyboard: the arrow keys move the pen, Space lowers and lifts it, Delete clears, Control Z takes back.";
let kind = null, words = WORDS.digits;

// People draw digits, but not coats: there the test images lead.
function fitDraw() {
  const panel = find("#draw"), examples = find(".examples"), row = examples.querySelector(".images");
  words = kind.digits ? WORDS.digits : WORDS.things;
  panel.classList.toggle("things", !kind.digits);
  if (kind.digits) panel.append(examples); else panel.prepend(examples);
  find("#pad").ariaLabel = "Sketch pad. " + words.pad + PAD_KEYS;
  find("#probabilities").ariaLabel = words.probabilities;
  examples.ariaLabel = words.examples;
  row.replaceChildren();
  find(".classes").replaceChildren(...kind.examples.filter((images) => images.length).map((images, i) => {
    const label = kind.labels[i];
    const button = imageButton(images[0], "Start from a " + label, drawPad.startFrom);
    if (!kind.digits) {
      button.append(label);
      button.ariaLabel = label;
    }
    return button;
  }));
  nameSteps(kind.steps);
  drawPad.showExample(firstSketch());
  marked = undefined;
  markExample();
}

// The test image on the pad is marked, and the others of its class are offered beside it.
let marked;
function markExample() {
  const { picture } = drawPad.sketch();
  if (!kind || picture === marked) return;
  marked = picture;
  const row = find("#draw .images"), buttons = [...find(".classes").children];
  const at = kind.examples.findIndex((images) => images.includes(picture));
  if (at >= 0) fillImages(row, kind.labels[at], kind.examples[at], drawPad.startFrom);
  buttons.forEach((button, i) => { button.ariaCurrent = String(i === at); });
  markImages(row.children, picture);
}

// ---------------------------------------------------------------- the first screen

// Nobody meets an empty page: a three in one stroke or, of things, the last class's first image.
function firstSketch() {
  const [thing] = kind.examples.at(-1);
  if (thing && !kind.digits) return pictured(thing);
  const arc = (x, y, rx, ry, from, to, n) => Array.from({ length: n + 1 }, (_, i) => {
    const angle = (from + (to - from) * i / n) * Math.PI / 180;
    return [round(x + rx * Math.cos(angle)), round(y + ry * Math.sin(angle))];
  });
  const three = [...arc(0.49, 0.335, 0.165, 0.145, -155, 80, 36), ...arc(0.485, 0.65, 0.195, 0.175, -80, 150, 40)];
  return { strokes: [three], picture: null };
}

const invite = (text) => { find("#invitation").textContent = text; };

find("#tab-draw").addEventListener("open", () => {
  invite(words.invitation);
  changed();
});

async function chooseNetwork() {
  const name = menu.value, found = await server.inputs(name);
  if (menu.value !== name) return;  // another one has been chosen since
  if (!found) {
    tell(NO_ANSWER);
    comparing.tell(NO_ANSWER);
    setTimeout(chooseNetwork, RETRY);
    return;
  }
  if (!found.error) {
    kind = found;
    fitDraw();
    fitCompare();
  }
  turnTo(openTab());  // what it shows is read by the new network, or says what is wrong with that
}
menu.addEventListener("change", chooseNetwork);

async function open() {
  const found = await server.models({});
  if (!found) {
    tell(NO_ANSWER);
    setTimeout(open, RETRY);
    return;
  }
  penWidth = found.pen;
  menu.replaceChildren(...found.models.map((name) => new Option(name)));
  if (found.models.length) return chooseNetwork();
  const none = "There is no network in " + found.folder + " yet: run python train.py, then load this page again.";
  tell(none);
  comparing.tell(none);
}

open();
