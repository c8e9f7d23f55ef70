// The network layer by layer: its picture and table come from server.network when the section is
// opened; the calculator works in the browser alone.

const networkBox = find("#network"), calculator = find("#calculator");
const grouped = (number) => number.toLocaleString("en");

// ---------------------------------------------------------------- the picture and the table

function layerRow(layer) {
  const row = document.createElement("tr");
  row.innerHTML = '<th scope="row"></th><td></td><td class="count"></td><td class="count"></td>' +
    '<td class="count"></td><td class="count"></td><td></td>';
  const field = layer.receptive_field;
  [
    layer.name, layer.description, layer.shape.join("×"), grouped(layer.parameters),
    grouped(layer.multiplications), field + "×" + field,
  ].forEach((text, column) => { row.children[column].textContent = text; });
  if (layer.window) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Put the numbers of " + layer.name + " into the calculator";
    button.textContent = layer.formula;
    row.lastChild.append(button);
    // The whole row is a larger target; the button in it is for the keyboard and for reading aloud.
    row.addEventListener("click", () => fillCalculator(layer.window));
  }
  return row;
}

function drawNetwork(answer) {
  networkBox.querySelector(".picture").innerHTML = answer.picture;
  networkBox.querySelector("tbody").replaceChildren(...answer.layers.map(layerRow));
  const total = document.createElement("tr");
  total.innerHTML = '<th scope="row">total</th><td colspan="2"></td><td class="count"></td>' +
    '<td class="count"></td><td colspan="2"></td>';
  total.children[2].textContent = grouped(answer.parameters);
  total.children[3].textContent = grouped(answer.multiplications);
  networkBox.querySelector("tfoot").replaceChildren(total);
}

let networkShown = "";  // the name that is shown, or asked for
async function showNetwork() {
  const name = networkBox.open ? menu.value : "";
  if (name === networkShown) return;
  networkShown = name;
  if (!name) return;
  const answer = await server.network({ model: name });
  if (name !== networkShown) return;  // another one has been chosen since
  const trouble = networkBox.querySelector(".trouble");
  trouble.textContent = answer ? answer.error ?? "" :
    "The server does not answer: close this section and open it again.";
  trouble.hidden = !trouble.textContent;
  networkBox.querySelector(".sheet").hidden = !trouble.hidden;
  if (trouble.hidden) drawNetwork(answer);
}

networkBox.addEventListener("toggle", showNetwork);
menu.addEventListener("change", showNetwork);
// The section may have been opened before the menu was filled.
results.addEventListener("shown", showNetwork);

// ---------------------------------------------------------------- the calculator

const sizeInputs = [...calculator.querySelectorAll("input")];

function calculate() {
  const wrong = sizeInputs.find((input) => !input.validity.valid);
  if (wrong) return wrong.name + " is a whole number from " + wrong.min + " to " + wrong.max + ".";
  const [n, k, p, s] = sizeInputs.map((input) => input.valueAsNumber);
  if (k > n + p) {
    return "Impossible: a kernel of " + k + " does not fit into " + (n + p) +
      " pixels (" + n + " and " + p + " of padding).";
  }
  return "⌊(" + n + " − " + k + " + " + p + " + " + s + ")/" + s + "⌋ = " + Math.floor((n - k + p + s) / s);
}

function showSize() {
  const output = calculator.querySelector("output");
  output.textContent = calculate();
  output.classList.toggle("size", output.textContent.startsWith("⌊"));
}

function fillCalculator(numbers) {
  for (const input of sizeInputs) input.value = numbers[input.name];
  showSize();
  calculator.scrollIntoView({ block: "nearest" });
}

calculator.addEventListener("input", showSize);
// Ctrl+Z takes back typing here, and no stroke.
calculator.addEventListener("keydown", (event) => event.stopPropagation());
showSize();
