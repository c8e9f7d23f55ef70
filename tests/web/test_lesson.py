"""Lessons in addresses: core/lesson.js, core/lesson-state.js and core/stroke-code.js."""

from typing import Any

import numpy as np
import pytest

from tests.support.digits import DIGITS
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

CODE = """
const { encodeStrokes, decodeStrokes } = await import("/core/stroke-code.js");
const codes = argument.map(encodeStrokes);
return codes.map((code) => ({ code, strokes: decodeStrokes(code) }));
"""

LESSON: dict[str, Any] = {
    "network": "mnist & co, second",
    "input": {"image": [3, 2], "strokes": []},
    "inputA": {"image": None, "strokes": [[[0.1, 0.2], [0.9, 0.95]], [[0.5, 0.5]]]},
    "inputB": {"image": None, "strokes": []},
    "networkA": None,
    "networkB": "mnist-classic",
    "same": True,
    "unit": {"layer": "C3", "map": 4, "row": 2, "column": 0},
    "muted": {"C1": [0, 3], "output": [9]},
    "before": True,
    "kernels": True,
    "view": "compare",
    "open": ["film-strip", "muting"],
    "show": ["pad", "answer", "C1"],
    "big": True,
    "language": "ru",
}


def random_strokes(seed: int) -> list[list[list[float]]]:
    """Strokes in thousandths with steps of every size, also outside the pad."""
    rng = np.random.default_rng(seed)
    largest = (2, 7, 8, 44, 45, 300, 2000)
    return [
        (np.cumsum(rng.integers(-step, step + 1, (rng.integers(1, 40), 2)), axis=0) / 1000).tolist()
        for step in rng.choice(largest, 12)
    ]


def test_strokes_survive_their_code(run: Run) -> None:
    sketches: list[Any] = [[], [[[0, 0]]], [[[0.999, -0.001]], [[1, 1]]]]
    sketches += [random_strokes(seed) for seed in range(40)]
    for sketch, found in zip(sketches, run(CODE, sketches), strict=True):
        assert found["strokes"] == sketch
        assert found["code"].replace("-", "").replace("_", "").isalnum() or not sketch


def test_a_drawn_digit_takes_less_than_a_kilobyte(run: Run) -> None:
    """Also if the pen moves slowly, so that its points are as close as the pad keeps them."""
    slow = []
    for strokes in DIGITS.values():
        fine = []
        for stroke in strokes:
            points = np.array(stroke)
            along = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
            at = np.arange(0, along[-1], 0.0045)
            fine.append(
                np.c_[[np.interp(at, along, axis) for axis in points.T]].T.round(3).tolist()
            )
        slow.append(fine)
    assert max(sum(map(len, strokes)) for strokes in slow) > 300
    found = run(CODE, slow)
    assert [one["strokes"] for one in found] == slow
    assert max(len(one["code"]) for one in found) < 900


@pytest.mark.parametrize("code", ["*", "A", "AA", "AQ", "_____w", "AQD_", "gICAgICAgIA"])
def test_damaged_strokes_have_no_points(run: Run, code: str) -> None:
    found = run(
        'return (await import("/core/stroke-code.js")).decodeStrokes(argument) ?? null;', code
    )
    assert found is None


def decoded(run: Run, code: str) -> Any:
    return run(
        """
        const { decode } = await import("/core/lesson.js");
        try { return decode(argument); } catch (error) { return error.message; }
        """,
        code,
    )


def test_a_lesson_survives_its_code(run: Run) -> None:
    code = run('return (await import("/core/lesson.js")).encode(argument);', LESSON)
    assert code.startswith("v=1&language=ru&network=mnist%20%26%20co,%20second&image=3.2&")
    assert "&strokes=" not in code, "a test image needs no strokes"
    assert "&unit=C3.4.2.0&muted=C1.0.3,output.9&before=1&kernels=1&view=compare&" in code
    assert code.endswith("&open=film-strip,muting&show=pad,answer,C1&big=1")
    assert decoded(run, code) == LESSON


def test_what_a_lesson_does_not_name_is_left_alone(run: Run) -> None:
    lesson, empty = run(
        'const { decode, encode, NO_LESSON } = await import("/core/lesson.js");'
        'return [decode("v=1&weights=new&unknown"), encode(NO_LESSON)];'
    )
    assert empty == "v=1"
    nothing: dict[str, Any] = dict.fromkeys(LESSON)
    flags = {"same": False, "before": False, "kernels": False, "big": False}
    assert lesson == nothing | flags | {"muted": {}, "open": []}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("section-2", "not a lesson"),
        ("show=pad", "not a lesson"),
        ("v=2&strokes=new", "newer version"),
        ("v=1&strokes=A", "damaged"),
        ("v=1&strokes=%FF%00", "damaged"),
        ("v=1&image=3", "damaged"),
        ("v=1&image=3.-1", "damaged"),
        ("v=1&imageA=x.y", "damaged"),
        ("v=1&unit=C1.1.1", "damaged"),
        ("v=1&unit=C1.1.1.1e1", "damaged"),
        ("v=1&muted=C1.one", "damaged"),
    ],
)
def test_foreign_newer_and_damaged_lessons_are_rejected(run: Run, code: str, sentence: str) -> None:
    assert sentence in decoded(run, code)


STATE = """
const { makeStore } = await import("/state.js");
const { lessonOf, lossesOf, changesFor } = await import("/core/lesson-state.js");
const { NO_EDITS } = await import("/core/edits.js");
const { NO_LESSON } = await import("/core/lesson.js");
const BLANK = { strokes: [], picture: null };
// C1 has two maps of 3×3, F2 has five units.
const C1 = { channels: 2, kernel: 26, padding: 0, pooled: false, connections: null };
const config = { convolutions: [C1], dense: [5], output: "linear", border: 0,
  labels: [..."0123456789"] };
const predictor = { config };
const digits = { name: "digits", predictor, testImages: [["zero", "another"], ["one"]] };
const clothes = { name: "clothes", predictor, testImages: [["shirt"]] };
const state = makeStore({ network: digits, view: "draw", sketch: BLANK, pair: [BLANK, BLANK],
  sides: [null, null], same: false, edits: NO_EDITS, unit: null, before: false, kernels: false,
  shown: null, big: false });
const page = { open: [], language: null };
"""


def test_a_lesson_says_what_it_lacks(run: Run) -> None:
    """Pictures that are no test images of that side's network, and painted kernels."""
    losses = run(
        STATE
        + """
        const of = (changes) => {
          state.set(changes);
          return lossesOf(lessonOf(state, page), state);
        };
        const on = (picture) => ({ strokes: [[[0.5, 0.5]]], picture });
        return [
          of({ sketch: on("another") }),
          of({ edits: { ...NO_EDITS, muted: { C1: [0] } } }),
          of({ sketch: on("photograph") }),
          of({ view: "compare", pair: [on("one"), on("shirt")] }),
          of({ sides: [null, clothes] }),
          of({ edits: { ...NO_EDITS, kernels: { C1: { "0,0": [1] } } } }),
        ];
        """
    )
    assert losses == [[], [], ["picture"], ["picture"], [], ["kernels"]]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, False),
        ({"unit": {"layer": "C1", "map": 1, "row": 2, "column": 2}}, False),
        ({"unit": {"layer": "C1", "map": 1, "row": 3, "column": 0}}, True),
        ({"unit": {"layer": "F2", "map": 4, "row": 0, "column": 0}}, False),
        ({"unit": {"layer": "F2", "map": 4, "row": 0, "column": 1}}, True),
        ({"unit": {"layer": "S7", "map": 0, "row": 0, "column": 0}}, True),
        ({"unit": {"layer": "input", "map": 0, "row": 0, "column": 0}}, True),
        ({"muted": {"C1": [0, 1], "F2": [4]}}, False),
        ({"muted": {"C1": [0, 2]}}, True),
        ({"muted": {"C1": [0], "output": [3]}}, True),
        ({"input": {"image": [1, 0], "strokes": []}}, False),
        ({"input": {"image": [1, 1], "strokes": []}}, True),
        ({"inputB": {"image": [0, 1], "strokes": []}}, True),
    ],
)
def test_what_the_networks_do_not_have_is_left_out(
    run: Run, change: dict[str, Any], missing: bool
) -> None:
    found = run(
        STATE + "return changesFor({ ...NO_LESSON, ...argument }, digits, [null, clothes]);", change
    )
    assert found["isMissing"] is missing
    if "unit" in change:
        assert found["changes"]["unit"] == (None if missing else change["unit"])
        assert found["changes"]["pinned"] is not missing
    if "muted" in change:
        expected = {"C1": [0]} if missing else change["muted"]
        muted = found["changes"]["edits"]["muted"]
        assert {layer: maps for layer, maps in muted.items() if maps} == expected
    if "input" in change:
        expected = None if missing else {"strokes": [], "picture": "one"}
        assert found["input"] == expected
