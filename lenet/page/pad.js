// A pad: what is drawn on it, with pointer, keyboard or from a picture. `root` holds the pad and its
// tools, `changed` is called whenever the sketch is another, `note` shows what there is to say.
//
//   pointer or keys → sketch → changed()
//
// One direction, and the sketch is the only state.

let penWidth = 0.075;
const MAX_POINTS = 20000, MAX_PAST = 200;
const FULL = "The pad is full: clear it, or take something back.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const BLANK = { strokes: [], picture: null };
const round = (value) => Math.round(value * 1000) / 1000;

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

function makePad(root, changed, note) {
  const pad = root.querySelector(".pad"), canvas = pad.querySelector("canvas");
  const cursor = pad.querySelector(".cursor"), pen = canvas.getContext("2d");
  const tool = (name) => root.querySelector("[name=" + name + "]");

  // ---------------------------------------------------------------- the sketch

  // strokes: lists of [x, y] from 0 to 1; picture: null, or a square of ink as base64 of its bytes.
  let sketch = BLANK, past = [];
  // What is there at first is only an example: the first stroke takes its place.
  let example = BLANK;

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

  const clear = () => { if (!stroke) commit(BLANK); };

  // ---------------------------------------------------------------- the pad

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
    const side = Math.round(pad.clientWidth * devicePixelRatio);
    if (!side || canvas.width === side) return;  // 0 while its tab is closed
    canvas.width = canvas.height = side;
    paint();
  }).observe(pad);

  let stroke = null, pointer = null, inkTime = 0;

  const pointCount = () => sketch.strokes.reduce((sum, points) => sum + points.length, 0);

  function beginStroke(x, y) {
    if (pointCount() >= MAX_POINTS) return note(FULL);
    const base = sketch === example ? BLANK : sketch;
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

  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    if (pointer === null) endStroke();
    undo();
  });

  // ---------------------------------------------------------------- tools

  const fileInput = tool("file");
  tool("clear").addEventListener("click", clear);
  tool("undo").addEventListener("click", undo);
  tool("upload").addEventListener("click", () => fileInput.click());
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

  function startFrom(next) {
    endStroke();
    commit(next);
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
    startFrom({ strokes: [], picture: opened.picture });
  }

  return {
    sketch: () => sketch,
    // When the ink of the sketch met the pad, as events tell the time.
    inkTime: () => inkTime,
    startFrom,
    paint,
    // Where nobody has drawn anything yet.
    showExample(next) {
      if (sketch !== example) return;
      sketch = example = next;
      paint();
    },
  };
}
