import numpy as np
import pytest
from PIL import Image

from lenet.drawing import preprocessing as p
from lenet.drawing.ink import ink_from_strokes
from tests.support.digits import DIGITS


def ink(*rows: str) -> np.ndarray:
    return np.array([[float(c) for c in row] for row in rows], np.float32) / 9


def test_crop_takes_the_bounding_box_of_the_ink() -> None:
    cropped = p.crop_to_ink(ink("0000", "0090", "0010", "0000"))
    assert np.array_equal(cropped, ink("9", "1"))


def test_crop_ignores_faint_ink() -> None:
    faint = np.full((9, 9), p.FAINT / 2, np.float32)
    faint[4, 4] = 1
    assert p.crop_to_ink(faint).shape == (1, 1)


@pytest.mark.parametrize(
    ("shape", "scaled"),
    [((40, 20), (20, 10)), ((10, 30), (7, 20)), ((5, 5), (20, 20)), ((200, 1), (20, 1))],
)
def test_the_longer_side_becomes_20_pixels(shape: tuple[int, int], scaled: tuple[int, int]) -> None:
    fitted = p.fit_into_box(np.ones(shape, np.float32))
    assert fitted.shape == scaled
    assert fitted.dtype == np.float32
    assert np.allclose(fitted, 1)


def test_shrinking_averages_areas() -> None:
    chequers = (np.indices((80, 80)).sum(0) % 2).astype(np.float32)
    assert np.allclose(p.fit_into_box(chequers), 0.5)


@pytest.mark.parametrize("strokes", DIGITS.values(), ids=DIGITS)
def test_the_centre_of_mass_moves_to_the_middle(strokes: list[list[tuple[float, float]]]) -> None:
    field = p.network_input(ink_from_strokes(strokes))
    assert field.shape == (28, 28)
    rows, columns = np.indices((28, 28))
    # It moves by whole pixels, so it is at most half a pixel off, as in MNIST.
    assert abs((field * rows).sum() / field.sum() - 14) <= 0.51
    assert abs((field * columns).sum() / field.sum() - 14) <= 0.51
    box = p.crop_to_ink(field).shape
    assert max(box) == 20


def test_lopsided_ink_stays_inside_the_field() -> None:
    heavy = np.full((20, 20), 0.03, np.float32)
    heavy[0, 0] = 1000
    assert p.centre_by_mass(heavy)[8, 8] == 1000


def test_the_box_is_centred_with_the_extra_pixel_at_the_top_or_left() -> None:
    rows, columns = np.nonzero(p.centre_by_box(np.ones((28, 11), np.float32)))
    assert (rows.min(), rows.max()) == (0, 27)
    assert (columns.min(), columns.max()) == (9, 19)
    rows, columns = np.nonzero(p.centre_by_box(np.ones((15, 28), np.float32)))
    assert (rows.min(), rows.max()) == (7, 21)


def test_position_and_size_on_the_pad_do_not_matter() -> None:
    def drawn(scale: float, x: float, y: float) -> np.ndarray:
        moved = [[(x + scale * a, y + scale * b) for a, b in s] for s in DIGITS["5"]]
        return p.network_input(ink_from_strokes(moved))

    middle = drawn(1, 0, 0)
    for elsewhere in (drawn(0.5, 0, 0), drawn(0.4, 0.55, 0.5), drawn(0.7, 0.3, 0)):
        # If the centre of mass lies between two pixels, a different size may round differently.
        moves = [np.roll(elsewhere, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        assert min(np.abs(middle - moved).mean() for moved in moves) < 0.03


@pytest.mark.parametrize("magnified", [2, 5, 9])
def test_a_magnified_mnist_image_is_restored(magnified: int) -> None:
    field = p.network_input(ink_from_strokes(DIGITS["2"]))
    large = Image.fromarray(field).resize((28 * magnified,) * 2, Image.Resampling.NEAREST)
    canvas = np.zeros((400, 500), np.float32)
    canvas[60 : 60 + large.height, 130 : 130 + large.width] = np.asarray(large)
    # Area averaging is exact; only the faintest pixels at the edge may be lost.
    assert np.abs(p.network_input(canvas) - field).mean() < 0.01


def test_blank_stays_blank() -> None:
    blank = np.zeros((50, 80), np.float32)
    assert p.is_blank(blank)
    assert not p.network_input(blank).any()
    assert not p.is_blank(ink("00", "09"))
