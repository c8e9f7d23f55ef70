// What is visible in a panel: boxes, canvases, drawings and words, in the order of painting.

/** @typedef {{ left: number, top: number, width: number, height: number }} Place */
/** @typedef {{ kind: "box", fill: string, gradient: string[], line: string, thickness: number }} Box */
/** @typedef {{ kind: "canvas", canvas: HTMLCanvasElement, smooth: boolean }} Picture */
/** @typedef {{ kind: "svg", source: string }} Svg */
/** @typedef {{ kind: "words", text: string, font: string, colour: string }} Words */
/** @typedef {Place & { radius: number } & (Box | Picture | Svg | Words)} Mark */

const CLEAR = "rgba(0, 0, 0, 0)";
const VISIBLE = { visibilityProperty: true };
/** Parts that only screen readers find. */
const UNSEEN = ".description, .spoken";

/**
 * The marks of a panel, in CSS pixels from its upper left corner, and its size and background.
 * @param {HTMLElement} panel
 */
export function measure(panel) {
  const { left, top, width, height } = panel.getBoundingClientRect();
  const marks = [...marksIn(panel)].map((mark) => ({
    ...mark,
    left: mark.left - left,
    top: mark.top - top,
  }));
  return { marks, width, height, background: backgroundOf(panel) };
}

/**
 * The colour behind an element.
 * @param {Element} element
 */
function backgroundOf(element) {
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (backgroundColor !== CLEAR) return backgroundColor;
  }
  return "#fff";
}

/**
 * @param {Element} element
 * @returns {Generator<Mark>}
 */
function* marksIn(element) {
  const style = getComputedStyle(element);
  // An element without a box of its own counts as invisible, although its content may be visible.
  const isVisible = style.display === "contents" || element.checkVisibility(VISIBLE);
  if (!isVisible || element.matches(UNSEEN)) return;
  if (element instanceof HTMLInputElement) return yield* inputOf(element, style);
  const place = placeOf(element.getBoundingClientRect(), style);
  yield* boxOf(style, place);
  if (element instanceof HTMLCanvasElement) {
    const smooth = style.imageRendering !== "pixelated";
    yield { ...contained(element, place, style), kind: "canvas", canvas: element, smooth };
  } else if (element instanceof SVGSVGElement) {
    yield { ...place, kind: "svg", source: sourceOf(element, style) };
  } else if (element instanceof HTMLSelectElement) {
    const text = element.selectedOptions[0]?.textContent ?? "";
    const left = place.left + parseFloat(style.paddingLeft);
    const top = place.top + (place.height - 1.3 * parseFloat(style.fontSize)) / 2;
    yield { ...place, left, top, kind: "words", text, font: fontOf(style), colour: style.color };
  } else {
    for (const child of element.childNodes) {
      if (child instanceof Text) yield* wordsOf(child, style);
      else if (child instanceof Element) yield* marksIn(child);
    }
  }
}

/**
 * @param {DOMRect} rectangle
 * @param {CSSStyleDeclaration} style
 */
function placeOf({ left, top, width, height }, { borderTopLeftRadius }) {
  const share = borderTopLeftRadius.endsWith("%") ? Math.min(width, height) / 100 : 1;
  return { left, top, width, height, radius: parseFloat(borderTopLeftRadius) * share || 0 };
}

/**
 * The background and the border of an element, if it has any.
 * @param {CSSStyleDeclaration} style
 * @param {Place & { radius: number }} place
 * @returns {Generator<Mark>}
 */
function* boxOf(style, place) {
  const thickness = parseFloat(style.borderTopWidth);
  const isFilled = style.backgroundColor !== CLEAR || style.backgroundImage !== "none";
  if (!isFilled && !thickness) return;
  const gradient = style.backgroundImage.match(/rgba?\([^)]*\)/g) ?? [];
  // A line above an element, such as that of an instrument, is no frame.
  const isFrame = style.borderLeftWidth === style.borderTopWidth;
  yield {
    ...place,
    ...filled(style.backgroundColor),
    gradient,
    line: style.borderTopColor,
    thickness: isFrame ? thickness : 0,
  };
}

/** @type {(fill: string) => Box} */
const filled = (fill) => ({ kind: "box", fill, gradient: [], line: fill, thickness: 0 });

/**
 * A checkbox; browsers draw it themselves.
 * @param {HTMLInputElement} input
 * @param {CSSStyleDeclaration} style
 * @returns {Generator<Mark>}
 */
function* inputOf(input, { accentColor, color }) {
  if (input.type !== "checkbox") return;
  const { left, top, width, height } = input.getBoundingClientRect();
  const place = { left, top, width, height, radius: width / 6 };
  const box = filled(input.checked ? accentColor : CLEAR);
  yield { ...place, ...box, line: input.checked ? accentColor : color, thickness: 1 };
  if (!input.checked) return;
  const font = `bold ${height * 0.75}px sans-serif`;
  yield { ...place, left: left + width / 5, kind: "words", text: "✓", font, colour: "#fff" };
}

/**
 * Where the content of a canvas appears inside its element.
 * @param {HTMLCanvasElement} canvas
 * @param {Place & { radius: number }} place
 * @param {CSSStyleDeclaration} style
 */
function contained({ width, height }, place, { objectFit }) {
  if (objectFit !== "contain") return place;
  const scale = Math.min(place.width / width, place.height / height);
  const size = { width: width * scale, height: height * scale };
  const left = place.left + (place.width - size.width) / 2;
  return { ...place, ...size, left, top: place.top + (place.height - size.height) / 2 };
}

/**
 * @param {SVGSVGElement} drawing
 * @param {CSSStyleDeclaration} style
 */
function sourceOf(drawing, { color }) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  copy.style.color = color;
  return new XMLSerializer().serializeToString(copy);
}

/** @param {CSSStyleDeclaration} style */
const fontOf = ({ fontStyle, fontWeight, fontSize, fontFamily }) =>
  `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;

/**
 * Each word of a text, where the browser has placed it.
 * @param {Text} node
 * @param {CSSStyleDeclaration} style
 * @returns {Generator<Mark>}
 */
function* wordsOf(node, style) {
  const range = document.createRange();
  for (const { 0: text, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + text.length);
    const { left, top, width, height } = range.getBoundingClientRect();
    const place = { left, top, width, height, radius: 0 };
    if (width) yield { ...place, kind: "words", text, font: fontOf(style), colour: style.color };
  }
}
