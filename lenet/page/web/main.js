// The shell: header, tabs and panels, the store, and requests to the server.
//
//   a view changes the store → the open view reads → the open view shows the answer

import { isFailure, makeRequester } from "./core/requests.js";
import { BLANK } from "./core/sketch.js";
import { find, fragment, element as make } from "./parts/dom.js";
import { fillNetworkMenu } from "./parts/network-menu.js";
import { makeTabs } from "./parts/tabs.js";
import { makeStore } from "./state.js";
import VIEWS from "./views/index.js";

/** @import { Facts, Failure, Network, Server, View } from "./types" */

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
 * @param {Server} server
 * @param {Facts} facts
 */
export function start(element, server, facts, views = VIEWS) {
  const state = makeStore({
    facts,
    server,
    network: null,
    view: views[0].id,
    sketch: BLANK,
    pair: [BLANK, BLANK],
    skip: null,
    reading: null,
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

  /** @typedef {{ network: Network, part: typeof parts[number], reading: unknown }} Shown */

  const requestReading = makeRequester({
    /** @returns {Promise<Shown | Failure | undefined>} */
    async call() {
      const network = state.get("network");
      const part = openPart();
      if (!network) return { error: state.get("problem") };
      const reading = await part.mounted.read(network);
      if (isFailure(reading)) return reading;
      return reading ? { network, part, reading } : undefined;
    },
    show({ network, part, reading }) {
      if (network !== state.get("network") || part !== openPart()) return;
      state.set({ reading });
    },
    report: (problem) => state.set({ problem }),
  });

  state.subscribe(["network", "view"], arrange);
  state.subscribe(["network", "view", "sketch", "pair", "skip"], () => {
    if (state.get("network")) requestReading();
  });
  state.subscribe(["reading"], () => openPart().mounted.show(state.get("reading")));
  arrange();
  fillNetworkMenu({
    menu: find(element, "#model", HTMLSelectElement),
    server,
    onChoose: (network, problem) => state.set({ network, problem }),
  });

  return {
    close() {
      for (const { mounted } of parts) mounted.close();
      element.replaceChildren();
    },
  };
}

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
