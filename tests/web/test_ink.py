"""The browser's ink and preprocessing against Python's, the reference."""

import base64
import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

from lenet.datasets.digit_styles import slanted
from lenet.datasets.non_digits import letter_like, scribble
from lenet.datasets.synthetic_digits import STYLES
from lenet.drawing import preprocessing as p
from lenet.drawing.ink import (
    BOX,
    MAX_POINTS,
    PEN_WIDTH,
    STROKE_WIDTH,
    Ink,
    Strokes,
    ink_from_sketch,
    ink_from_strokes,
    ink_on_pad,
)
from lenet.errors import SketchpadError
from tests.support.digits import DIGITS
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

IMPORTS = """
const ink = await import("/core/ink.js");
const preprocessing = await import("/core/preprocessing.js");
// Text passes between Python and the browser much faster than lists.
const plain = ({ height, width, data }) =>
  [height, width, btoa(String.fromCharCode(...new Uint8Array(data.slice().buffer)))];
"""
PREPARATIONS = list(itertools.product((20, 28), ("mass", "box")))
MIRRORS = ([1, 1], [-1, 1], [1, -1])
"""Factors of x and y around the middle of the pad."""


def changed(strokes: Strokes, random: np.random.Generator) -> Strokes:
    """Strokes of any size on the pad: shaken, turned, mirrored, resized; some cross its edge."""
    points = np.concatenate([np.asarray(stroke) for stroke in strokes])
    size, middle = np.ptp(points, axis=0).max() or 1, points.mean(0)
    angle, scale = random.uniform(-0.5, 0.5), random.uniform(0.05, 1.1)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    mirror, moved = MIRRORS[random.integers(3)], random.uniform(0.3, 0.7, 2)
    return [
        (moved + ((np.asarray(s) - middle) / size * scale + random.normal(0, 0.004, (len(s), 2)))
        @ turn * mirror).tolist()
        for s in strokes
    ]  # fmt: skip


def synthetic_drawings() -> list[Strokes]:
    random = np.random.default_rng(0)
    digits = [changed(strokes, random) for strokes in DIGITS.values() for _ in range(20)]
    styles = [slanted(style(random), random) for _, style, _ in STYLES for _ in range(20)]
    letters = [letter_like(random) for _ in range(60)] + [scribble(random) for _ in range(20)]
    glyphs: Any = styles + letters
    mirrored = [
        [[(0.5 + dx * (x - 0.5), 0.5 + dy * (y - 0.5)) for x, y in stroke] for stroke in strokes]
        for strokes in DIGITS.values()
        for dx, dy in MIRRORS
    ]
    return digits + [changed(glyph, random) for glyph in glyphs] + mirrored


def many_points() -> dict[str, Strokes]:
    random, t = np.random.default_rng(1), np.linspace(0, 60, MAX_POINTS)
    spiral = 0.5 + 0.007 * t * np.array([np.cos(t), np.sin(t)])
    comb = np.stack([t / 60, np.arange(MAX_POINTS) % 2], 1)
    return {
        "a zigzag": [random.random((MAX_POINTS, 2)).tolist()],
        "a spiral": [spiral.T.tolist()],
        "a comb": [comb.tolist()],
        "dots": [[point] for point in random.random((MAX_POINTS, 2)).tolist()],
    }


EDGE_CASES: dict[str, Strokes] = {
    "nothing": [],
    "empty strokes": [[], []],
    "a dot": [[(0.3, 0.7)]],
    "a dot in a corner": [[(0, 1)]],
    "a doubled dot": [[(0.3, 0.7)] * 4],
    "two taps": [[(0.3, 0.5)], [(0.7, 0.5)]],
    "doubled points": [[point for point in DIGITS["3"][0] for _ in range(3)]],
    "an empty stroke": [[], *DIGITS["4"], []],
    "horizontal": [[(0.2, 0.4), (0.8, 0.4)]],
    "vertical": [[(0.4, 0.2), (0.4, 0.8)]],
    "almost horizontal": [[(0.2, 0.4), (0.8, 0.4 + 1e-12)]],
    "almost vertical": [[(0.4, 0.2), (0.4 + 1e-5, 0.8)]],
    "slightly sloping": [[(0.1, 0.5), (0.9, 0.5002)]],
    "a square": [[(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)]],
    "the whole pad": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
    "along the edge": [[(0, 0), (1, 0), (1, 1)]],
    "a point outside": [[(1.2, 0.5)], *DIGITS["7"]],
    "a stroke outside": [*DIGITS["7"], [(1.2, 0.5), (1.1, 1.5)], [(-0.4, 0.2), (0.3, -0.9)]],
    "all outside": [[(1.2, 0.5), (1.1, 1.5)], [(-1, -1)]],
    "crosses the edge": [[(0.5, 0.5), (1.4, 0.6)]],
    "crosses and returns": [[(0.5, 0.3), (1.4, 0.4), (1.2, 0.7), (0.4, 0.8)]],
    "crosses the whole pad": [[(-0.7, 0.2), (1.9, 0.8)]],
    "touches a corner": [[(-0.5, 0.5), (0.5, -0.5)], [(0.4, 0.4), (0.6, 0.6)]],
    "infinitely far": [[(0.5, 0.5), (1e300, -1e300), (-1e308, 0.2), (1e308, 0.3)]],
    "infinitely small": [[(0.5, 0.5), (0.5, 0.5 + 1e-16), (5e-324, 0), (0, 5e-324)]],
    "tiny": [[(0.5, 0.5), (0.503, 0.502), (0.501, 0.505)]],
    "tiny at the edge": [[(0.999, 0.999), (1.003, 1.002)]],
    "integers": [[(0, 0), (1, 1)]],
}


Plain = tuple[int, int, str]
"""A plane of the browser: its height, its width, and its values as bytes in base64."""


def ask(run: Run, body: str, argument: Any) -> Any:
    """The value of the body of a function, with planes as `Plain`."""
    return json.loads(
        run(
            IMPORTS + f"const answer = (argument) => {{ {body} }};"
            "return JSON.stringify(answer(JSON.parse(argument)));",
            json.dumps(argument),
        )
    )


def packed(picture: Ink) -> tuple[str, Ink]:
    """A picture as the browser's sketches contain it, and the ink that it means."""
    levels = np.rint(picture * 255).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode(), levels.astype(np.float32) / np.float32(255)


def assert_equal(actual: Plain, expected: Ink, what: object) -> None:
    height, width, data = actual
    assert (height, width) == expected.shape, what
    drawn = np.frombuffer(base64.b64decode(data), np.float32).reshape(height, width)
    assert np.abs(drawn - expected).max() <= 1e-6, what


def compare(run: Run, drawings: dict[str, Strokes]) -> None:
    """Compare the ink and the network input of each drawing, for each kind of preparation."""
    answers = ask(
        run,
        """
        const { drawings, preparations } = argument;
        return drawings.map((strokes) => preparations.map(([box, centring]) => {
          const drawn = ink.inkFromStrokes(strokes, box);
          return [drawn, preprocessing.networkInput(drawn, box, centring)].map(plain);
        }));
        """,
        {"drawings": list(drawings.values()), "preparations": PREPARATIONS},
    )
    for (name, strokes), planes in zip(drawings.items(), answers, strict=True):
        for (box, centring), (drawn, prepared) in zip(PREPARATIONS, planes, strict=True):
            expected = ink_from_strokes(strokes, box)
            assert_equal(drawn, expected, (name, box))
            network_input = p.network_input(expected, box, centring)
            assert_equal(prepared, network_input, (name, box, centring))


def test_synthetic_drawings_give_the_same_network_inputs(run: Run) -> None:
    compare(run, {str(i): strokes for i, strokes in enumerate(synthetic_drawings())})


def test_edge_cases_give_the_same_network_inputs(run: Run) -> None:
    compare(run, EDGE_CASES)


def test_20000_points_give_the_same_network_inputs(run: Run) -> None:
    compare(run, many_points())


@pytest.mark.parametrize("side", [28, 140])
def test_strokes_over_a_picture_give_the_same_network_inputs(run: Run, side: int) -> None:
    random = np.random.default_rng(2)
    pictures = [ink_on_pad(DIGITS[digit], side) for digit in "0147"]
    pictures += [np.zeros((side, side), np.float32), random.random((side, side), np.float32)]
    sketches = [
        (strokes, *packed(picture))
        for picture in pictures
        for strokes in (*EDGE_CASES.values(), DIGITS["2"])
    ]
    answers = ask(
        run,
        """
        return argument.map(([strokes, picture]) => {
          const drawn = ink.inkFromSketch({ strokes, picture }, 20);
          return [drawn, preprocessing.networkInput(drawn)].map(plain);
        });
        """,
        [(strokes, picture) for strokes, picture, _ in sketches],
    )
    for (strokes, _, picture), answer in zip(sketches, answers, strict=True):
        expected = ink_from_sketch(strokes, picture)
        assert_equal(answer[0], expected, strokes)
        assert_equal(answer[1], p.network_input(expected), strokes)


SKIPPED = [
    steps
    for count in range(5)
    for steps in itertools.combinations(("pen", "crop", "box", "centre"), count)
]


@pytest.mark.parametrize("side", [None, 28, 140])
def test_film_strips_are_the_same(run: Run, side: int | None) -> None:
    random = np.random.default_rng(3)
    base64_text, picture = packed(ink_on_pad(DIGITS["1"], side)) if side else (None, None)
    drawings = [changed(DIGITS[digit], random) for digit in "2479"]
    drawings += [EDGE_CASES[name] for name in ("nothing", "a dot", "horizontal", "all outside")]
    for box, centring in ((20, "mass"), (28, "box")):
        answers = ask(
            run,
            """
            const { drawings, picture, skipped, box, centring } = argument;
            return drawings.map((strokes) => skipped.map((skip) => {
              const frames = preprocessing.walkSketch({ strokes, picture }, skip, box, centring);
              return Object.entries(frames).map(([step, image]) => [step, plain(image)]);
            }));
            """,
            {
                "drawings": drawings,
                "picture": base64_text,
                "skipped": SKIPPED,
                "box": box,
                "centring": centring,
            },
        )
        for strokes, strips in zip(drawings, answers, strict=True):
            for skip, strip in zip(SKIPPED, strips, strict=True):
                frames = p.walk_sketch(strokes, picture, skip, box, centring)
                assert [step for step, _ in strip] == list(frames)
                for step, image in strip:
                    assert_equal(image, frames[step], (strokes, skip, step, box, centring))


def test_planes_are_resized_and_centred_in_the_same_way(run: Run) -> None:
    random = np.random.default_rng(4)
    shapes = [(1, 1), (1, 50), (28, 28), (84, 84), (140, 140), (53, 41), (10, 33), (7, 3), (20, 13)]
    planes = [random.random(shape, np.float32) for shape in shapes]
    planes += [np.pad(plane, (3, 9)) for plane in planes] + [np.zeros((9, 7), np.float32)]
    # The centre of mass of these lies exactly between two pixels.
    planes += [np.ones((2 * n, n), np.float32) for n in range(1, 14)]
    steps = {
        "squeeze": p.squeeze,
        "fitIntoBox": p.fit_into_box,
        "cropToInk": p.crop_to_ink,
        "centreByMass": p.centre_by_mass,
        "centreByBox": p.centre_by_box,
        "networkInput": p.network_input,
    }
    answers = ask(
        run,
        """
        const { planes, steps } = argument;
        return planes.map(({ data, ...size }) => steps.map((step) =>
          plain(preprocessing[step]({ ...size, data: Float32Array.from(data) }))));
        """,
        {
            "planes": [
                {"height": len(i), "width": i.shape[1], "data": i.ravel().tolist()} for i in planes
            ],
            "steps": list(steps),
        },
    )
    for image, results in zip(planes, answers, strict=True):
        for (name, step), answer in zip(steps.items(), results, strict=True):
            assert_equal(answer, step(image), (name, image.shape))


def test_constants_are_the_same(run: Run) -> None:
    names = ["BOX", "PEN_WIDTH", "STROKE_WIDTH", "MAX_POINTS", "FIELD", "PAD_PIXELS", "FAINT"]
    found = run(
        IMPORTS + "return argument.map((name) => ({ ...ink, ...preprocessing })[name]);", names
    )
    expected = [BOX, PEN_WIDTH, STROKE_WIDTH, MAX_POINTS, p.FIELD, p.PAD_PIXELS, np.float32(0.02)]
    assert found == expected


INVALID: list[Any] = [
    "five",
    7,
    None,
    [None],
    [7],
    [["a"]],
    [[1, 2]],
    [[["a", "b"]]],
    [[[0.1, 0.2, 0.3]]],
    [[[0.1, 0.2], [0.3]]],
    [[[True, False]]],
    [[[0.1, None]]],
    [{"x": 1}],
    [[[0.1, math.nan]]],
    [[], [[math.inf, 0.1]]],
    [[[0.1, math.nan]], [["a", "b"]]],
    [[[0.1, 0.1]], [["a", "b"]], [[0.1, math.nan]]],
    [[[0.5, 0.5]] * (MAX_POINTS - 1), [[0.5, 0.5]] * 2],
]


def sentence(strokes: Any) -> str:
    with pytest.raises(SketchpadError) as error:
        ink_from_strokes(strokes)
    return str(error.value)


def test_invalid_strokes_are_rejected_with_the_same_sentence(run: Run) -> None:
    sentences = run(
        IMPORTS
        + """
        const { SketchpadError } = await import("/core/errors.js");
        const message = (draw) => {
          try {
            draw();
          } catch (error) {
            return error instanceof SketchpadError && error.message;
          }
        };
        return argument.map((strokes) => [
          message(() => ink.inkFromStrokes(strokes)),
          message(() => ink.inkOnPad(strokes, 28)),
          message(() => ink.inkFromSketch({ strokes, picture: null })),
        ]);
        """,
        INVALID,
    )
    assert sentences == [[sentence(strokes)] * 3 for strokes in INVALID]


@pytest.mark.parametrize(
    ("picture", "word"), [("%%%", "damaged"), ("AAA=", "square"), ("", "square")]
)
def test_a_damaged_picture_is_rejected(run: Run, picture: str, word: str) -> None:
    message = run(
        IMPORTS
        + """
        try {
          ink.inkFromSketch({ strokes: [], picture: argument });
        } catch (error) {
          return error.message;
        }
        """,
        picture,
    )
    assert word in message
