import math

import numpy as np
import pytest

from lenet.drawing import ink as i
from lenet.drawing.ink import Strokes
from lenet.errors import SketchpadError

DOT = [[(0.5, 0.5)]]


def distance_to_segment(pixels: int, a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
    """Distance of each pixel centre from a segment: an oracle for the round pen."""
    y, x = (np.indices((pixels, pixels)) + 0.5) / pixels
    (ax, ay), (bx, by) = a, b
    length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-12)
    t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
    return np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))


@pytest.mark.parametrize(
    ("a", "b"), [((0.2, 0.3), (0.7, 0.8)), ((0.5, 0.5), (0.5, 0.5)), ((0.1, 0.6), (0.9, 0.6))]
)
def test_the_pen_is_round_and_has_the_requested_width(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    drawn = i.ink_from_strokes([[a, b]], pen=0.1, pixels=200)
    distance = distance_to_segment(200, a, b)
    assert (drawn[distance < 0.05 - 0.008] == 1).all()
    assert (drawn[distance > 0.05 + 0.008] == 0).all()
    assert ((drawn > 0) & (drawn < 1)).any(), "edges are antialiased"


@pytest.mark.parametrize("size", [0.1, 0.3, 0.8])
def test_by_default_the_pen_scales_with_the_drawing(size: float) -> None:
    drawn = i.ink_from_strokes([[(0.1, 0.1), (0.1, 0.1 + size)]])
    rows, columns = (np.flatnonzero(drawn.any(axis)) for axis in (1, 0))
    share = len(columns) / len(rows)
    assert share == pytest.approx(i.STROKE_WIDTH, abs=1.5 / len(rows))


def test_strokes_are_clipped_at_the_edge_of_the_pad() -> None:
    strokes = [[(0.5, 0.5), (1.4, 0.5), (1.4, 0.8), (0.5, 0.8)]]
    drawn = i.ink_from_strokes(strokes, pen=0.075)
    assert drawn[140, -1] == 1
    assert drawn[224, -1] == 1
    assert drawn[182, -1] == 0


@pytest.mark.parametrize("strokes", [[], [[]], (), [[], []]])
def test_strokes_without_points_are_blank(strokes: Strokes) -> None:
    assert not i.ink_from_strokes(strokes).any()


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ("five", "list of strokes"),
        (7, "list of strokes"),
        (None, "list of strokes"),
        ([[("a", "b")]], "different structure"),
        ([[1, 2]], "different structure"),
        ([[(0.1, 0.2, 0.3)]], "different structure"),
        ([[(0.1, 0.2), (0.3,)]], "different structure"),
        ([[(True, False)]], "different structure"),
        ([{"x": 1}], "different structure"),
        ([[(0.1, math.nan)]], "not a finite number"),
        ([[(math.inf, 0.1)]], "not a finite number"),
        ([[(0.5, 0.5)] * 1_000_000], "got 1,000,000"),
    ],
)
def test_invalid_strokes_are_rejected(strokes: Strokes, words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        i.ink_from_strokes(strokes)


def test_points_far_outside_the_pad_are_accepted() -> None:
    assert i.ink_from_strokes([[(0.5, 0.5), (1e300, -1e300)]]).shape == (280, 280)
