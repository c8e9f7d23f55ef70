import math
from typing import Any

import numpy as np
import pytest

from lenet.drawing import ink as i
from lenet.drawing.ink import Ink, Strokes
from lenet.errors import SketchpadError
from tests.support.digits import DIGITS

Point = tuple[float, float]


def sampled_ink(strokes: Strokes, pixels: int, pen: float) -> np.ndarray:
    """Ink `(pixels, pixels)` from the distances to points every 0.0002 along the strokes."""
    points = np.concatenate(
        [
            np.linspace(a, b, 2 + int(np.hypot(*np.subtract(b, a)) / 0.0002))
            for stroke in strokes
            for a, b in zip(stroke, [*stroke[1:], stroke[-1]], strict=True)
        ]
    )
    y, x = (np.indices((pixels, pixels)) + 0.5) / pixels
    distance = [np.hypot(x[n, :, None] - points[:, 0], y[n, :, None] - points[:, 1]).min(1)
                for n in range(pixels)]  # fmt: skip
    return np.clip(0.5 + pixels * (pen / 2 - np.array(distance)), 0, 1)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("pen", [0.01, 0.075])
def test_ink_follows_from_the_distance_to_the_nearest_stroke(digit: str, pen: float) -> None:
    drawn = i.ink_on_pad(DIGITS[digit], 30, pen)
    assert drawn.dtype == np.float32
    assert np.allclose(drawn, sampled_ink(DIGITS[digit], 30, pen), atol=1e-3)


def test_a_dot_is_a_disc_that_fills_the_box() -> None:
    y, x = np.indices((20, 20)) - 9.5
    disc = np.clip(10.5 - np.hypot(x, y), 0, 1)
    for dot in ([[(0.3, 0.7)]], [[(0.3, 0.7)] * 5], [[(0.3, 0.7)], [(0.3, 0.7)]]):
        assert np.allclose(i.ink_from_strokes(dot), disc, atol=1e-6)


def test_a_bar_has_these_grey_levels() -> None:
    bar = i.ink_from_strokes([[(0.1, 0.5), (0.9, 0.5)]])  # 2.2 pixels wide, 1.1 from axis to edge
    assert bar.shape == (3, 20)
    assert np.allclose(bar[:, 3:-3], [[0.6], [1.0], [0.6]], atol=1e-6)
    # The pen's centre is 1.1 pixels from the ends, so 0.6 from the outermost pixels' centres.
    assert np.allclose(bar[:, 0], [1.6 - math.hypot(1, 0.6), 1, 1.6 - math.hypot(1, 0.6)])
    assert np.allclose(bar[:, -1], bar[:, 0], atol=1e-6)
    assert np.allclose(i.ink_from_strokes([[(0.5, 0.9), (0.5, 0.1)]]), bar.T, atol=1e-6)


@pytest.mark.parametrize("size", [0.2, 0.3, 0.8])
@pytest.mark.parametrize("box", [20, 28])
def test_size_and_position_on_the_pad_do_not_matter(size: float, box: int) -> None:
    def drawn(scale: float, x: float, y: float) -> Ink:
        moved = [[(x + scale * a, y + scale * b) for a, b in s] for s in DIGITS["5"]]
        return i.ink_from_strokes(moved, box)

    assert np.allclose(drawn(size, 0.1, 0.2), drawn(1, 0, 0), atol=1e-6)
    assert max(drawn(size, 0, 0).shape) == box


@pytest.mark.parametrize("digit", DIGITS)
def test_a_mirrored_drawing_is_mirrored_ink(digit: str) -> None:
    drawn = i.ink_from_strokes(DIGITS[digit])
    across = [[(1 - x, y) for x, y in stroke] for stroke in DIGITS[digit]]
    down = [[(x, 1 - y) for x, y in stroke] for stroke in DIGITS[digit]]
    assert np.allclose(i.ink_from_strokes(across), drawn[:, ::-1], atol=1e-6)
    assert np.allclose(i.ink_from_strokes(down), drawn[::-1], atol=1e-6)


@pytest.mark.parametrize(
    ("strokes", "on_pad"),
    [
        ([[(0.5, 0.5), (1.5, 0.5)]], [[(0.5, 0.5), (1, 0.5)]]),
        ([[(0.2, 0.5), (0.6, -0.3), (0.6, 1)]], [[(0.2, 0.5), (0.45, 0)], [(0.6, 0), (0.6, 1)]]),
        ([[(-1, 0.2), (2, 0.8)]], [[(0, 0.4), (1, 0.6)]]),
        ([[(-0.5, 1), (1, -0.5)]], [[(0, 0.5), (0.5, 0)]]),
        ([[(0.3, 0.3)], [(1.2, 0.3)], [(-2, 0.5), (-0.1, 3), (9, 1.1)]], [[(0.3, 0.3)]]),
        ([[(0.5, 0.5), (1e300, -1e300)]], [[(0.5, 0.5), (1, 0)]]),
        ([[(-1e308, 0.5), (1e308, 0.5)]], [[(0, 0.5), (1, 0.5)]]),
        ([[(0.5, 1), (1, 1), (1, 0.5)]], [[(0.5, 1), (1, 1), (1, 0.5)]]),
    ],
)  # fmt: skip
def test_what_lies_outside_the_pad_does_not_count(strokes: Strokes, on_pad: Strokes) -> None:
    drawn, expected = i.ink_from_strokes(strokes), i.ink_from_strokes(on_pad)
    assert drawn.shape == expected.shape
    assert np.allclose(drawn, expected, atol=1e-4)
    assert np.allclose(i.ink_on_pad(strokes, 50), i.ink_on_pad(on_pad, 50), atol=1e-4)


@pytest.mark.parametrize(
    "strokes",
    [[], [[]], (), [[], []], [[(1.2, 0.5)]], [[(-0.5, 0.4), (0.4, -0.6)], [(0.5, 7), (0, 1e300)]]],
)  # fmt: skip
def test_strokes_without_points_on_the_pad_are_blank(strokes: Strokes) -> None:
    for drawn, side in ((i.ink_from_strokes(strokes), 20), (i.ink_on_pad(strokes, 50), 50)):
        assert drawn.shape == (side, side)
        assert not drawn.any()


def test_the_most_points_are_drawn_like_a_few() -> None:
    points = np.random.default_rng(0).random((i.MAX_POINTS, 2)) * [0.5, 1]
    halves = [points[:10_000].tolist(), points[10_000:].tolist()]
    whole = i.ink_on_pad(halves, 28, pen=0.001)
    assert np.array_equal(whole, np.maximum(*(i.ink_on_pad([h], 28, pen=0.001) for h in halves)))
    assert whole[:, :14].all()
    assert not whole[:, 15:].any()


@pytest.mark.parametrize("side", [28, 140])
def test_strokes_over_a_picture_keep_its_resolution(side: int) -> None:
    picture = np.random.default_rng(0).random((side, side), np.float32)
    assert np.array_equal(i.ink_from_sketch([], picture), picture)
    drawn = i.ink_from_sketch([[(0.1, 0.5), (0.9, 0.5)]], picture)
    assert np.array_equal(drawn[: side // 4], picture[: side // 4])
    assert (drawn[side // 2, side // 7 : -side // 7] == 1).all()


@pytest.mark.parametrize(
    "picture",
    [
        np.broadcast_to(np.float32(0), (2**31, 20)),
        np.broadcast_to(np.float32(0), (60_000, 60_000)),
        np.zeros((0, 0), np.float32),
        np.zeros(28, np.float32),
        np.full((28, 28), np.nan, np.float32),
        np.full((28, 28), 255, np.float32),
        np.zeros((28, 28), np.uint8),
        [[0.0]],
    ],
)
def test_an_invalid_picture_below_strokes_is_rejected(picture: Any) -> None:
    with pytest.raises(SketchpadError, match="square array of floats from 0 to 1"):
        i.ink_from_sketch([], picture)


def test_without_a_picture_strokes_fill_the_box() -> None:
    assert np.array_equal(
        i.ink_from_sketch(DIGITS["4"], None, 28), i.ink_from_strokes(DIGITS["4"], 28)
    )


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
        ([[(0.1, None)]], "different structure"),
        ([{"x": 1}], "different structure"),
        (["0.5, 0.5"], "different structure"),
        ([[(0.1, 0.2)] * 999 + [(0.1, "1" * 100_000)]], "different structure"),
        ([[(0.1, 10**400)]], "different structure"),
        ([[(0.1, math.nan)]], "not a finite number"),
        ([[(math.inf, 0.1)]], "not a finite number"),
        ([[(0.5, 0.5)] * 1_000_000], "got 1,000,000"),
    ],
)
def test_invalid_strokes_are_rejected(strokes: Strokes, words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        i.ink_from_strokes(strokes)
