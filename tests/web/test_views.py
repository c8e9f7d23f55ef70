"""The contract of a view, and the shell around the views."""

import pytest

from tests.web.conftest import Run

pytestmark = pytest.mark.browser

STATE = """
const { makeStore } = await import("/state.js");
const { default: views } = await import("/views/index.js");
const { BLANK } = await import("/core/sketch.js");
const root = document.querySelector(".sketchpad");
"""

# A shell with simple views, which log what they show and when they close.
SHELL = """
const { start } = await import("/main.js");
const { wait } = await import("/core/requests.js");
const root = document.querySelector(".sketchpad"), log = [];
const view = (id, more = {}) => ({
  id, title: id.toUpperCase(), invitation: () => "Look at " + id, fits: () => true,
  mount: (panel) => ({
    read: async (network) => ({ from: id, network: network.name }),
    show: (reading) => log.push("show " + reading.from + " " + reading.network),
    close: () => log.push("close " + id) }),
  ...more });
const server = {
  models: async () => ({ models: ["one", "two"].map((name) => ({ name, title: name })) }),
  inputs: async (name) => ({ labels: [], digits: true, examples: [], steps: [] }),
};
const openTab = async (id) => { root.querySelector("#tab-" + id).click(); await wait(20); };
const choose = async (name) => {
  const menu = root.querySelector("#model");
  menu.value = name;
  menu.dispatchEvent(new Event("change"));
  await wait(20);
};
"""


def test_every_view_fulfils_the_contract(run: Run) -> None:
    found = run(
        STATE
        + """
        return views.map((view) => {
          const panel = document.createElement("div");
          root.append(panel);
          const labels = ["0", "1"], examples = [[], []];
          const network = { name: "x", labels, digits: true, examples, steps: [] };
          let open = 0;
          const store = makeStore({ facts, server: {}, network: null, view: view.id, sketch: BLANK,
            pair: [BLANK, BLANK], skip: null, reading: null, problem: "" });
          const counting = { ...store, subscribe: (keys, listener) => {
            open++;
            const unsubscribe = store.subscribe(keys, listener);
            return () => { open--; return unsubscribe(); };
          } };
          const mounted = view.mount(panel, counting);
          store.set({ network });
          store.set({ problem: "No answer" });
          const alerts = [...panel.querySelectorAll("[role=alert]")].map((e) => e.textContent);
          mounted.close();
          return { ...view, mount: Object.keys(mounted).sort(), open, alerts,
            fits: view.fits(network), invitation: view.invitation(network) };
        });
        """
    )
    assert [view["id"] for view in found] == ["draw", "compare", "layers"]
    for view in found:
        assert view["mount"] == ["close", "read", "show"]
        assert view["alerts"] == ["No answer"], "each view shows the problem"
        assert view["open"] == 0, "a closed view has no subscriptions"
        assert view["fits"]
        assert view["title"]
        assert view["invitation"]


def test_only_the_open_view_reads_and_shows(run: Run) -> None:
    log, panels, invitation = run(
        SHELL
        + """
        start(root, server, facts, [view("a"), view("b")]);
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


def test_a_view_that_does_not_fit_the_network_is_hidden(run: Run) -> None:
    seen = run(
        SHELL
        + """
        const seen = [];
        start(root, server, facts, [view("a"), view("b", { fits: ({ name }) => name === "one" })]);
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


def test_a_late_answer_for_a_closed_view_is_not_shown(run: Run) -> None:
    log = run(
        SHELL
        + """
        const slow = view("a").mount();
        start(root, server, facts, [
          view("a", { mount: () => ({ ...slow, read: async (network) => {
            await wait(60);
            return { from: "a", network: network.name };
          } }) }),
          view("b")]);
        await wait(20);
        await openTab("b");
        await wait(150);
        return log;
        """
    )
    assert log == ["show b one"]


def test_an_unusable_network_is_reported(run: Run) -> None:
    reported, log = run(
        SHELL
        + """
        const reported = [];
        const listening = view("a", { mount: (panel, state) => {
          state.subscribe(["problem"], () => reported.push(state.get("problem")));
          return view("a").mount();
        } });
        const damaged = { error: "It is damaged." };
        server.inputs = async (name) => name === "two" ? damaged : { labels: [] };
        start(root, server, facts, [listening]);
        await wait(50);
        await choose("two");
        await choose("one");
        return [reported, log];
        """
    )
    assert reported == ["It is damaged.", ""]
    assert log == ["show a one", "show a one"]


def test_the_page_can_be_closed(run: Run) -> None:
    log, children = run(
        SHELL
        + """
        const page = start(root, server, facts, [view("a"), view("b")]);
        await wait(50);
        page.close();
        return [log, root.children.length];
        """
    )
    assert log == ["show a one", "close a", "close b"]
    assert children == 0
