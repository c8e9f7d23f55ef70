// The shell: header, tabs and panels, the store, and the menu of networks.
//
//   a view changes the store → the open view reads → the open view shows what it has read

import { edited, NO_EDITS } from "./core/edits.js";
import { SketchpadError } from "./core/errors.js";
import { Gallery } from "./core/gallery.js";
import { BLANK } from "./core/sketch.js";
import { currentLanguage, knownLanguage, onLanguage, setLanguage, text } from "./core/texts.js";
import { find, fragment, element as make } from "./parts/dom.js";
import { makeLanguageMenu } from "./parts/language-menu.js";
import { fillNetworkMenu } from "./parts/network-menu.js";
import { makeTabs } from "./parts/tabs.js";
import { coalesced, makeStore } from "./state.js";
import VIEWS from "./views/index.js";

/** @import { Files, OpenFile, Store, View } from "./types" */

const shell = () => `
  <header>
    <h1>LeNet <span>Sketchpad</span></h1>
    <div class="tabs" role="tablist" aria-label="${text("page.views")}"></div>
    <p id="invitation"></p>
    <label class="model">${text("page.network")} </label>
    <div class="page-tools"></div>
  </header>`;

/**
 * Builds the page inside `element`.
 * @param {HTMLElement} element
 * @param {object} options
 * @param {Files} options.files
 * @param {OpenFile} [options.openFile] opens picture files; without it the page accepts none
 * @param {string} [options.network] the name of the network to open first
 * @param {string} [options.language] its code; by default, the first that the visitor prefers
 * @param {View[]} [options.views]
 */
export function start(
  element,
  { files, openFile, network: first, language = knownLanguage(navigator.languages), views = VIEWS },
) {
  setLanguage(language);
  const state = makeStore({
    network: null,
    openFile,
    view: views[0].id,
    sketch: BLANK,
    pair: [BLANK, BLANK],
    edits: NO_EDITS,
    unit: null,
    pinned: false,
    before: false,
    language: currentLanguage(),
    problem: "",
  });
  // It stays when the language changes, so that it keeps its choice.
  const model = make('<select id="model"></select>');
  let page = mountPage(element, state, views, model);
  const cleanups = [
    state.subscribe(["language"], () => setLanguage(state.get("language"))),
    onLanguage(() => {
      const network = state.get("network");
      const open = openPanels(element);
      const isFocused = find(element, "#language").matches(":focus");
      page.close();
      // Views are mounted as at first: without a network, which arrives then.
      state.set({ network: null, language: currentLanguage(), problem: "" });
      page = mountPage(element, state, views, model);
      menu.translate();
      state.set({ network });
      for (const id of open) find(element, `#${id}`, HTMLDetailsElement).open = true;
      if (isFocused) find(element, "#language").focus();
    }),
  ];
  const menu = fillNetworkMenu({
    menu: find(element, "#model", HTMLSelectElement),
    gallery: new Gallery(files),
    first,
    onChoose: (network) => state.set({ network, edits: NO_EDITS, unit: null, problem: "" }),
    onProblem: (problem) => state.set({ problem }),
  });

  return {
    close() {
      menu.close();
      for (const cleanUp of cleanups) cleanUp();
      page.close();
      element.replaceChildren();
    },
  };
}

/**
 * The ids of the panels that a visitor has opened.
 * @param {HTMLElement} element
 */
const openPanels = (element) =>
  [...element.querySelectorAll("details[open]")].map(({ id }) => id).filter(Boolean);

/**
 * Builds the header and all views in the current language.
 * @param {HTMLElement} element
 * @param {Store} state
 * @param {View[]} views
 * @param {HTMLElement} model the menu of networks
 */
function mountPage(element, state, views, model) {
  element.lang = currentLanguage();
  element.replaceChildren(fragment(shell()));
  find(element, ".model").append(model);
  find(element, ".page-tools").append(makeLanguageMenu(state));
  const tabList = find(element, ".tabs");
  const parts = views.map((view) => {
    const tab = tabList.appendChild(makeTab(view));
    const panel = element.appendChild(makePanel(view));
    return { view, tab, panel, mounted: view.mount(panel, state) };
  });
  const tabs = makeTabs(tabList, (tab) => state.set({ view: tab.dataset.view }));
  const openPart = () => parts.find(({ view }) => view.id === state.get("view")) ?? parts[0];

  function arrange() {
    const network = state.get("network");
    if (network) {
      for (const { view, tab } of parts) tab.hidden = !view.fits(network);
      if (openPart().tab.hidden) {
        return state.set({ view: parts.find(({ tab }) => !tab.hidden)?.view.id });
      }
      find(element, "#invitation").textContent = openPart().view.invitation(network);
    }
    tabs.open(openPart().tab);
    for (const { panel } of parts) panel.hidden = panel !== openPart().panel;
  }

  let isClosed = false;

  const read = coalesced(() => {
    const network = state.get("network");
    if (!network || isClosed) return;
    const { view, mounted } = openPart();
    try {
      mounted.show(view.read(edited(network, state.get("edits")), state));
      state.set({ problem: "" });
    } catch (error) {
      if (!(error instanceof SketchpadError)) throw error;
      state.set({ problem: error.message });
    }
  });

  const cleanups = [
    state.subscribe(["network", "view"], arrange),
    state.subscribe(["network", "edits", "view", "sketch", "pair"], read),
    ...parts.map(({ mounted }) => mounted.close),
  ];
  arrange();

  return {
    close() {
      isClosed = true;
      for (const cleanUp of cleanups) cleanUp();
    },
  };
}

/** @param {View} view */
function makeTab({ id, title }) {
  const tab = make('<button type="button" role="tab"></button>');
  tab.id = `tab-${id}`;
  tab.dataset.view = id;
  tab.textContent = title();
  tab.setAttribute("aria-controls", id);
  return tab;
}

/** @param {View} view */
function makePanel({ id }) {
  const panel = make('<div role="tabpanel"></div>');
  panel.id = id;
  panel.setAttribute("aria-labelledby", `tab-${id}`);
  return panel;
}
