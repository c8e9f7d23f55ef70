"""The modules in parts/, each on an empty page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.hands import DESKTOP, PHONE, Hand
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

PAD = """async () => {
  const { makePad } = await import("/parts/pad.js");
  const root = document.querySelector(".sketchpad");
  root.innerHTML = `<div class="tools"><button name="clear">Clear</button>
    <button name="undo">Undo</button></div>
    <div class="pad" tabindex="0" style="width: 300px">
      <canvas></canvas><div class="cursor" hidden></div></div>`;
  window.notes = [];
  window.changes = 0;
  window.pad = makePad({ root, facts: { ...facts, maxPoints: 200 },
    onChange: () => window.changes++, note: (text) => window.notes.push(text) });
}"""


@pytest.fixture(params=[DESKTOP, PHONE], ids=["mouse", "touch"])
def pad(request: pytest.FixtureRequest, blank: Callable[..., Page]) -> Page:
    page = blank(**request.param)
    page.evaluate(PAD)
    page.wait_for_function("document.querySelector('canvas').height >= 300")
    return page


def strokes(page: Page) -> list[list[list[float]]]:
    return page.evaluate("pad.sketch().strokes")


def alpha(page: Page, x: float, y: float) -> int:
    """How much ink is painted at a point of the pad, 0 to 255."""
    return page.evaluate(
        """([x, y]) => {
          const canvas = document.querySelector("canvas"), side = canvas.width;
          return canvas.getContext("2d").getImageData(x * side, y * side, 1, 1).data[3];
        }""",
        [x, y],
    )


def test_a_tap_leaves_a_dot(pad: Page) -> None:
    hand = Hand(pad, ".pad")
    hand.down(0.5, 0.5)
    hand.up()
    assert len(strokes(pad)) == 1
    width = pad.evaluate("facts.penWidth")
    assert alpha(pad, 0.5, 0.5) == 255
    assert alpha(pad, 0.5 + 0.4 * width, 0.5) == 255, "as wide as the pen"
    assert alpha(pad, 0.5 + 0.6 * width, 0.5) == 0


def test_a_stroke_is_painted_and_undone(pad: Page) -> None:
    Hand(pad, ".pad").draw([[(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)]])
    assert alpha(pad, 0.35, 0.5) == 255
    assert pad.evaluate("changes") > 2
    pad.locator("[name=undo]").click()
    assert strokes(pad) == []
    assert alpha(pad, 0.35, 0.5) == 0


def test_a_full_pad_is_reported(pad: Page) -> None:
    back = [(0.1 + 0.8 * (i % 2), 0.1 + i / 500) for i in range(250)]
    Hand(pad, ".pad").draw([back])
    assert len(strokes(pad)[0]) == 200
    assert "full" in pad.evaluate("notes.at(-1)")
    pad.locator("[name=clear]").click()
    assert pad.evaluate("notes.at(-1)") == ""


def pen(page: Page, hand: Hand, kind: str, x: float, y: float) -> None:
    at = hand.at(x, y)
    hand.session.send(
        "Input.dispatchMouseEvent",
        {
            "type": kind,
            "x": at[0],
            "y": at[1],
            "button": "left",
            "buttons": 0 if kind == "mouseReleased" else 1,
            "clickCount": 1,
            "pointerType": "pen",
        },
    )


@pytest.fixture
def touched(blank: Callable[..., Page]) -> Page:
    page = blank(**PHONE)
    page.evaluate(PAD)
    page.wait_for_function("document.querySelector('canvas').height >= 300")
    Hand(page, ".pad").draw([[(0.1, 0.1), (0.3, 0.1)]])
    return page


def test_the_pen_overrides_a_resting_palm(touched: Page) -> None:
    hand = Hand(touched, ".pad")
    hand.down(0.9, 0.9)
    hand.move(0.85, 0.9)
    assert len(strokes(touched)) == 2
    pen(touched, hand, "mousePressed", 0.3, 0.5)
    pen(touched, hand, "mouseMoved", 0.6, 0.5)
    hand.move(0.8, 0.9)
    pen(touched, hand, "mouseReleased", 0.6, 0.5)
    hand.up()
    first, second = strokes(touched)
    assert first[0] == [0.1, 0.1]
    assert second[0] == pytest.approx([0.3, 0.5], abs=0.01)
    assert second[-1] == pytest.approx([0.6, 0.5], abs=0.01)
    touched.locator("[name=undo]").click()
    assert [stroke[0] for stroke in strokes(touched)] == [[0.1, 0.1]], "the palm left no trace"


def test_a_cancelled_touch_leaves_nothing(touched: Page) -> None:
    hand = Hand(touched, ".pad")
    hand.down(0.5, 0.5)
    hand.move(0.6, 0.6)
    hand.finger("touchCancel")
    assert [stroke[0] for stroke in strokes(touched)] == [[0.1, 0.1]]
    assert alpha(touched, 0.5, 0.5) == 0
    touched.locator("[name=undo]").click()
    assert strokes(touched) == []
    hand.draw([[(0.5, 0.5), (0.7, 0.5)]])
    assert len(strokes(touched)) == 1, "the pad still works"


# ------------------------------------------------------------------ colours


def test_both_arms_of_the_palette_brighten_from_black(run: Run) -> None:
    plain, signed = run(
        """
        const { palette } = await import("/parts/palette.js");
        const light = (colour) => 0.2126 * (colour & 255) + 0.7152 * (colour >> 8 & 255) +
          0.0722 * (colour >> 16 & 255);
        return [[0, 1], [-1, 1]].map((range) => [...palette(range)].map(light));
        """
    )
    assert plain == sorted(plain)
    assert plain[0] < 10
    assert plain[-1] > 240
    cool, warm = signed[:128][::-1], signed[128:]
    assert cool == sorted(cool)
    assert warm == sorted(warm)
    assert max(cool[0], warm[0]) < 15


def test_a_legend_shows_the_range(run: Run) -> None:
    texts, background = run(
        """
        const { drawLegend, LEGEND } = await import("/parts/maps.js");
        const root = document.querySelector(".sketchpad");
        root.innerHTML = LEGEND;
        drawLegend(root.firstChild, [-1.25, 1.25]);
        return [root.innerText.split(/\\s+/), root.querySelector("b").style.background];
        """
    )
    assert texts == ["−1.3", "1.3"]
    assert background.count("rgb") == 11


# ------------------------------------------------------------------ maps

LAYERS = """
const { drawLayers } = await import("/parts/maps.js");
const root = document.querySelector(".sketchpad");
const layer = (name, count, side) => ({ name, shape: [count, side, side], range: [0, 1],
  data: btoa(String.fromCharCode(...new Uint8Array(count * side * side).fill(255))) });
const found = () => [...root.querySelectorAll(".layer")].map((figure) => [
  figure.querySelector(".name").textContent, figure.querySelector(".maps").id,
  figure.querySelectorAll("canvas").length]);
"""


def test_any_number_of_layers_is_shown(run: Run) -> None:
    three, one = run(
        LAYERS
        + """
        drawLayers(root, [layer("C1", 6, 28), layer("C3", 16, 10), layer("C5", 120, 1)]);
        const three = found();
        drawLayers(root, [layer("C1", 4, 9)]);
        return [three, found()];
        """
    )
    assert three == [
        ["C1 · 6 maps, 28×28", "layer-1", 6],
        ["C3 · 16 maps, 10×10", "layer-2", 16],
        ["C5 · 120 maps, 1×1", "layer-3", 120],
    ]
    assert one == [["C1 · 4 maps, 9×9", "layer-1", 4]]


def test_units_are_small_squares_in_a_compact_grid(run: Run) -> None:
    boxes = run(
        LAYERS
        + """
        drawLayers(root, [layer("C1", 6, 28), layer("C3", 16, 10), layer("C5", 120, 1)]);
        return [...root.querySelectorAll("#layer-3 canvas")]
          .map((canvas) => canvas.getBoundingClientRect())
          .map(({ x, y, width, height }) => [x, y, width, height]);
        """
    )
    assert len({y for _, y, _, _ in boxes}) == 3, "40 to a row"
    for _, _, width, height in boxes:
        assert 8 < width < 40
        assert height == pytest.approx(width, abs=0.5)


# ------------------------------------------------------------------ the film-strip


@pytest.mark.parametrize("shape", [(84, 52), (20, 7), (12, 20), (28, 28)])
def test_pictures_fit_into_the_frames_of_the_film_strip(run: Run, shape: tuple[int, int]) -> None:
    frame, canvas = run(
        """
        const { FILM_STRIP, makeFilmStrip } = await import("/parts/film-strip.js");
        const root = document.querySelector(".sketchpad");
        root.innerHTML = FILM_STRIP;
        const details = root.querySelector("details");
        details.open = true;
        const strip = makeFilmStrip(details, "text", () => {});
        strip.fit([{ step: "crop", skip: "crop", caption: "Cropped" }]);
        const [height, width] = argument;
        strip.show([{ step: "crop", state: "digit", label: "1", nearest: "1", confidence: 1,
          shape: [1, height, width], range: [0, 1],
          data: btoa(String.fromCharCode(...new Uint8Array(height * width))) }]);
        const canvas = root.querySelector("canvas");
        return [canvas.parentElement, canvas].map((e) => e.getBoundingClientRect().toJSON());
        """,
        shape,
    )
    assert canvas["top"] >= frame["top"] - 0.5
    assert canvas["bottom"] <= frame["bottom"] + 0.5
    assert canvas["left"] >= frame["left"] - 0.5
    assert canvas["right"] <= frame["right"] + 0.5


def test_the_film_strip_reports_which_steps_to_leave_out(run: Run) -> None:
    reported = run(
        """
        const { FILM_STRIP, makeFilmStrip } = await import("/parts/film-strip.js");
        const root = document.querySelector(".sketchpad");
        root.innerHTML = FILM_STRIP;
        const reported = [], details = root.querySelector("details");
        const toggled = () => new Promise((done) =>
          details.addEventListener("toggle", done, { once: true }));
        const strip = makeFilmStrip(details, "text", (skip) => reported.push(skip));
        strip.fit([{ step: "draw", skip: "pen", caption: "Pen" },
                   { step: "crop", skip: "crop", caption: "Cropped" }]);
        for (const open of [true, false]) {
          const toggling = toggled();
          details.open = open;
          await toggling;
          root.querySelector("input").click();
        }
        return reported;
        """
    )
    assert reported == [[], ["pen"], None, None]


# ------------------------------------------------------------------ messages and the calculator


def test_a_note_is_shown_before_a_report(run: Run) -> None:
    texts = run(
        """
        const { makeMessages } = await import("/parts/messages.js");
        const box = document.querySelector(".sketchpad"), texts = [];
        const { report, note } = makeMessages(box);
        const look = () => texts.push(box.hidden ? null : box.textContent);
        for (const change of [() => report("lost"), () => note("full"), () => report(""),
          () => note("")]) { change(); look(); }
        return texts;
        """
    )
    assert texts == ["lost", "full", "full", None]


@pytest.mark.parametrize(
    ("values", "output"),
    [
        ({"n": "28", "k": "3", "p": "1", "s": "2"}, "⌊(28 − 3 + 1 + 2)/2⌋ = 14"),
        ({"n": "4", "k": "5", "p": "1", "s": "3"}, "⌊(4 − 5 + 1 + 3)/3⌋ = 1"),
        ({"n": "4", "k": "7", "p": "2"}, "A kernel of 7 doesn't fit into 6 pixels"),
        ({"n": ""}, "n must be a whole number from 1 to 999."),
        ({"s": "0"}, "s must be a whole number from 1 to 999."),
        ({"k": "2.5"}, "k must be a whole number from 1 to 999."),
        ({"p": "-1"}, "p must be a whole number from 0 to 999."),
    ],
    ids=["size", "kernel fits", "kernel too large", "empty", "zero", "fraction", "negative"],
)
def test_the_calculator_updates_on_every_input(
    run: Run, values: dict[str, str], output: str
) -> None:
    text = run(
        """
        const { CALCULATOR, makeCalculator } = await import("/parts/calculator.js");
        const root = document.querySelector(".sketchpad");
        root.innerHTML = CALCULATOR;
        makeCalculator(root.querySelector("fieldset"), facts.sizeFormula);
        for (const [name, value] of Object.entries(argument)) {
          const input = root.querySelector(`[name=${name}]`);
          input.value = value;
          input.dispatchEvent(new Event("input", { bubbles: true }));
        }
        return root.querySelector("output").textContent;
        """,
        values,
    )
    assert text.startswith(output)


# ------------------------------------------------------------------ the menu of networks


def test_the_last_chosen_network_wins(run: Run) -> None:
    chosen: list[Any] = run(
        """
        const { fillNetworkMenu } = await import("/parts/network-menu.js");
        const { wait } = await import("/core/requests.js");
        const menu = document.createElement("select"), chosen = [];
        const slow = { first: 5, second: 80, third: 5 };
        await fillNetworkMenu({ menu, onChoose: (network) => chosen.push(network.name), server: {
          models: async () => ({
            models: Object.keys(slow).map((name) => ({ name, title: name })) }),
          inputs: async (name) => { await wait(slow[name]); return { labels: [] }; } } });
        for (const name of ["second", "third"]) {
          menu.value = name;
          menu.dispatchEvent(new Event("change"));
        }
        await wait(150);
        return chosen;
        """
    )
    assert chosen == ["first", "third"]
