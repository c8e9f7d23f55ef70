"""Variants of a drawing are moved and bent as they say."""

import numpy as np
import pytest

from lenet.drawing.ink import ink_from_sketch, ink_on_pad
from lenet.drawing.preprocessing import crop_to_ink, resize
from lenet.reading.prediction import Predictor
from lenet.reading.robustness import GRIDS, UNCHANGED, Bend, bends, compass, thicken, variant
from tests.support import ROOT
from tests.support.digits import DIGITS

SQUARE = [[(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)]]


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")


@pytest.mark.parametrize(
    ("bend", "corner"),
    [
        (Bend(right=0.2), (0.6, 0.4)),
        (Bend(down=-0.3), (0.4, 0.1)),
        (Bend(turn=90), (0.6, 0.4)),
        (Bend(turn=180, right=0.1), (0.7, 0.6)),
        (Bend(size=2), (0.3, 0.3)),
        (Bend(slant=0.5), (0.45, 0.4)),
        (Bend(size=2, slant=0.5, turn=90), (0.7, 0.4)),
    ],
)
def test_strokes_are_moved_and_bent(bend: Bend, corner: tuple[float, float]) -> None:
    strokes, picture = variant(SQUARE, None, bend)
    assert picture is None
    assert strokes[0][0] == pytest.approx(corner)


@pytest.mark.parametrize(
    "bend", [Bend(right=0.125, down=-0.0625), Bend(turn=90), Bend(turn=30), Bend(size=1.4)]
)
def test_pictures_are_bent_like_strokes(bend: Bend) -> None:
    drawn = ink_on_pad(DIGITS["5"], 84, pen=0.05)
    strokes, picture = variant([], drawn, bend)
    assert not strokes
    assert picture is not None
    assert picture.shape == (84, 84)
    bent, _ = variant(DIGITS["5"], None, bend)
    expected = ink_on_pad(bent, 84, pen=0.05 * bend.size)
    # Where the edges of strokes lie between pixels, interpolation blurs them.
    assert np.abs(picture - expected).mean() < 0.018
    assert np.abs(picture - drawn).mean() > 0.03


@pytest.mark.parametrize("factor", [0.5, 1.4, 2])
def test_pictures_are_thickened_like_strokes(factor: float) -> None:
    drawn = ink_on_pad(DIGITS["5"], 84, pen=None)
    expected = ink_on_pad(DIGITS["5"], 84, pen=factor * 0.0725)
    assert np.abs(thicken(drawn, factor) - expected).mean() < 0.015
    assert np.abs(drawn - expected).mean() > 0.03


def test_thick_strokes_become_a_picture(predictor: Predictor) -> None:
    masses = []
    for thickness in (0.5, 1.4, 2.8):
        strokes, picture = variant(DIGITS["5"], None, Bend(thickness=thickness))
        assert not strokes
        assert picture is not None
        masses.append(float(predictor.read_sketch(strokes, picture).network_input.sum()))
    plain = float(predictor.read_sketch(DIGITS["5"]).network_input.sum())
    assert masses[0] < 0.7 * plain < plain < masses[1] < masses[2]


def test_what_leaves_the_pad_is_lost(predictor: Predictor) -> None:
    inside, _ = variant(DIGITS["5"], None, Bend(right=0.2))
    beyond, _ = variant(DIGITS["5"], None, Bend(right=0.4))
    ink = ink_from_sketch(DIGITS["5"])
    assert ink_from_sketch(inside).shape == ink.shape
    assert ink_from_sketch(beyond).shape != ink.shape
    assert predictor.read_sketch(*variant(DIGITS["5"], None, Bend(right=0.9))).state == "blank"


def test_strokes_on_a_picture_are_bent_with_it() -> None:
    picture = ink_on_pad(DIGITS["1"], 140)
    strokes, bent = variant([[(0.2, 0.5), (0.8, 0.5)]], picture, Bend(turn=90))
    assert not strokes
    assert bent is not None
    height, width = crop_to_ink(bent).shape
    before = crop_to_ink(
        resize(np.maximum(picture, ink_on_pad([[(0.2, 0.5), (0.8, 0.5)]], 140)), 84, 84)
    )
    assert abs(height - before.shape[1]) <= 2
    assert abs(width - before.shape[0]) <= 2


def test_nothing_stays_nothing() -> None:
    blank = np.zeros((28, 28), np.float32)
    for bend in (Bend(turn=20, size=2), Bend(thickness=0.5), Bend(thickness=2)):
        for strokes, picture in (variant([], None, bend), variant([], blank, bend)):
            assert not strokes
            assert picture is None or not picture.any()


@pytest.mark.parametrize("grid", GRIDS)
def test_a_compass_reads_what_a_cell_puts_on_the_pad(predictor: Predictor, grid: str) -> None:
    cells = compass(predictor, grid, DIGITS["3"])
    assert [[cell.bend for cell in row] for row in cells] == bends(grid)
    assert cells[3][3].bend == UNCHANGED
    for cell in (cell for row in cells[::3] for cell in row[::2]):
        found = predictor.read_sketch(*variant(DIGITS["3"], None, cell.bend))
        assert (cell.state, cell.label, cell.nearest) == (found.state, found.label, found.nearest)
        assert cell.probability == found.confidence
    assert len({cell.label for row in cells for cell in row}) > 1
