// The pad: what is drawn, and asking the server to read it while the pen moves. `element` is the
// component and `server` holds the functions of lenet/page/__init__.py; view.js shows the answers.
//
//   pointer or keys → sketch → server.read_sketch → answer → view
//
// One direction, and the sketch is the only state.

const pad = find("#pad"), canvas = find("#pad canvas"), cursor = find(".cursor");
const menu = find("#model"), fileInput = find("#file");
const pen = canvas.getContext("2d");

// ---------------------------------------------------------------- the sketch

// strokes: lists of [x, y] from 0 to 1; picture: null, or a square of ink as base64 of its bytes.
let sketch = { strokes: [], picture: null };
let past = [], example = null;
let penWidth = 0.075;
const MAX_POINTS = 20000, MAX_PAST = 200;

function commit(next) {
  note("");
  past.push(sketch);
  if (past.length > MAX_PAST) past.shift();
  sketch = next;
  paint();
  changed();
}

function undo() {
  if (stroke || !past.length) return;
  note("");
  sketch = past.pop();
  paint();
  changed();
}

const clear = () => { if (!stroke) commit({ strokes: [], picture: null }); };

// ---------------------------------------------------------------- the pad

// A canvas of white ink on a transparent ground.
function inkCanvas(base64) {
  const levels = bytes(base64), side = Math.sqrt(levels.length);
  const image = new ImageData(side, side);
  image.data.fill(255);
  levels.forEach((level, i) => { image.data[4 * i + 3] = level; });
  const ink = document.createElement("canvas");
  ink.width = ink.height = side;
  ink.getContext("2d").putImageData(image, 0, 0);
  return ink;
}

let unpacked = {};

function paint() {
  const side = canvas.width;
  pen.clearRect(0, 0, side, side);
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#fff";
  pen.lineWidth = penWidth * side;
  if (sketch.picture) {
    if (sketch.picture !== unpacked.picture) {
      unpacked = { picture: sketch.picture, ink: inkCanvas(sketch.picture) };
    }
    pen.imageSmoothingQuality = "high";
    pen.drawImage(unpacked.ink, 0, 0, side, side);
  }
  // Each stroke as one path: drawn bit by bit, its soft edges would add up to beads.
  for (const points of sketch.strokes) {
    pen.beginPath();
    pen.moveTo(points[0][0] * side, points[0][1] * side);
    for (const [x, y] of points) pen.lineTo(x * side, y * side);
    pen.stroke();
  }
}

new ResizeObserver(() => {
  const side = Math.max(1, Math.round(pad.clientWidth * devicePixelRatio));
  if (canvas.width === side) return;
  canvas.width = canvas.height = side;
  paint();
}).observe(pad);

let stroke = null, pointer = null, inkTime = 0;
const round = (value) => Math.round(value * 1000) / 1000;

const pointCount = () => sketch.strokes.reduce((sum, points) => sum + points.length, 0);
const FULL = "The pad is full: clear it, or take something back.";

function beginStroke(x, y) {
  if (pointCount() >= MAX_POINTS) return note(FULL);
  // The drawing that is there at first is only an example: the first stroke takes its place.
  const base = sketch === example ? { strokes: [], picture: null } : sketch;
  stroke = [[round(x), round(y)]];
  commit({ ...base, strokes: [...base.strokes, stroke] });
}

function extendStroke(positions) {
  if (!stroke) return;
  const before = stroke.length;
  let room = MAX_POINTS - pointCount();
  for (const [x, y] of positions) {
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.hypot(x - lastX, y - lastY) < 0.004) continue;
    if (room-- <= 0) { note(FULL); break; }
    stroke.push([round(x), round(y)]);
  }
  if (stroke.length === before) return;
  paint();
  changed();
}

function endStroke() {
  stroke = pointer = null;
}

function position(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

pad.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0 || !event.isPrimary) return;
  event.preventDefault();
  pad.focus({ preventScroll: true });
  liftKeyboardPen();
  pointer = event.pointerId;
  pad.setPointerCapture(pointer);
  inkTime = event.timeStamp;
  beginStroke(...position(event));
});

pad.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  // Between two frames the pen may have been in several places.
  const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  inkTime = event.timeStamp;
  extendStroke((events.length ? events : [event]).map(position));
});

for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
  pad.addEventListener(name, (event) => { if (event.pointerId === pointer) endStroke(); });
}

// ---------------------------------------------------------------- the keyboard

let at = [0.5, 0.3];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function placeCursor() {
  cursor.hidden = false;
  cursor.style.left = at[0] * 100 + "%";
  cursor.style.top = at[1] * 100 + "%";
  cursor.classList.toggle("down", stroke !== null);
}

function liftKeyboardPen() {
  if (pointer === null) stroke = null;
  cursor.hidden = true;
}

pad.addEventListener("keydown", (event) => {
  if (pointer !== null || event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const step = event.shiftKey ? 0.01 : 0.03;
    at = at.map((value, axis) => Math.min(1, Math.max(0, value + step * arrow[axis])));
    if (stroke) extendStroke([at]);
  } else if (event.key === " " || event.key === "Enter") {
    if (event.repeat) return event.preventDefault();
    if (stroke) endStroke(); else beginStroke(...at);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    endStroke();
    clear();
  } else {
    return;
  }
  event.preventDefault();
  inkTime = event.timeStamp;
  placeCursor();
});
pad.addEventListener("blur", liftKeyboardPen);

element.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  event.preventDefault();
  if (pointer === null) endStroke();
  undo();
});

// ---------------------------------------------------------------- tools

find("#clear").addEventListener("click", clear);
find("#undo").addEventListener("click", undo);
find("#upload").addEventListener("click", () => fileInput.click());
menu.addEventListener("change", changed);

fileInput.addEventListener("change", () => {
  openFile(fileInput.files[0]);
  fileInput.value = "";  // so that the same file can be chosen again
});
pad.addEventListener("dragover", (event) => { event.preventDefault(); pad.classList.add("over"); });
pad.addEventListener("dragleave", () => pad.classList.remove("over"));
pad.addEventListener("drop", (event) => {
  event.preventDefault();
  pad.classList.remove("over");
  openFile(event.dataTransfer.files[0]);
});

function startFrom(picture) {
  endStroke();
  commit({ strokes: [], picture });
}

let files = 0;
async function openFile(file) {
  if (!file) return;
  const number = ++files;
  if (file.size > 20e6) return note(file.name + " is larger than 20 MB: make it smaller.");
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file);
  });
  if (url === null) return note(file.name + " can't be read.");
  const data = url.slice(url.indexOf(",") + 1);
  const opened = await server.open_file({ name: file.name, data: file.size ? data : "" });
  if (number !== files) return;  // another one has been chosen since
  if (!opened) return note(file.name + " did not arrive: the server does not answer. Upload it again.");
  if (opened.error) return note(opened.error);
  startFrom(opened.picture);
}

// ---------------------------------------------------------------- asking the server

// One call at a time as long as answers come fast; where the network is slow, a further call
// every PACE milliseconds, up to MOST. Whatever happens, the last state is asked for in the end.
const PACE = 28, MOST = 5, PATIENCE = 10000, RETRY = 1000;
const NO_ANSWER = "The server does not answer; your drawing is kept, and it is asked again.";
let wanted = 0, asked = 0, shown = 0, inFlight = 0, lastAsked = 0, timer = null, pausedUntil = 0;

function changed() {
  wanted++;
  ask();
}

function ask() {
  if (asked === wanted || !menu.value || inFlight >= MOST) return;
  const now = performance.now();
  const wait = Math.max(pausedUntil - now, inFlight ? lastAsked + PACE - now : 0);
  if (wait > 0) {
    timer ??= setTimeout(() => { timer = null; ask(); }, wait);
    return;
  }
  asked = wanted;
  lastAsked = now;
  inFlight++;
  const skip = filmStrip.open ? skipped() : null;
  receive(asked, inkTime, server.read_sketch({ model: menu.value, ...sketch, skip }));
}

async function receive(sequence, time, call) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([call, late]).catch(() => undefined);
  inFlight--;
  if (!answer) {
    tell(NO_ANSWER);
    pausedUntil = performance.now() + RETRY;
  } else if (sequence > shown) {
    shown = sequence;
    show(answer);
    results.dispatchEvent(new CustomEvent("shown", { detail: { inkTime: time } }));
  }
  // Whatever was lost on the way, the last state is asked for again.
  if (shown < asked && asked === wanted && !inFlight) wanted++;
  ask();
}

// ---------------------------------------------------------------- the first screen

// A three in one stroke, so that nobody meets an empty page.
function firstSketch() {
  const arc = (x, y, rx, ry, from, to, n) => Array.from({ length: n + 1 }, (_, i) => {
    const angle = (from + (to - from) * i / n) * Math.PI / 180;
    return [round(x + rx * Math.cos(angle)), round(y + ry * Math.sin(angle))];
  });
  const three = [...arc(0.49, 0.335, 0.165, 0.145, -155, 80, 36), ...arc(0.485, 0.65, 0.195, 0.175, -80, 150, 40)];
  return { strokes: [three], picture: null };
}

async function open() {
  const found = await server.models({});
  if (!found) {
    tell(NO_ANSWER);
    setTimeout(open, RETRY);
    return;
  }
  penWidth = found.pen;
  menu.replaceChildren(...found.models.map((name) => new Option(name)));
  found.examples.forEach((digit, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.ariaLabel = "Start from a " + i;
    button.append(inkCanvas(digit));
    button.addEventListener("click", () => startFrom(digit));
    find(".examples").append(button);
  });
  if (!found.models.length) tell("There is no network in " + found.folder + " yet: run python train.py, then load this page again.");
  if (!sketch.strokes.length && !sketch.picture && !past.length) sketch = example = firstSketch();
  paint();
  changed();
}

open();
