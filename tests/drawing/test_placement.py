"""Points of the pad lie where the network input shows their ink."""

import numpy as np
import pytest

from lenet.drawing import ink, preprocessing
from lenet.drawing.placement import Placement, Rectangle, placement
from tests.support.digits import DIGITS

PREPARATIONS = [(20, "mass"), (28, "box"), (20, "box"), (27, "mass")]


@pytest.mark.parametrize(("box", "centring"), PREPARATIONS)
@pytest.mark.parametrize("digit", DIGITS)
def test_strokes_drawn_at_their_placement_are_the_network_input(
    digit: str, box: int, centring: str
) -> None:
    strokes = DIGITS[digit]
    place = placement(strokes, None, box, centring)
    fit = ink.fit_strokes(strokes, box)
    assert place
    assert fit
    moved = [np.asarray(s) * (place.width, place.height) + (place.left, place.top) for s in strokes]
    # A pad of 28 pixels, whose ink is defined by the same formula.
    on_field = [(points / 28).tolist() for points in moved]
    drawn = ink.ink_on_pad(on_field, 28, fit.pen * place.width / 28)
    expected = preprocessing.network_input(ink.ink_from_strokes(strokes, box), box, centring)
    np.testing.assert_allclose(drawn, expected, atol=1e-6)


@pytest.mark.parametrize(("box", "centring"), PREPARATIONS)
def test_ink_of_a_picture_stays_under_its_points(box: int, centring: str) -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        picture = np.zeros((90, 90), np.float32)
        top, left, height, width = random.integers(5, 40, 4)
        picture[top : top + height, left : left + width] = 1
        place = placement([], picture, box, centring)
        assert place
        seen = preprocessing.network_input(picture, box, centring)
        # The rectangle of ink fills the pixels of the network input exactly.
        rows, columns = np.nonzero(seen)
        found = Rectangle(rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        expected = (top / 90, left / 90, (top + height) / 90, (left + width) / 90)
        np.testing.assert_allclose(place.on_pad(found), expected, atol=1e-6)


def test_a_network_input_on_the_pad_stays_in_place() -> None:
    seen = preprocessing.network_input(ink.ink_from_strokes(DIGITS["5"]))
    place = placement([], seen)
    assert place is not None
    np.testing.assert_allclose(place, (0, 0, 28, 28), atol=1e-9)


def test_strokes_over_a_picture_are_placed_with_it() -> None:
    picture = np.zeros((56, 56), np.float32)
    picture[8:48, 20:30] = 1
    assert placement([[(0.42, 0.5), (0.48, 0.5)]], picture) == placement([], picture)


def test_a_rectangle_on_the_pad_leaves_out_the_border() -> None:
    place = Placement(left=4, top=2, width=20, height=10)
    assert place.on_pad(Rectangle(2, 4, 12, 24)) == Rectangle(0, 0, 1, 1)
    assert place.on_pad(Rectangle(4, 6, 14, 26), border=2) == Rectangle(0, 0, 1, 1)
    assert place.on_pad(Rectangle(0, 0, 7, 9)) == Rectangle(-0.2, -0.2, 0.5, 0.25)


def test_nothing_has_no_place() -> None:
    assert placement([]) is None
    assert placement([], np.zeros((28, 28), np.float32)) is None
    assert placement([[(2, 2), (3, 3)]]) is None
