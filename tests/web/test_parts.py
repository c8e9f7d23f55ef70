"""The modules in parts/, each on an empty page."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from lenet.drawing.arrays import MAX_PIXELS, MAX_SIDE
from lenet.drawing.ink import PEN_WIDTH, ink_on_pad
from lenet.network.summary import SIZE_FORMULA
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
  window.pad = makePad({ root, maxPoints: 200,
    onChange: () => window.changes++, note: (text) => window.notes.push(text) });
}"""


@pytest.fixture(params=[DESKTOP, PHONE], ids=["mouse", "touch"])
def pad(request: pytest.FixtureRequest, blank: Callable[..., Page]) -> Page:
    page = blank(**request.param)
    page.evaluate(PAD)
    page.wait_for_function("document.querySelector('canvas').height >= 300")
    return page


def strokes(page: Page) -> list[list[Any]]:
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
    assert alpha(pad, 0.5, 0.5) == 255
    assert alpha(pad, 0.5 + 0.4 * PEN_WIDTH, 0.5) == 255, "as wide as the pen"
    assert alpha(pad, 0.5 + 0.6 * PEN_WIDTH, 0.5) == 0


def test_a_stroke_is_painted_and_undone(pad: Page) -> None:
    Hand(pad, ".pad").draw([[(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)]])
    assert alpha(pad, 0.35, 0.5) == 255
    assert pad.evaluate("changes") > 2
    pad.locator("[name=undo]").click()
    assert strokes(pad) == []
    assert alpha(pad, 0.35, 0.5) == 0


def test_the_pad_shows_the_ink_that_counts(pad: Page) -> None:
    """A long stroke is painted bit by bit, and is still one smooth shape."""
    curve = [(0.5 + 0.3 * math.sin(t / 9), 0.5 + 0.3 * math.cos(t / 14)) for t in range(120)]
    hand = Hand(pad, ".pad")
    hand.draw([curve, [(0.2, 0.8)], [(0.1, 0.1), (0.9, 0.15)]])
    painted = pad.evaluate(
        """() => {
          const canvas = document.querySelector("canvas"), side = canvas.width;
          const { data } = canvas.getContext("2d").getImageData(0, 0, side, side);
          return [...data].filter((_, i) => i % 4 === 3);
        }"""
    )
    side = math.isqrt(len(painted))
    ink = ink_on_pad(strokes(pad), side)
    assert np.abs(np.reshape(painted, ink.shape) / 255 - ink).max() < 0.51 / 255
    pad.locator("[name=undo]").click()
    assert alpha(pad, 0.5, 0.13) == 0
    assert alpha(pad, *curve[50]) == 255


def test_a_large_sketch_appears_over_several_frames(pad: Page) -> None:
    first, later = pad.evaluate(
        """async () => {
          const points = Array.from({ length: 5000 }, (_, i) => [i % 2, i / 5000]);
          const canvas = document.querySelector("canvas"), side = canvas.width;
          const corner = () =>
            canvas.getContext("2d").getImageData(side / 2, side - 10, 1, 1).data[3];
          pad.startFrom({ strokes: [points], picture: null });
          const first = corner();
          while (corner() === 0) await new Promise(requestAnimationFrame);
          return [first, corner()];
        }"""
    )
    assert first == 0
    assert later > 0


def test_a_full_pad_is_reported(pad: Page) -> None:
    hand = Hand(pad, ".pad")
    hand.down(0.1, 0.1)
    for i in range(1, 250):
        hand.move(0.1 + 0.8 * (i % 2), 0.1 + i / 500)
    hand.up()
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
const { makeLayerStack } = await import("/parts/layer-stack.js");
const root = document.querySelector(".sketchpad");
const layer = (name, kind, count, side) => {
  const data = new Float64Array(count * side * side).fill(1);
  return { name, kind, shape: [count, side, side], sums: data.map((value) => -value), data };
};
const input = layer("input", "input", 1, 28);
const deep = [input, layer("C1", "convolution", 6, 28), layer("S2", "max", 6, 14),
  layer("C3", "convolution", 16, 10), layer("F4", "dense", 120, 1),
  layer("output", "dense", 10, 1)];
const flat = [input, layer("C1", "convolution", 4, 9), layer("output", "dense", 10, 1)];
const stack = makeLayerStack(root);
const show = (layers, before = false, muted = {}) => stack.show({ layers, before, muted,
  ranges: layers.map(({ name }) => ({ name, sums: [-1, 1], values: [0, 1] })) });
const found = () => [...root.querySelectorAll(".layer")].map((figure) => [
  figure.querySelector(".name").textContent, figure.querySelector(".maps").id,
  figure.querySelectorAll("canvas").length]);
const pixel = (canvas) => [...canvas.getContext("2d").getImageData(0, 0, 1, 1).data];
"""


def test_any_number_of_layers_is_shown(run: Run) -> None:
    five, two = run(
        LAYERS + "show(deep); const five = found(); show(flat); return [five, found()];"
    )
    assert five == [
        ["C1 · convolution · 6 maps, 28×28", "layer-1", 6],
        ["S2 · max pooling · 6 maps, 14×14", "layer-S2", 6],
        ["C3 · convolution · 16 maps, 10×10", "layer-2", 16],
        ["F4 · dense · 120 units", "layer-F4", 1],
        ["output · dense · 10 units", "layer-output", 1],
    ]
    assert two == [
        ["C1 · convolution · 4 maps, 9×9", "layer-1", 4],
        ["output · dense · 10 units", "layer-output", 1],
    ]


def test_units_are_squares_in_a_strip(run: Run) -> None:
    width, height, box = run(
        LAYERS
        + """
        show(deep);
        const { width, height, ...strip } = root.querySelector("#layer-F4 canvas");
        const box = root.querySelector("#layer-F4 canvas").getBoundingClientRect();
        return [width, height, box.toJSON()];
        """
    )
    assert (width, height) == (60, 2)
    assert box["width"] / 60 == pytest.approx(box["height"] / 2, rel=0.02)


def test_muted_maps_and_units_look_muted(run: Run) -> None:
    maps, units, left = run(
        LAYERS
        + """
        show(deep, false, { C1: [0, 2], F4: [61] });
        const muted = () => [...root.querySelectorAll("#layer-1 .map")]
          .map((map) => map.classList.contains("muted"));
        const units = [...root.querySelectorAll("#layer-F4 .muted-unit")];
        const place = units.map(({ style }) => [style.left, style.top]);
        const first = [muted(), place];
        show(deep);
        return [...first, root.querySelectorAll(".muted, .muted-unit").length];
        """
    )
    assert maps == [True, False, True, False, False, False]
    [(x, y)] = units
    # unit 61 is the second one in the second row of 60
    assert float(x.strip("%")) == pytest.approx(100 / 60, rel=1e-3)
    assert y == "50%"
    assert left == 0


def test_layers_show_their_values_before_and_after_the_activation(run: Run) -> None:
    after, before, legend = run(
        LAYERS
        + """
        show(deep);
        const canvas = root.querySelector("#layer-1 canvas");
        const after = pixel(canvas);
        show(deep, true);
        return [after, pixel(canvas), root.querySelector(".legend").textContent];
        """
    )
    assert after[0] > after[2], "warm"
    assert before[0] < before[2], "cool"
    assert legend == "−1.01.0"


def test_layers_out_of_sight_are_painted_when_the_pen_rests(run: Run) -> None:
    first, during, after = run(
        LAYERS
        + """
        root.style.marginTop = "3000px";
        show(deep);
        const canvas = root.querySelector("#layer-1 canvas");
        await new Promise((done) => setTimeout(done, 300));
        const first = pixel(canvas);
        deep[1].data.fill(0);
        show(deep);
        const during = pixel(canvas);
        await new Promise((done) => setTimeout(done, 300));
        return [first, during, pixel(canvas)];
        """
    )
    assert first == during != after


# ------------------------------------------------------------------ the film-strip

STRIP = """
const { default: filmStrip } = await import("/instruments/film-strip.js");
const root = document.querySelector(".sketchpad");
root.innerHTML = "<details id=film-strip open><div class=body></div></details>";
const strip = filmStrip.mount(root.querySelector(".body"), new Map());
const read = [];
const prediction = { state: "digit", label: "1", nearest: "1", confidence: 1 };
const config = { box: 20, centring: "mass" };
const show = (image) => strip.show({ sketch: "sketch", network: {
  predictor: { config, filmStrip: (sketch, skip) => {
    read.push(skip);
    return ["draw", "crop"].map((step) => ({ step, image, prediction }));
  } } } });
const [height, width] = argument;
const image = { height, width, data: new Float32Array(height * width) };
"""


@pytest.mark.parametrize("shape", [(84, 52), (20, 7), (12, 20), (28, 28)])
def test_pictures_fit_into_the_frames_of_the_film_strip(run: Run, shape: tuple[int, int]) -> None:
    frame, canvas = run(
        STRIP
        + """
        show(image);
        const canvas = root.querySelector("canvas");
        return [canvas.parentElement, canvas].map((e) => e.getBoundingClientRect().toJSON());
        """,
        shape,
    )
    assert canvas["top"] >= frame["top"] - 0.5
    assert canvas["bottom"] <= frame["bottom"] + 0.5
    assert canvas["left"] >= frame["left"] - 0.5
    assert canvas["right"] <= frame["right"] + 0.5


def test_the_film_strip_leaves_out_the_steps_that_are_turned_off(run: Run) -> None:
    read = run(
        STRIP
        + """
        show(image);
        root.querySelector("input").click();
        show(image);
        return read;
        """,
        (2, 2),
    )
    assert read == [[], ["pen"], ["pen"]]


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
        const { calculatorMarkup, makeCalculator } = await import("/parts/calculator.js");
        const root = document.querySelector(".sketchpad");
        root.innerHTML = calculatorMarkup();
        const [formula, values] = argument;
        makeCalculator(root.querySelector("fieldset")).setFormula(formula);
        for (const [name, value] of Object.entries(values)) {
          const input = root.querySelector(`[name=${name}]`);
          input.value = value;
          input.dispatchEvent(new Event("input", { bubbles: true }));
        }
        return root.querySelector("output").textContent;
        """,
        [SIZE_FORMULA, values],
    )
    assert text.startswith(output)


# ------------------------------------------------------------------ the menu of networks

MENU = """
const { fillNetworkMenu } = await import("/parts/network-menu.js");
const { NotReachable } = await import("/core/files.js");
const { SketchpadError } = await import("/core/errors.js");
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const menu = document.createElement("select"), log = [];
const models = ["one", "two", "three"].map((name) => ({ name, title: name }));
const gallery = {
  menu: async () => ({ models, folder: "checkpoints" }),
  network: async (name) => ({ name }),
};
const fill = (first) => fillNetworkMenu({ menu, gallery, first, onFill: () => {},
  onChoose: ({ name }) => log.push(name), onProblem: (text) => log.push(text) });
const choose = async (name) => {
  menu.value = name;
  menu.dispatchEvent(new Event("change"));
  await wait(20);
};
"""


@pytest.mark.parametrize(("first", "chosen"), [(None, "one"), ("two", "two"), ("none", "one")])
def test_the_first_network_can_be_named(run: Run, first: str | None, chosen: str) -> None:
    log = run(
        MENU + "fill(argument ?? undefined); await wait(20); return [menu.value, log];", first
    )
    assert log == [chosen, [chosen]]


def test_the_last_chosen_network_wins(run: Run) -> None:
    log = run(
        MENU
        + """
        const slow = { one: 5, two: 80, three: 40 };
        gallery.network = async (name) => { await wait(slow[name]); return { name }; };
        fill();
        await wait(30);
        await choose("two");
        await choose("three");
        await wait(150);
        return log;
        """
    )
    assert log == ["one", "three"]


def test_the_page_waits_for_its_first_network(run: Run) -> None:
    log = run(
        MENU
        + """
        let calls = 0;
        gallery.network = async (name) => {
          if (calls++ === 0) throw new NotReachable();
          return { name };
        };
        fill();
        await wait(1300);
        return log;
        """
    )
    assert log == ["The server isn't responding. Retrying…", "one"]


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        ("new NotReachable()", "This network can't be loaded because the server isn't responding."),
        ('new SketchpadError("It is damaged.")', "It is damaged."),
    ],
    ids=["not reachable", "damaged"],
)
def test_a_network_that_fails_leaves_the_previous_one(
    run: Run, failure: str, sentence: str
) -> None:
    selected, log = run(
        MENU
        + f"""
        gallery.network = async (name) => {{
          if (name === "two") throw {failure};
          return {{ name }};
        }};
        fill();
        await wait(20);
        await choose("two");
        return [menu.value, log];
        """
    )
    assert selected == "one"
    assert log[0] == "one"
    assert log[1].startswith(sentence)
    assert len(log) == 2


def test_an_empty_folder_is_reported(run: Run) -> None:
    log = run(MENU + "models.length = 0; fill(); await wait(20); return log;")
    assert log == [
        "There is no network in checkpoints yet. Run python train.py, then reload this page."
    ]


def test_an_unusable_list_of_networks_is_reported(run: Run) -> None:
    log = run(
        MENU
        + """
        gallery.menu = async () => { throw new SketchpadError("networks.json is missing."); };
        fill();
        await wait(20);
        return log;
        """
    )
    assert log == ["networks.json is missing."]


# ------------------------------------------------------------------ picture files


def test_the_largest_picture_has_as_many_pixels_as_in_python(run: Run) -> None:
    assert run(
        """
        const { MAX_PIXELS, MAX_SIDE } = await import("/parts/opener.js");
        return [MAX_PIXELS, MAX_SIDE];
        """
    ) == [MAX_PIXELS, MAX_SIDE]
