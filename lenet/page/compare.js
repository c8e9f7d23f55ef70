// The tab Compare: two pads side by side, what the network makes of each, and its maps, those that
// differ most first. Nothing is asked while the tab is closed.

const comparePanel = find("#compare");
const comparing = makeMessages(comparePanel.querySelector(".message"));
// What is compared at first: things that are alike, and yet told apart.
const FIRST_PAIRS = [["3", "8"], ["Pullover", "Coat"]];
const COLUMNS = 8;  // that fit on a phone; twice as many on a desktop

const sides = ["A", "B"].map(makeSide);
const askToCompare = makeAsking(
  () => server.compare({ model: menu.value, a: sides[0].pad.sketch(), b: sides[1].pad.sketch() }),
  showComparison,
  comparing.tell,
);

function compareAgain() {
  for (const side of sides) side.mark();
  askToCompare();
}

find("#tab-compare").addEventListener("open", () => {
  invite("Put two inputs side by side and see where the network tells them apart.");
  compareAgain();
});

// ---------------------------------------------------------------- the two inputs

function makeSide(name) {
  const part = (selector) => side.querySelector(selector);
  const side = comparePanel.querySelector("template").content.firstElementChild.cloneNode(true);
  side.ariaLabel = "Input " + name;
  part("h2").textContent = name;
  part(".tools").ariaLabel = "Sketch " + name;
  find(".sides").append(side);
  const pad = makePad(side, compareAgain, comparing.note);
  const choice = part("select"), row = part(".images");
  const offer = () => fillImages(row, choice.value, kind.examples[choice.selectedIndex], pad.startFrom);

  part("[name=take]").addEventListener("click", () => pad.startFrom(drawPad.sketch()));
  choice.addEventListener("change", () => {
    offer();
    pad.startFrom(pictured(kind.examples[choice.selectedIndex][0]));
  });

  return {
    pad,
    mark: () => markImages(row.children, pad.sketch().picture),
    // The classes of the network that is chosen now, and one of them to begin with.
    fit(first) {
      part(".choice").hidden = !kind.examples[first].length;
      part(".pad").ariaLabel = "Sketch pad " + name + ". " + words.pad + PAD_KEYS;
      choice.replaceChildren(...kind.labels.map((label) => new Option(label)));
      choice.selectedIndex = first;
      offer();
      if (kind.examples[first].length) pad.showExample(pictured(kind.examples[first][0]));
    },
    show(answer) {
      part("output").textContent = shortAnswer(answer);
      part(".reading p").textContent = answer.sentence;
      drawMaps(part(".network-input"), answer.input, "What the network sees of " + name, true);
    },
  };
}

function fitCompare() {
  const pair = FIRST_PAIRS.find((labels) => labels.every((label) => kind.labels.includes(label)));
  sides.forEach((side, i) => side.fit(pair ? kind.labels.indexOf(pair[i]) : i));
}

// ---------------------------------------------------------------- the maps

function showComparison(answer) {
  sides[0].show(answer.a);
  sides[1].show(answer.b);
  answer.layers.forEach((layer, i) => drawDifferences(i + 1, layer));
  comparePanel.dataset.compared = Number(comparePanel.dataset.compared) + 1;
}

function drawDifferences(number, layer) {
  const [count, height, width] = layer.a.shape, size = width * height;
  const figure = differenceFigure(number, count, height, width);
  const [values, differences] = figure.querySelectorAll(".legend");
  drawLegend(values, layer.a.range);
  drawLegend(differences, layer.difference.range);
  const rows = [["A", layer.a], ["B", layer.b], ["A − B", layer.difference]]
    .map(([name, maps]) => [name, bytes(maps.data), palette(maps.range)]);
  figure.querySelectorAll(".column").forEach((column, i) => {
    const map = "Layer " + number + ", map " + layer.maps[i];
    const distance = layer.distances[i].toPrecision(2);
    column.ariaLabel = map + ", mean difference " + distance;
    column.querySelector("b").textContent = layer.maps[i];
    column.querySelector("span").textContent = distance;
    column.querySelectorAll("canvas").forEach((canvas, row) => {
      const [name, levels, colours] = rows[row];
      canvas.ariaLabel = map + ", " + name;
      paintLevels(canvas, levels.subarray(i * size, (i + 1) * size), colours);
    });
  });
}

// The canvases of a layer, made anew only where a network has others.
function differenceFigure(number, count, height, width) {
  const id = "difference-" + number, made = find("#" + id);
  const shape = count + " maps, " + height + "×" + width;
  if (made && made.dataset.shape === shape) return made;
  const figure = document.createElement("figure");
  figure.id = id;
  figure.dataset.shape = shape;
  figure.className = "difference";
  figure.style.setProperty("--few", Math.min(count, COLUMNS));
  figure.style.setProperty("--many", Math.min(count, 2 * COLUMNS));
  const legend = (text) => '<span class="legend" aria-hidden="true">' + text + ' <i></i><b></b><i></i></span>';
  figure.innerHTML = '<figcaption><span class="name"></span>' + legend("A, B") + legend("A − B") +
    '</figcaption><div class="columns"></div>';
  figure.querySelector(".name").textContent = "Layer " + number + ": " + shape;
  const columns = figure.querySelector(".columns");
  for (let i = 0; i < count; i++) {
    if (i % COLUMNS === 0) columns.append(rowNames(i % (2 * COLUMNS) !== 0));
    const column = document.createElement("div");
    column.className = "column";
    column.setAttribute("role", "group");
    column.innerHTML = "<p><b></b> <span></span></p>";
    for (let row = 0; row < 3; row++) {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width, height });
      canvas.setAttribute("role", "img");
      column.append(canvas);
    }
    columns.append(column);
  }
  if (made) made.replaceWith(figure); else find(".differences").append(figure);
  return figure;
}

// Names at the left of the rows; those on `phone` only where a line is half as long there.
function rowNames(phone) {
  const names = document.createElement("div");
  names.className = phone ? "row-names phone" : "row-names";
  names.ariaHidden = "true";
  names.innerHTML = "<p>map</p><span>A</span><span>B</span><span>A − B</span>";
  return names;
}
