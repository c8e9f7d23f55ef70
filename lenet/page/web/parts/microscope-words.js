// What the microscope says: names of units and terms, the numbers of a cell, and sentences.

import { decimal, layerName } from "../core/format.js";
import { named, text } from "../core/texts.js";

/** @import { DrawReading, Explanation, Layer, Network, Term, Unit } from "../types" */

/** Differences that rounding explains. */
const ROUNDING = 1e-9;
/** The places of four values, row by row. */
const PLACES = ["upperLeft", "upperRight", "lowerLeft", "lowerRight"];

/**
 * "C3, map 6, row 4, column 7"; rows and columns count from 1.
 * @param {Pick<Network, "labels">} network
 * @param {Layer} layer
 * @param {Unit} unit
 */
export function unitName({ labels }, { name, shape: [, height, width] }, { map, row, column }) {
  const values = { layer: name, map: map + 1, row: row + 1, column: column + 1 };
  if (name === "output")
    return text("microscope.outputName", { label: named("classes", labels[map]) });
  return text(`microscope.${height * width > 1 ? "mapName" : "unitName"}`, values);
}

/**
 * What a term's patch comes from.
 * @param {Explanation} explanation
 * @param {Term} term
 */
export function patchName({ previous }, { map, patch }) {
  if (previous === "input") return text("microscope.inputName");
  if (map === null) return text("layers.units", { name: layerName(previous), count: patch.length });
  return text("layers.map", { name: layerName(previous), number: map + 1 });
}

/**
 * The numbers of one cell: "row 2, column 3: 0.831 × −0.412 = −0.342".
 * @param {Explanation} explanation
 * @param {Term} term
 * @param {number} cell
 */
export function cellText({ kind }, term, cell) {
  const { map, width, height, patch, kernel, products } = term;
  const numbers = {
    a: decimal(patch[cell]),
    b: decimal(kernel[cell]),
    product: decimal(products[cell]),
    unit: cell + 1,
    row: Math.floor(cell / width) + 1,
    column: (cell % width) + 1,
  };
  const place = map === null && height === 1 ? "unitPlace" : "place";
  const formula = kind === "rbf" ? "difference" : kind === "max" ? "number" : "product";
  return `${text(`microscope.${place}`, numbers)}: ${text(`microscope.${formula}`, numbers)}`;
}

/**
 * Whether the sum is the value that the network itself computed, and what is special about it.
 * @param {DrawReading} reading
 * @param {Explanation} explanation
 */
export function sentences({ network, prediction }, explanation) {
  const { kind, unit, terms, value, winner, muted } = explanation;
  const layer = prediction.layers.find(({ name }) => name === unit.layer);
  const words = [text(`microscope.${isOwn(layer, explanation) ? "own" : "different"}`)];
  if (winner !== null && winner < PLACES.length && terms[0].width === 2) {
    const { patch } = terms[0];
    const count = patch.filter((other) => other === patch[winner]).length;
    const place = text(`microscope.${PLACES[winner]}`);
    words.push(text(`microscope.${count > 1 ? "winnerTied" : "winner"}`, { place, count }));
  }
  if (kind === "rbf")
    words.push(text("microscope.rbf", { label: named("classes", network.labels[unit.map]) }));
  if (muted) words.push(text("microscope.mutedMap"));
  else if (prediction.state === "blank" && value !== 0) words.push(blank(explanation));
  return words;
}

/**
 * @param {Layer | undefined} layer
 * @param {Explanation} explanation
 */
function isOwn(layer, { unit: { map, row, column }, sum, value }) {
  if (!layer) return false;
  const [, height, width] = layer.shape;
  const at = (map * height + row) * width + column;
  const difference = Math.max(Math.abs(layer.data[at] - value), Math.abs(layer.sums[at] - sum));
  return difference <= ROUNDING * Math.max(1, Math.abs(sum));
}

/**
 * Why a unit has a value although nothing is drawn.
 * @param {Explanation} explanation
 */
function blank({ terms, bias, activation }) {
  const total = terms.reduce((sum, term) => sum + term.sum, 0);
  const values = {
    bias: decimal(bias),
    terms: decimal(total),
    activation: activation ? text(`microscope.${activation}`) : "",
  };
  if (total !== 0) return text("microscope.blankTerms", values);
  return text(`microscope.${activation ? "blankBias" : "blankLinear"}`, values);
}
