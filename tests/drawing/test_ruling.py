import numpy as np
import pytest

from lenet.drawing.contrast import FULL, Contrast, Whole
from lenet.drawing.ruling import without_rules

SIDE = 240
INK = np.int16(0.8 * FULL)


def rules(pitch: int, slope: float, strength: float, count: int = 99) -> Whole:
    """Horizontal lines, two pixels thick."""
    y, x = np.mgrid[:SIDE, :SIDE]
    from_first = y - 20 - slope * (x - SIDE / 2)
    on = (from_first >= 0) & (from_first % pitch < 2) & (from_first // pitch < count)
    return np.where(on, strength * FULL, 0).astype(np.int16)


def digit() -> Whole:
    """A seven, with strokes that run along rules and across them."""
    plane = np.zeros((SIDE, SIDE), np.int16)
    plane[60:66, 80:160] = INK
    for row in range(60, 190):
        plane[row, 157 - (row - 60) // 2 : 163 - (row - 60) // 2] = INK
    return plane


@pytest.mark.parametrize("slope", [0, 0.03, -0.07, 0.1])
@pytest.mark.parametrize("pitch", [15, 45])
def test_rules_are_erased_and_the_digit_stays(pitch: int, slope: float) -> None:
    ruled = np.maximum(rules(pitch, slope, 0.3), digit())
    plane = without_rules(Contrast(ruled, 20)).plane
    ink = digit() > 0
    assert (plane[~ink] > 0.15 * FULL).mean() < 0.01
    assert (plane[ink] > 0.5 * FULL).mean() > 0.97


def test_vertical_rules_and_squares_are_erased() -> None:
    squares = np.maximum(rules(20, 0.02, 0.3), rules(20, 0.02, 0.3).T)
    plane = without_rules(Contrast(squares, 20)).plane
    assert (plane > 0.15 * FULL).mean() < 0.01


def test_strokes_as_pale_as_the_rules_are_mended() -> None:
    plane = rules(40, 0, 0.3)
    plane[30:200, 100:106] = 0.3 * FULL
    erased = without_rules(Contrast(plane, 20)).plane
    assert (erased[30:200, 100:106] > 0).all()


def test_two_bars_are_not_rules_unless_they_reach_from_edge_to_edge() -> None:
    bars = rules(100, 0, 0.5, count=2)
    assert not without_rules(Contrast(bars, 20)).plane.any()
    bars[:, :20] = 0
    assert np.array_equal(without_rules(Contrast(bars, 20)).plane, bars)


def test_a_digit_without_rules_is_unchanged() -> None:
    assert np.array_equal(without_rules(Contrast(digit(), 20)).plane, digit())
