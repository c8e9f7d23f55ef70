"""The contract of a view, and the shell that keeps it."""

import pytest

from tests.web.conftest import Run

pytestmark = pytest.mark.browser

STATE = """
const { makeStore } = await import("/state.js");
const { default: views } = await import("/views/index.js");
const { BLANK } = await import("/core/sketch.js");
const root = document.querySelector(".sketchpad");
"""

# A shell with two views of its own; what they are asked and shown is noted.
SHELL = """
const { start } = await import("/main.js");
const { wait } = await import("/core/asking.js");
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
const turn = async (id) => { root.querySelector("#tab-" + id).click(); await wait(20); };
const choose = async (name) => {
  const menu = root.querySelector("#model");
  menu.value = name;
  menu.dispatchEvent(new Event("change"));
  await wait(20);
};
"""


def test_every_view_keeps_the_contract(run: Run) -> None:
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
            const end = store.subscribe(keys, listener);
            return () => { open--; return end(); };
          } };
          const mounted = view.mount(panel, counting);
          store.set({ network });
          store.set({ problem: "No answer" });
          const said = [...panel.querySelectorAll("[role=alert]")].map((e) => e.textContent);
          mounted.close();
          return { ...view, mount: Object.keys(mounted).sort(), open, said,
            fits: view.fits(network), invitation: view.invitation(network) };
        });
        """
    )
    assert [view["id"] for view in found] == ["draw", "compare", "layers"]
    for view in found:
        assert view["mount"] == ["close", "read", "show"]
        assert view["said"] == ["No answer"], "each view shows what is wrong"
        assert view["open"] == 0, "a closed view listens to nothing"
        assert view["fits"]
        assert view["title"]
        assert view["invitation"]


def test_only_the_open_view_is_asked_and_shown(run: Run) -> None:
    log, panels, invitation = run(
        SHELL
        + """
        start(root, server, facts, [view("a"), view("b")]);
        await wait(50);
        await turn("b");
        await choose("two");
        const panels = [...root.querySelectorAll("[role=tabpanel]")].map((p) => [p.id, p.hidden]);
        return [log, panels, root.querySelector("#invitation").textContent];
        """
    )
    assert log == ["show a one", "show b one", "show b two"]
    assert panels == [["a", True], ["b", False]]
    assert invitation == "Look at b"


def test_a_view_that_does_not_fit_the_network_is_not_offered(run: Run) -> None:
    seen = run(
        SHELL
        + """
        const seen = [];
        start(root, server, facts, [view("a"), view("b", { fits: ({ name }) => name === "one" })]);
        await wait(50);
        const look = () => seen.push([...root.querySelectorAll("[role=tab]")]
          .map((tab) => tab.hidden ? null : tab.ariaSelected));
        await turn("b"); look();
        await choose("two"); look();
        await choose("one"); look();
        return seen;
        """
    )
    assert seen == [["false", "true"], ["true", None], ["true", "false"]]


def test_an_answer_that_comes_too_late_is_not_shown(run: Run) -> None:
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
        await turn("b");
        await wait(150);
        return log;
        """
    )
    assert log == ["show b one"]


def test_a_network_that_can_not_be_used_is_reported(run: Run) -> None:
    reported, log = run(
        SHELL
        + """
        const heard = [];
        const listening = view("a", { mount: (panel, state) => {
          state.subscribe(["problem"], () => heard.push(state.get("problem")));
          return view("a").mount();
        } });
        const damaged = { error: "It is damaged." };
        server.inputs = async (name) => name === "two" ? damaged : { labels: [] };
        start(root, server, facts, [listening]);
        await wait(50);
        await choose("two");
        await choose("one");
        return [heard, log];
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
