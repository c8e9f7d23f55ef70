import numpy as np
import pytest

from lenet.drawing import stroke_width as w
from lenet.drawing.ink import ink_on_pad
from lenet.drawing.preprocessing import fit_into_box

TWO = [[(0.25, 0.3), (0.4, 0.2), (0.6, 0.25), (0.65, 0.4), (0.25, 0.8), (0.7, 0.8)]]


@pytest.mark.parametrize("pen", [0.02, 0.06, 0.12])
def test_stroke_width_is_the_pens(pen: float) -> None:
    canvas = (ink_on_pad(TWO, 300, pen) * 255).round().astype(np.int16)
    # The round ends have more outline than the sides.
    assert w.stroke_width(canvas) == pytest.approx(300 * pen, rel=0.15)


def test_without_ink_there_is_no_stroke() -> None:
    assert w.stroke_width(np.zeros((5, 5), np.int16)) == 0


def test_the_width_of_a_mask_is_that_of_its_ink() -> None:
    mask = ink_on_pad(TWO, 200, 0.05) > 0.5
    assert w.mask_width(mask) == pytest.approx(w.stroke_width(255 * mask.astype(np.int16)))


@pytest.mark.parametrize("radius", [1, 1.5, 3.7])
def test_dilation_takes_the_most_within_a_disc(radius: float) -> None:
    canvas = np.random.default_rng(0).integers(0, 256, (12, 9)).astype(np.int16)
    dilated = w.dilated(canvas, radius)
    reach = int(np.ceil(radius))
    assert dilated.shape == (12 + 2 * reach, 9 + 2 * reach)
    for y, x in np.ndindex(dilated.shape):
        distance = np.hypot(*np.ogrid[-y + reach : 12 - y + reach, -x + reach : 9 - x + reach])
        assert dilated[y, x] == canvas[distance <= radius].max(initial=0)


def test_erosion_is_the_dilation_of_what_is_empty() -> None:
    canvas = np.full((20, 30), 255, np.int16)
    eroded = w._eroded(canvas, 4)
    assert eroded.shape == canvas.shape
    assert (eroded[4:-4, 4:-4] == 255).all()
    assert eroded.sum() == 255 * 12 * 22


@pytest.mark.parametrize("pen", [0.006, 0.015, 0.05, 0.12, 0.2])
def test_strokes_of_every_pen_become_like_mnists(pen: float) -> None:
    ink = w.with_usual_strokes(ink_on_pad(TWO, 400, pen))
    box = (fit_into_box(ink) * 255).astype(np.int16)
    assert 1.7 <= w.stroke_width(box) <= 4.6


def test_usual_strokes_are_unchanged() -> None:
    ink = ink_on_pad(TWO, 400, 0.07)
    assert w.with_usual_strokes(ink).sum() == pytest.approx(w._on_canvas(ink).sum() / 255)
