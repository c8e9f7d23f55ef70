// The shell: header, tabs and panels, the store, and the menu of networks.
//
//   a view changes the store → the open view reads → the open view shows what it has read

import { edited, NO_EDITS } from "./core/edits.js";
import { SketchpadError } from "./core/errors.js";
import { Gallery } from "./core/gallery.js";
import { BLANK } from "./core/sketch.js";
import { makeTasks, workerAt } from "./core/workers.js";
import { find, fragment, element as make } from "./parts/dom.js";
import { fillNetworkMenu } from "./parts/network-menu.js";
import { makeTabs } from "./parts/tabs.js";
import { coalesced, makeStore } from "./state.js";
import VIEWS from "./views/index.js";

/** @import { Files, OpenFile, View } from "./types" */

const SHELL = `
  <header>
    <h1>LeNet <span>Sketchpad</span></h1>
    <div class="tabs" role="tablist" aria-label="Views"></div>
    <p id="invitation"></p>
    <label class="model">Network <select id="model"></select></label>
  </header>`;

/**
 * Builds the page inside `element`.
 * @param {HTMLElement} element
 * @param {object} options
 * @param {Files} options.files
 * @param {OpenFile} [options.openFile] opens picture files; without it the page accepts none
 * @param {string} [options.network] the name of the network to open first
 * @param {() => Worker} [options.startWorker] starts worker.js
 * @param {View[]} [options.views]
 */
export function start(
  element,
  { files, openFile, network: first, startWorker = ownWorker, views = VIEWS },
) {
  const state = makeStore({
    network: null,
    tasks: makeTasks(startWorker),
    files,
    openFile,
    view: views[0].id,
    sketch: BLANK,
    pair: [BLANK, BLANK],
    edits: NO_EDITS,
    unit: null,
    pinned: false,
    before: false,
    problem: "",
  });
  element.replaceChildren(fragment(SHELL));
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

  const read = coalesced(() => {
    const network = state.get("network");
    if (!network) return;
    const { view, mounted } = openPart();
    try {
      mounted.show(view.read(edited(network, state.get("edits")), state));
      state.set({ problem: "" });
    } catch (error) {
      if (!(error instanceof SketchpadError)) throw error;
      state.set({ problem: error.message });
    }
  });

  state.subscribe(["network", "view"], arrange);
  state.subscribe(["network", "edits", "view", "sketch", "pair"], read);
  arrange();
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
      state.get("tasks").close();
      for (const { mounted } of parts) mounted.close();
      element.replaceChildren();
    },
  };
}

const ownWorker = () => workerAt(new URL("worker.js", import.meta.url));

/** @param {View} view */
function makeTab({ id, title }) {
  const tab = make('<button type="button" role="tab"></button>');
  tab.id = `tab-${id}`;
  tab.dataset.view = id;
  tab.textContent = title;
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
