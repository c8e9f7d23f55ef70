// The view: everything is drawn from one answer of the server, whoever made it. Gradio runs this and
// the other scripts, one after the other, as the body of one function that is given `element`, the
// component.

const find = (selector) => element.querySelector(selector);
const results = find("#results");

function bytes(base64) {
  const text = atob(base64), array = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) array[i] = text.charCodeAt(i);
  return array;
}

// ---------------------------------------------------------------- the view

// Value 0 is black; more goes to warm, less than 0 to cool. Light rises evenly along both arms.
const WARM = [[8, 9, 12], [74, 22, 56], [160, 44, 48], [226, 112, 34], [250, 190, 80], [255, 250, 220]];
const COOL = [[8, 9, 12], [22, 38, 92], [26, 84, 150], [40, 140, 190], [120, 200, 220], [226, 250, 250]];
const GREY = [[0, 0, 0], [255, 255, 255]];

function along(stops, t) {
  const place = Math.min(0.99999, Math.max(0, t)) * (stops.length - 1), i = Math.floor(place);
  return stops[i].map((from, c) => from + (stops[i + 1][c] - from) * (place - i));
}

// Colours of the 256 levels of a layer whose values span `range`.
const palettes = new Map();
function palette(range, grey) {
  const signed = range[0] < 0, key = grey ? "grey" : signed ? "signed" : "plain";
  if (!palettes.has(key)) {
    const colours = new Uint32Array(256);
    for (let level = 0; level < 256; level++) {
      const t = signed ? level / 127.5 - 1 : level / 255;
      const [r, g, b] = grey ? along(GREY, t) : t < 0 ? along(COOL, -t) : along(WARM, t);
      colours[level] = (255 << 24) | (b << 16) | (g << 8) | r;
    }
    palettes.set(key, colours);
  }
  return palettes.get(key);
}

function drawMaps(box, maps, name, grey) {
  const [count, height, width] = maps.shape;
  if (box.children.length !== count || box.dataset.size !== height + "×" + width) {
    box.dataset.size = height + "×" + width;
    box.replaceChildren(...Array.from({ length: count }, (_, i) => {
      const holder = document.createElement("div"), map = document.createElement("canvas");
      holder.className = "map";
      map.width = width;
      map.height = height;
      map.setAttribute("role", "img");
      map.setAttribute("aria-label", grey ? name : name + ", map " + (i + 1));
      holder.append(map);
      if (!grey) {
        const number = document.createElement("span");
        number.ariaHidden = "true";
        number.textContent = i + 1;
        holder.append(number);
      }
      return holder;
    }));
  }
  const levels = bytes(maps.data), colours = palette(maps.range, grey), size = width * height;
  box.querySelectorAll("canvas").forEach((map, i) => {
    paintLevels(map, levels.subarray(i * size, (i + 1) * size), colours);
  });
}

function paintLevels(map, levels, colours) {
  const image = new ImageData(map.width, map.height), pixels = new Uint32Array(image.data.buffer);
  for (let p = 0; p < pixels.length; p++) pixels[p] = colours[levels[p]];
  map.getContext("2d").putImageData(image, 0, 0);
}

function drawLayer(number, maps) {
  const box = find("#layer-" + number), caption = box.previousElementSibling;
  const name = "Layer " + number;
  drawMaps(box, maps, name);
  const text = name + ": " + maps.shape[0] + " maps, " + maps.shape[1] + "×" + maps.shape[2];
  if (caption.dataset.range === text + maps.range) return;
  caption.dataset.range = text + maps.range;
  caption.querySelector(".name").textContent = text;
  drawLegend(caption.querySelector(".legend"), maps.range);
}

function drawLegend(legend, [low, high]) {
  const [from, to] = legend.querySelectorAll("i");
  from.textContent = low < 0 ? "−" + (-low).toFixed(1) : low.toFixed(0);
  to.textContent = high.toFixed(1);
  const arm = (stops) => stops.map((colour) => "rgb(" + colour + ")");
  const stops = low < 0 ? [...arm(COOL).reverse(), ...arm(WARM)] : arm(WARM);
  legend.querySelector("b").style.background = "linear-gradient(90deg," + stops + ")";
}

function drawProbabilities(answer) {
  const list = find("#probabilities"), most = Math.max(...answer.probabilities);
  const best = most > 0 ? answer.probabilities.indexOf(most) : -1;
  if (list.dataset.labels !== String(answer.labels)) {
    list.dataset.labels = String(answer.labels);
    // Room for the longest, in bold. Found by the browser, it would be found anew at every update.
    const longest = Math.max(...answer.labels.map((label) => label.length));
    list.style.setProperty("--label", Math.max(1.2, 0.58 * longest) + "em");
    list.replaceChildren(...answer.labels.map((label) => {
      const row = document.createElement("li");
      row.innerHTML = '<span></span><span class="track"><i></i></span><span class="share"></span>';
      row.firstChild.textContent = label;
      return row;
    }));
  }
  answer.probabilities.forEach((probability, i) => {
    const row = list.children[i];
    row.classList.toggle("best", i === best);
    row.children[1].firstChild.style.transform = "scaleX(" + probability + ")";
    row.children[2].textContent = percent(probability);
  });
}

// ---------------------------------------------------------------- the film-strip

// The captions that differ between networks come from the server.
const STEPS = [
  ["draw", "pen", "Pen fitted"],
  ["crop", "crop", "Cropped"],
  ["box", "box", ""],
  ["centre", "centre", ""],
  ["normalise", "normalise", "Normalised"],
];
const filmStrip = find("#film-strip");
for (const [step, name, text] of STEPS) {
  const frame = document.createElement("li");
  frame.innerHTML = '<label><input type="checkbox" checked><span></span></label>' +
    '<div class="frame"><canvas role="img"></canvas></div><p class="verdict"><b></b> <span></span></p>';
  frame.dataset.step = step;
  frame.querySelector("input").value = name;
  frame.addEventListener("change", changed);
  filmStrip.querySelector("ol").append(frame);
  nameSteps({ [step]: text });
}

function nameSteps(captions) {
  for (const [step, text] of Object.entries(captions)) {
    const frame = filmStrip.querySelector("[data-step=" + step + "]");
    frame.querySelector("label span").textContent = text;
    frame.querySelector("canvas").ariaLabel = text;
  }
}

filmStrip.addEventListener("toggle", () => { if (filmStrip.open) changed(); });

const skipped = () => [...filmStrip.querySelectorAll("input:not(:checked)")].map((box) => box.value);

function drawStrip(frames) {
  for (const frame of frames) {
    const item = filmStrip.querySelector("[data-step=" + frame.step + "]");
    const map = item.querySelector("canvas"), [, height, width] = frame.shape;
    if (map.width !== width || map.height !== height) Object.assign(map, { width, height });
    paintLevels(map, bytes(frame.data), palette(frame.range, true));
    item.querySelector("b").textContent = frame.answer;
    item.querySelector(".verdict span").textContent = frame.confidence ? percent(frame.confidence) : "";
  }
}

const percent = (share) => (share * 100).toFixed(1) + "%";
const shortAnswer = (answer) => answer.label ?? (answer.state === "blank" ? "–" : "?");

function show(answer) {
  drawMaps(find("#network-input"), answer.input, "What the network sees, 28 by 28 pixels", true);
  drawProbabilities(answer);
  drawLayer(1, answer.layer1);
  drawLayer(2, answer.layer2);
  const output = find("#answer"), text = shortAnswer(answer);
  if (output.textContent !== text) output.textContent = text;
  output.classList.toggle("word", text.length > 2);
  find(".confidence").textContent = answer.sentence;
  if (answer.strip) drawStrip(answer.strip);
  results.dataset.state = answer.state;
  results.dataset.label = answer.label ?? "";
  results.dataset.sequence = Number(results.dataset.sequence) + 1;
}

// Two kinds of message in one place: `tell` about reading, gone with the next answer; `note` about
// what a person did last, gone with the next thing that is done.
function makeMessages(message) {
  const said = { reading: "", doing: "" };
  function say(about, text) {
    said[about] = text;
    const shown = said.doing || said.reading;
    if (message.textContent !== shown) message.textContent = shown;
    message.hidden = !shown;
  }
  return { tell: (text) => say("reading", text), note: (text) => say("doing", text) };
}
