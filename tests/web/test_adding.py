"""Strokes that add ink and stray taps are the same in the browser and in Python."""

import numpy as np
import pytest

from lenet.drawing.adding import strokes_that_add_ink
from lenet.drawing.ink import Strokes, has_stray_taps
from tests.drawing.test_adding import COUNTS
from tests.drawing.test_taps import CORNER, PARTS, small
from tests.support.digits import DIGITS
from tests.web.conftest import Run
from tests.web.test_ink import EDGE_CASES, changed, compare, many_points, synthetic_drawings

pytestmark = pytest.mark.browser


def retouched(strokes: Strokes, random: np.random.Generator) -> Strokes:
    """Strokes, then parts of them again, some a little further away."""
    parts = []
    for stroke in strokes:
        points, first = np.asarray(stroke), random.integers(len(stroke))
        moved = points[first:] + random.normal(0, 0.04, 2)
        parts.append([(x, y) for x, y in moved.tolist()])
    return [*strokes, *parts]


def tapped(strokes: Strokes, random: np.random.Generator) -> Strokes:
    """A small drawing with one to three taps anywhere on the pad, of any size up to 0.04."""
    taps = [
        (random.random(2) + random.uniform(0, 0.04, (random.integers(1, 4), 2))).tolist()
        for _ in range(random.integers(1, 4))
    ]
    drawing = [[(x / 3, y / 3) for x, y in stroke] for stroke in strokes]
    return [*taps, *drawing] if random.random() < 0.5 else [*drawing, *taps]


def drawings() -> list[Strokes]:
    random = np.random.default_rng(5)
    digits = [strokes for strokes in DIGITS.values() for _ in range(15)]
    return [
        *synthetic_drawings(),
        *EDGE_CASES.values(),
        *many_points().values(),
        *PARTS.values(),
        *(strokes for strokes, _ in COUNTS.values()),
        *([*small(digit), [CORNER]] for digit in DIGITS),
        *(retouched(changed(strokes, random), random) for strokes in digits),
        *(tapped(strokes, random) for strokes in digits),
    ]


def test_the_same_strokes_count(run: Run) -> None:
    known = drawings()
    found = run(
        """
        const { strokesThatAddInk } = await import("/core/adding.js");
        const { hasStrayTaps } = await import("/core/ink.js");
        return argument.map((strokes) => [strokesThatAddInk(strokes), hasStrayTaps(strokes)]);
        """,
        known,
    )
    expected = [[strokes_that_add_ink(strokes), has_stray_taps(strokes)] for strokes in known]
    assert found == expected
    counts, stray = zip(*expected, strict=True)
    assert {0, 1, 2, 3, 4} <= set(counts)
    assert 20 < sum(stray) < len(stray) / 2


def test_drawings_with_taps_give_the_same_network_inputs(run: Run) -> None:
    random = np.random.default_rng(6)
    compare(run, {f"{n}": tapped(DIGITS[str(n % 10)], random) for n in range(60)})


def test_a_tap_does_not_change_the_ink_of_a_bent_drawing(run: Run) -> None:
    tapped = [*small("5"), [CORNER]]
    for bend in ({"turn": 20}, {"thickness": 1.4}):
        same = run(
            """
            const { variant } = await import("/core/robustness.js");
            const { inkFromSketch } = await import("/core/ink.js");
            const still = { right: 0, down: 0, turn: 0, size: 1, slant: 0, thickness: 1 };
            const [a, b] = argument.sketches.map((strokes) => inkFromSketch(
              variant({ strokes, picture: null }, { ...still, ...argument.bend })).data);
            return a.length === b.length && a.every((ink, i) => ink === b[i]);
            """,
            {"sketches": [tapped, small("5")], "bend": bend},
        )
        assert same
