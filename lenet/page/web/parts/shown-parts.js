// Shows only the named parts of the tab Draw, for lessons and frames.

/** @import { Network } from "../types" */

const HEADER = { header: "header" };
const LEFT = { tools: "#draw .tools", pad: "#pad", examples: ".examples" };
const OVERVIEW = { answer: ".answer", input: ".input", probabilities: "#probabilities" };
const REST = { microscope: "#microscope" };
const LAYER = /^([A-Z]\d+|output)$/;
const PARTS = { ...HEADER, ...LEFT, ...OVERVIEW, ...REST };

/**
 * `show` receives the names of the parts to show: those of `PARTS`, layers by name,
 * and instruments by id; null shows all.
 * @param {HTMLElement} root
 */
export function makeShownParts(root) {
  // Unlike a style element, a policy without inline styles allows it.
  const sheet = new CSSStyleSheet();
  const owner = root.getRootNode();
  const isOwner = owner instanceof Document || owner instanceof ShadowRoot;
  if (isOwner) owner.adoptedStyleSheets = [...owner.adoptedStyleSheets, sheet];

  /** @param {string[] | null} names */
  function show(names) {
    const plain = names?.filter((name) => /^[\w-]+$/.test(name));
    // A layer without its microscope would mark units that nothing explains.
    if (plain?.some((name) => LAYER.test(name))) plain.push("microscope");
    sheet.replaceSync(plain ? rule(plain) : "");
    if (!plain) {
      delete root.dataset.show;
      return;
    }
    root.dataset.show = [...plain, ...groups(root, plain)].join(" ");
  }

  function close() {
    if (!isOwner) return;
    owner.adoptedStyleSheets = owner.adoptedStyleSheets.filter((other) => other !== sheet);
  }

  return { show, close };
}

/**
 * Whether the page has any of the named parts while it shows a network.
 * @param {HTMLElement} root
 * @param {Network} network
 * @param {string[]} names
 */
export function hasParts(root, { layers }, names) {
  const instruments = [...root.querySelectorAll(".instrument")].map(({ id }) => id);
  const known = [...Object.keys(PARTS), ...layers.layers.map(({ name }) => name), ...instruments];
  return names.some((name) => known.includes(name));
}

/**
 * Hides everything but the parts of these names.
 * @param {string[]} names
 */
function rule(names) {
  const hidden = Object.entries(PARTS).flatMap(([name, selector]) =>
    names.includes(name) ? [] : selector,
  );
  const selectors = [
    ...hidden,
    // The badge of a changed network stays.
    ".layer-tools > :not(#edited)",
    `.layer${except(names, "data-layer")}`,
    `.instrument${except(names, "id")}`,
  ];
  return `.sketchpad[data-show] :is(${selectors.join()}) { display: none !important }`;
}

/**
 * @param {string[]} names
 * @param {string} attribute
 */
const except = (names, attribute) => names.map((name) => `:not([${attribute}="${name}"])`).join("");

/**
 * Names for the style sheet: which columns there are.
 * @param {HTMLElement} root
 * @param {string[]} names
 */
function groups(root, names) {
  const instruments = [...root.querySelectorAll(".instrument")].map(({ id }) => id);
  const isLayer = (/** @type {string} */ name) => !(name in PARTS) && !instruments.includes(name);
  const hasOverview = names.some((name) => name in OVERVIEW);
  const hasLayers = names.some(isLayer);
  return [
    names.some((name) => name in LEFT) ? "left-column" : "",
    hasOverview || hasLayers ? "right-column" : "",
    hasOverview ? "overview" : "",
  ].filter((name) => name);
}
