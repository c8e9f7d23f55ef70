"""The modules in core/, which need no page."""

import base64
import itertools
from typing import Any

import pytest

from lenet.network.summary import SIZE_FORMULA, Window
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

DRAWING = """
const { Drawing, sketchOf, BLANK } = await import("/core/sketch.js");
const drawing = new Drawing(argument ?? 100);
const stroke = (...points) => {
  drawing.begin(points[0]); drawing.extend(points.slice(1)); drawing.end();
};
const strokes = () => drawing.sketch.strokes;
"""


# ------------------------------------------------------------------ the sketch


def test_undo_reverts_one_change_at_a_time(run: Run) -> None:
    steps = run(
        DRAWING
        + """
        const seen = [];
        stroke([0.1, 0.1], [0.2, 0.2]);
        stroke([0.3, 0.3], [0.4, 0.4]);
        drawing.replace(sketchOf("AAAA"));
        do { seen.push([strokes().length, drawing.sketch.picture]); } while (drawing.undo());
        return seen;
        """
    )
    assert steps == [[0, "AAAA"], [2, None], [1, None], [0, None]]


def test_nothing_is_undone_while_the_pen_is_down(run: Run) -> None:
    undone, count = run(
        DRAWING + "drawing.begin([0.1, 0.1]); return [drawing.undo(), strokes().length];"
    )
    assert (undone, count) == (False, 1)


def test_a_cancelled_stroke_leaves_no_undo_step(run: Run) -> None:
    count, undone, empty = run(
        DRAWING
        + """
        stroke([0.1, 0.1], [0.2, 0.2]);
        drawing.begin([0.5, 0.5]); drawing.extend([[0.6, 0.6]]); drawing.cancel();
        const count = strokes().length;
        return [count, drawing.undo(), strokes().length === 0 && !drawing.undo()];
        """
    )
    assert (count, undone, empty) == (1, True, True)


def test_the_first_stroke_replaces_the_example(run: Run) -> None:
    seen = run(
        DRAWING
        + """
        const seen = [drawing.showExample(sketchOf("AAAA"))];
        stroke([0.1, 0.1]);
        seen.push(drawing.sketch.picture, drawing.showExample(BLANK));
        drawing.undo();
        return [...seen, drawing.sketch.picture];
        """
    )
    assert seen == [True, None, False, "AAAA"]


def test_points_that_are_too_close_or_too_many_are_left_out(run: Run) -> None:
    points = [[i / 100, 0.5] for i in range(50)]
    drawn, full = run(
        DRAWING
        + f"""
        drawing.begin([0, 0]);
        drawing.extend([[0.001, 0], [0.5, 0.12345]]);
        const near = structuredClone(strokes());
        drawing.extend({points});
        return [[near, strokes()[0].length], drawing.isFull];
        """,
        10,
    )
    assert drawn == [[[[0, 0], [0.5, 0.123]]], 10]
    assert full


def test_a_long_stroke_is_not_copied(run: Run) -> None:
    same, changed = run(
        DRAWING
        + """
        drawing.begin([0, 0]);
        const before = drawing.sketch;
        drawing.extend([[0.5, 0.5]]);
        return [before.strokes === drawing.sketch.strokes, before !== drawing.sketch];
        """
    )
    assert same
    assert changed


# ------------------------------------------------------------------ the store


def test_the_store_notifies_only_subscribers_of_changed_values(run: Run) -> None:
    notified = run(
        """
        const { makeStore } = await import("/state.js");
        const store = makeStore({ view: "draw", problem: "", skip: null });
        const notified = [];
        const unsubscribe = store.subscribe(
          ["view", "skip"], () => notified.push(store.get("view")));
        store.set({ view: "compare" });
        store.set({ view: "compare" });
        store.set({ problem: "not subscribed" });
        store.set({ view: "layers", skip: [] });
        unsubscribe();
        store.set({ view: "draw" });
        return notified;
        """
    )
    assert notified == ["compare", "layers"]


def test_several_calls_in_one_turn_cause_one_call(run: Run) -> None:
    calls = run(
        """
        const { coalesced } = await import("/state.js");
        const calls = [];
        const call = coalesced(() => calls.push("called"));
        call(); call(); calls.push("turn over");
        await null;
        call();
        await null;
        return calls;
        """
    )
    assert calls == ["turn over", "called", "called"]


# ------------------------------------------------------------------ numbers


def test_the_size_formula_agrees_with_python(run: Run) -> None:
    windows = [
        Window(n, k, p, s)
        for n, k, p, s in itertools.product((1, 5, 28), (1, 2, 5), (0, 1, 4), (1, 2, 3))
        if k <= n + p
    ]
    found = run(
        """
        const { filledFormula, positions, misfit } = await import("/core/summary.js");
        const [windows, formula] = argument;
        return windows.map((w) => [positions(w), filledFormula(formula, w), misfit(w)]);
        """,
        [[window._asdict() for window in windows], SIZE_FORMULA],
    )
    assert found == [[window.positions, window.formula, ""] for window in windows]


def test_bytes_survive_base64(run: Run) -> None:
    levels = bytes(range(256))
    unpacked = run(
        'const { bytes } = await import("/core/bytes.js"); return [...bytes(argument)];',
        base64.b64encode(levels).decode(),
    )
    assert bytes(unpacked) == levels


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("percent(0.99954)", "100.0%"),
        ("grouped(61706)", "61,706"),
        ("bound(-2.25)", "−2.3"),
        ("bound(0)", "0"),
        ("bound(7.72)", "7.7"),
        ('layerCaption("C1", [6, 28, 28], "convolution")', "C1 · convolution · 6 maps, 28×28"),
        ('layerCaption("S2", [1, 9, 9], "max")', "S2 · max pooling · 1 map, 9×9"),
        ('shortAnswer({ state: "digit", label: "7" })', "7"),
        ('shortAnswer({ state: "not a digit", label: null })', "?"),
        ('shortAnswer({ state: "blank", label: null })', "–"),
        ('certainty({ state: "digit", nearest: "3", confidence: 0.892 })', "89.2%"),
        ('certainty({ state: "not a digit", nearest: "3", confidence: 0.892 })', "most like 3"),
        ('certainty({ state: "blank", nearest: "0", confidence: 0 })', ""),
    ],
)
def test_values_are_formatted(run: Run, call: str, text: Any) -> None:
    name = call.partition("(")[0]
    assert run(f'const {{ {name} }} = await import("/core/format.js"); return {call};') == text
