"""The contract of a view, and the shell around the views."""

import pytest

from tests.web.conftest import Run

pytestmark = pytest.mark.browser

# A shell with simple views, which log what they show and when they close.
SHELL = """
const { start } = await import("/main.js");
const { NotReachable } = await import("/core/files.js");
const { SketchpadError } = await import("/core/errors.js");
const { bytes } = await import("/core/bytes.js");
const { default: views } = await import("/views/index.js");
const root = document.querySelector(".sketchpad"), log = [];
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const view = (id, more = {}) => ({
  id, title: () => id.toUpperCase(), invitation: () => "Look at " + id, fits: () => true,
  read: (network) => ({ from: id, network: network.name }),
  mount: () => ({
    show: (reading) => log.push("show " + reading.from + " " + reading.network),
    close: () => log.push("close " + id) }),
  ...more });
const labels = [..."0123456789"];
const ranges = ["input", "C1", "S2", "output"].map((name) =>
  ({ name, sums: [-1, 1], values: [0, 1] }));
const about = { version: "1", title: "LeNet", labels, digits: true, examples: null,
  testSheet: null, ranges,
  layers: { layers: [], parameters: 0, multiplications: 0 },
  sizeFormula: "" };
const failures = {};
const files = {
  json: async (path) => {
    const name = path.split("/")[1];
    if (!name) return { models: ["one", "two"].map((name) => ({ name, title: name })) };
    if (failures[name]) throw failures[name];
    return about;
  },
  text: async () => argument.config,
  bytes: async () => bytes(argument.weights).buffer,
};
const openTab = async (id) => { root.querySelector("#tab-" + id).click(); await wait(20); };
const choose = async (name) => {
  const menu = root.querySelector("#model");
  menu.value = name;
  menu.dispatchEvent(new Event("change"));
  await wait(50);
};
"""


@pytest.fixture
def shell(run: Run, tiny_checkpoint: dict[str, str]) -> Run:
    """Runs code with files that contain two copies of a tiny network."""
    return lambda body: run(SHELL + body, tiny_checkpoint)


def test_every_view_fulfils_the_contract(shell: Run) -> None:
    found = shell(
        """
        const { makeStore } = await import("/state.js");
        const { Gallery } = await import("/core/gallery.js");
        const { BLANK } = await import("/core/sketch.js");
        const { NO_EDITS } = await import("/core/edits.js");
        const network = await new Gallery(files).network("one");
        return views.map((view) => {
          const panel = document.createElement("div");
          root.append(panel);
          let open = 0;
          const store = makeStore({ network: null, view: view.id, sketch: BLANK,
            pair: [BLANK, BLANK], sides: [null, null], same: false, menu: [], edits: NO_EDITS,
            unit: null, pinned: false, before: false, kernels: false, problem: "",
            opening: {} });
          const counting = { ...store, subscribe: (keys, listener) => {
            open++;
            const unsubscribe = store.subscribe(keys, listener);
            return () => { open--; return unsubscribe(); };
          } };
          const mounted = view.mount(panel, counting);
          store.set({ network });
          mounted.show(view.read(network, store));
          store.set({ problem: "No answer" });
          const alerts = [...panel.querySelectorAll("[role=alert]")].map((e) => e.textContent);
          mounted.close();
          return { id: view.id, title: view.title(), mounted: Object.keys(mounted).sort(), open,
            alerts, fits: view.fits(network), invitation: view.invitation(network) };
        });
        """
    )
    assert [view["id"] for view in found] == ["draw", "compare", "layers"]
    for view in found:
        desk = [] if view["id"] == "layers" else ["deskAt"]
        assert view["mounted"] == ["close", *desk, "show"]
        assert view["alerts"] == ["No answer"], "each view shows the problem"
        assert view["open"] == 0, "a closed view has no subscriptions"
        assert view["fits"]
        assert view["title"]
        assert view["invitation"]


def test_only_the_open_view_reads_and_shows(shell: Run) -> None:
    log, panels, invitation = shell(
        """
        start(root, { files, views: [view("a"), view("b")] });
        await wait(50);
        await openTab("b");
        await choose("two");
        const panels = [...root.querySelectorAll("[role=tabpanel]")].map((p) => [p.id, p.hidden]);
        return [log, panels, root.querySelector("#invitation").textContent];
        """
    )
    assert log == ["show a one", "show b one", "show b two"]
    assert panels == [["a", True], ["b", False]]
    assert invitation == "Look at b"


def test_changes_in_one_turn_cause_one_reading(shell: Run) -> None:
    log = shell(
        """
        let state;
        const changing = view("a", { mount: (panel, store) => {
          state = store;
          return view("a").mount();
        } });
        start(root, { files, views: [changing] });
        await wait(50);
        state.set({ edits: { muted: { C1: [0] }, kernels: {} } });
        state.set({ edits: { muted: {}, kernels: {} } });
        log.push("turn over");
        await null;
        log.push("next turn");
        return log;
        """
    )
    assert log == ["show a one", "turn over", "show a one", "next turn"]


def test_a_view_that_does_not_fit_the_network_is_hidden(shell: Run) -> None:
    seen = shell(
        """
        const seen = [];
        const picky = view("b", { fits: ({ name }) => name === "one" });
        start(root, { files, views: [view("a"), picky] });
        await wait(50);
        const look = () => seen.push([...root.querySelectorAll("[role=tab]")]
          .map((tab) => tab.hidden ? null : tab.ariaSelected));
        await openTab("b"); look();
        await choose("two"); look();
        await choose("one"); look();
        return seen;
        """
    )
    assert seen == [["false", "true"], ["true", None], ["true", "false"]]


@pytest.mark.parametrize("failure", ['new SketchpadError("It is damaged.")', "new NotReachable()"])
def test_a_problem_with_a_network_is_shown_until_the_next_reading(shell: Run, failure: str) -> None:
    problems, log = shell(
        f"""
        const problems = [];
        let state;
        const listening = view("a", {{ mount: (panel, store) => {{
          state = store;
          state.subscribe(["problem"], () => problems.push(state.get("problem")));
          return view("a").mount();
        }} }});
        failures.two = {failure};
        start(root, {{ files, views: [listening] }});
        await wait(50);
        await choose("two");
        state.set({{ edits: {{ muted: {{}}, kernels: {{}} }} }});
        await null;
        return [problems, log];
        """
    )
    assert len(problems) == 2
    assert problems[0]
    assert problems[1] == ""
    assert log == ["show a one", "show a one"], "the previous network stays usable"


def test_a_view_that_can_not_read_says_why(shell: Run) -> None:
    problems, log = shell(
        """
        const problems = [];
        let state, isDamaged = true;
        const fragile = view("a", {
          read: (network) => {
            if (isDamaged) throw new SketchpadError("This drawing is damaged.");
            return { from: "a", network: network.name };
          },
          mount: (panel, store) => {
            state = store;
            state.subscribe(["problem"], () => problems.push(state.get("problem")));
            return view("a").mount();
          },
        });
        start(root, { files, views: [fragile] });
        await wait(50);
        isDamaged = false;
        state.set({ edits: { muted: {}, kernels: {} } });
        await null;
        return [problems, log];
        """
    )
    assert problems == ["This drawing is damaged.", ""]
    assert log == ["show a one"]


def test_the_first_network_can_be_named(shell: Run) -> None:
    log = shell(
        """
        start(root, { files, network: "two", views: [view("a")] });
        await wait(50);
        return log;
        """
    )
    assert log == ["show a two"]


def test_the_page_can_be_closed(shell: Run) -> None:
    log, children = shell(
        """
        const page = start(root, { files, views: [view("a"), view("b")] });
        await wait(50);
        page.close();
        return [log, root.children.length];
        """
    )
    assert log == ["show a one", "close a", "close b"]
    assert children == 0


def test_a_closed_page_stops_waiting_for_the_server(shell: Run) -> None:
    count = shell(
        """
        let count = 0;
        files.json = async () => { count++; throw new NotReachable(); };
        const page = start(root, { files, views: [view("a")] });
        await wait(50);
        page.close();
        await wait(1200);
        return count;
        """
    )
    assert count == 1
