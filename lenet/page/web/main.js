// The shell: header, tabs and panels, the store, and the menu of networks.
//
//   a view changes the store → the open view reads → the open view shows what it has read

import { edited, NO_EDITS } from "./core/edits.js";
import { SketchpadError } from "./core/errors.js";
import { Gallery } from "./core/gallery.js";
import { BLANK } from "./core/sketch.js";
import { currentLanguage, knownLanguage, onLanguage, setLanguage, text } from "./core/texts.js";
import { makeTasks } from "./core/workers.js";
import { makeBigScreen } from "./parts/big-screen.js";
import { copyLink } from "./parts/copy-link.js";
import { find, fragment, element as make } from "./parts/dom.js";
import { acceptIncoming } from "./parts/incoming.js";
import { makeLanguageMenu } from "./parts/language-menu.js";
import { ADDRESS, followLessons, lessonAt, openInstruments } from "./parts/lessons.js";
import { fillNetworkMenu } from "./parts/network-menu.js";
import { makeNotice } from "./parts/notice.js";
import { makeShownParts } from "./parts/shown-parts.js";
import { makeTabs } from "./parts/tabs.js";
import { makeTour } from "./parts/tour.js";
import { coalesced, makeStore } from "./state.js";
import TASKS from "./tour/index.js";
import VIEWS from "./views/index.js";

/** @import { Files, LessonPlace, Store, View } from "./types" */

/** @param {string} path */
const icon = (path) =>
  `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"></path></svg>`;

const LINK = icon(
  "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
);
const TOUR = icon("M9 9a3 3 0 1 1 4.2 2.7c-.8.4-1.2 1-1.2 1.8v.5M12 17.2v.1");
const SCREEN = icon("M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5");

const shell = () => `
  <header>
    <h1>LeNet <span>Sketchpad</span></h1>
    <div class="tabs" role="tablist" aria-label="${text("page.views")}"></div>
    <p id="invitation"></p>
    <div class="settings">
      <label class="model">${text("page.network")} </label>
      <div class="actions">
        <button type="button" name="tour" aria-controls="tour">${TOUR}</button>
        <button type="button" name="link">${LINK}</button>
        <button type="button" name="big">${SCREEN}</button>
      </div>
    </div>
  </header>
  <div class="notice" hidden></div>
  <section id="tour" tabindex="-1" hidden></section>`;

/**
 * Builds the page inside `element`.
 * @param {HTMLElement} element
 * @param {object} options
 * @param {Files} options.files
 * @param {string} [options.network] the name of the network to open first
 * @param {string} [options.language] its code; by default, the first that the visitor prefers
 * @param {LessonPlace} [options.place] where lessons are; by default, the address of the page
 * @param {() => Worker} options.startWorker starts a worker that runs worker.js
 * @param {View[]} [options.views]
 */
export function start(
  element,
  { files, startWorker, network: first, language, place = ADDRESS, views = VIEWS },
) {
  const { lesson, problem } = lessonAt(place);
  const preferred = [lesson?.language, language].filter((code) => code != null);
  setLanguage(knownLanguage([...preferred, ...navigator.languages]));
  const gallery = new Gallery(files);
  const state = makeStore({
    network: null,
    tasks: makeTasks(startWorker),
    files,
    view: lesson?.view ?? views[0].id,
    sketch: BLANK,
    opened: null,
    opening: {},
    pair: [BLANK, BLANK],
    sides: [null, null],
    same: false,
    menu: [],
    gallery,
    shown: lesson?.show ?? null,
    big: lesson?.big ?? false,
    edits: NO_EDITS,
    unit: null,
    pinned: false,
    before: false,
    tour: { isOpen: false, step: 0, done: [] },
    language: currentLanguage(),
    kernels: false,
    problem: "",
  });
  // It stays when the language changes, so that it keeps its choice.
  const model = make('<select id="model"></select>');
  const build = () => mountPage(element, { state, views, place, model });
  let page = build();
  if (problem) page.notify(problem);
  const menu = fillNetworkMenu({
    menu: find(element, "#model", HTMLSelectElement),
    gallery,
    first: lesson?.network ?? first,
    onFill: (menu) => state.set({ menu }),
    onChoose(network) {
      state.set({ network, edits: NO_EDITS, unit: null, pinned: false, problem: "" });
      lessons.apply();
    },
    onProblem: (problem) => state.set({ problem }),
  });
  const lessons = followLessons({
    root: element,
    state,
    place,
    first: lesson,
    choose: menu.choose,
    report: (sentence) => page.notify(sentence),
  });

  function rebuild() {
    const network = state.get("network");
    const open = openInstruments(element);
    const isFocused = find(element, "#language").matches(":focus");
    // What runs would answer parts that are gone.
    state.get("tasks").stop();
    page.close();
    // Views are mounted as at first: without a network, which arrives then.
    state.set({ network: null, language: currentLanguage(), problem: "" });
    page = build();
    menu.translate();
    state.set({ network });
    for (const id of open) find(element, `#${id}`, HTMLDetailsElement).open = true;
    if (isFocused) find(element, "#language").focus();
  }

  const cleanups = [
    menu.close,
    lessons.close,
    state.subscribe(["language"], () => setLanguage(state.get("language"))),
    onLanguage(rebuild),
  ];

  return {
    close() {
      for (const cleanUp of cleanups) cleanUp();
      state.get("tasks").close();
      page.close();
      element.replaceChildren();
    },
  };
}

/**
 * Builds the header and all views in the current language.
 * @param {HTMLElement} element
 * @param {object} options
 * @param {Store} options.state
 * @param {View[]} options.views
 * @param {LessonPlace} options.place
 * @param {HTMLElement} options.model the menu of networks
 */
function mountPage(element, { state, views, place, model }) {
  element.lang = currentLanguage();
  element.replaceChildren(fragment(shell()));
  find(element, ".model").append(model);
  find(element, ".actions").append(makeLanguageMenu(state));
  const notify = makeNotice(find(element, ".notice"), find(element, "[name=link]"));
  const tabList = find(element, ".tabs");
  const parts = views.map((view) => {
    const tab = tabList.appendChild(makeTab(view));
    const panel = element.appendChild(makePanel(view));
    return { view, tab, panel, mounted: view.mount(panel, state) };
  });
  const button = find(element, "[name=tour]");
  const tour = makeTour({ root: element, button, state, tasks: TASKS });
  const tabs = makeTabs(tabList, (tab) => state.set({ view: tab.dataset.view }));
  const openPart = () => parts.find(({ view }) => view.id === state.get("view")) ?? parts[0];
  let isClosed = false;

  function arrange() {
    if (!parts.some(({ view }) => view.id === state.get("view"))) {
      return state.set({ view: views[0].id });
    }
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

  /** @param {Node} at */
  function deskAt(at) {
    // A view without a pad leaves pictures to the first that has one.
    for (const { view, mounted } of [openPart(), ...parts]) {
      const desk = mounted.deskAt?.(at);
      if (!desk) continue;
      /** @param {readonly File[]} files */
      const open = (files) => {
        state.set({ view: view.id });
        desk.open(files);
      };
      return { ...desk, open };
    }
    return null;
  }

  const read = coalesced(() => {
    const network = state.get("network");
    if (!network || isClosed) return;
    const { view, mounted } = openPart();
    try {
      const reading = view.read(edited(network, state.get("edits")), state);
      mounted.show(reading);
      tour.observe(view.id, reading);
      state.set({ problem: "" });
    } catch (error) {
      if (!(error instanceof SketchpadError)) throw error;
      state.set({ problem: error.message });
    }
  });

  const cleanups = [
    state.subscribe(["network", "view"], arrange),
    state.subscribe(["network", "edits", "view", "sketch", "pair", "sides", "same"], read),
    mountActions(element, state, place, notify).close,
    acceptIncoming(element, deskAt).close,
    tour.close,
    ...parts.map(({ mounted }) => mounted.close),
  ];
  arrange();

  return {
    notify,
    close() {
      isClosed = true;
      for (const cleanUp of cleanups) cleanUp();
    },
  };
}

/**
 * The buttons of the header, and what they control.
 * @param {HTMLElement} root
 * @param {Store} state
 * @param {LessonPlace} place
 * @param {ReturnType<typeof makeNotice>} notify
 */
function mountActions(root, state, place, notify) {
  const link = find(root, "[name=link]");
  const big = find(root, "[name=big]");
  link.title = link.ariaLabel = text("lesson.copy");
  big.title = big.ariaLabel = text("lesson.bigScreen");
  link.addEventListener("click", () => copyLink({ root, state, place, notify }));
  const bigScreen = makeBigScreen(root, big, state);
  const shownParts = makeShownParts(root);
  const unsubscribe = state.subscribe(["shown"], () => shownParts.show(state.get("shown")));
  shownParts.show(state.get("shown"));

  return {
    close() {
      unsubscribe();
      shownParts.close();
      bigScreen.close();
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
