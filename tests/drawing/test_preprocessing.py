import itertools

import numpy as np
import pytest
from PIL import Image

from lenet.drawing import preprocessing as p
from lenet.drawing.ink import Strokes, ink_from_sketch, ink_from_strokes, ink_on_pad
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


@pytest.mark.parametrize(
    ("value", "nearest"),
    [(0.5, 1), (1.5, 2), (-0.5, 0), (-1.5, -1), (2.4999, 2), (0.5 - 1e-12, 1), (-7, -7)],
)
def test_halves_are_rounded_up(value: float, nearest: int) -> None:
    assert p.round_half_up(value) == nearest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([[0, 1, 0, 1]], [[0.5, 0.5]]),
        ([[1, 0, 0]], [[2 / 3, 0]]),
        ([[0, 0.6, 0.9]], [[0.2, 0.8]]),
        ([[1, 0, 0, 0, 1]], [[0.6, 0, 0.6]]),
        ([[0.2], [0.4], [0.6]], [[0.4]]),
        ([[0.2, 0.8]], [[0.2, 0.35, 0.65, 0.8]]),
        ([[0], [1], [0]], [[0], [0.25], [0.75], [0.75], [0.25], [0]]),
        ([[0.3, 0.1]], [[0.3, 0.2, 0.1], [0.3, 0.2, 0.1]]),
        ([[0, 1], [0, 1]], [[0, 0.5, 1]]),
        ([[0.7]], [[0.7] * 28] * 20),
    ],
)
def test_resizing_averages_areas_or_interpolates(
    old: list[list[float]], new: list[list[float]]
) -> None:
    resized = p.resize(np.array(old, np.float32), *np.shape(new))
    assert resized.dtype == np.float32
    assert np.allclose(resized, new, atol=1e-6)


def test_an_equal_size_changes_nothing() -> None:
    random = np.random.default_rng(0).random((28, 28), np.float32)
    assert np.array_equal(p.resize(random, 28, 28), random)
    assert np.array_equal(p.resize(np.kron(random, np.ones((5, 5), np.float32)), 28, 28), random)


def test_the_mean_survives_any_reduction() -> None:
    random = np.random.default_rng(0).random((53, 41), np.float32)
    for height, width in ((53, 20), (28, 28), (1, 1), (19, 40)):
        assert p.resize(random, height, width).mean() == pytest.approx(random.mean(), rel=1e-6)


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


SKIPPED = [
    steps
    for count in range(5)
    for steps in itertools.combinations(("pen", "crop", "box", "centre"), count)
]
SMALL = [[(0.05 + 0.3 * x, 0.6 + 0.3 * y) for x, y in stroke] for stroke in DIGITS["4"]]


@pytest.mark.parametrize("box", [20, 28])
@pytest.mark.parametrize("centring", ["mass", "box"])
@pytest.mark.parametrize("strokes", [*DIGITS.values(), SMALL, [[(0.5, 0.5)]], []])
def test_the_last_frame_is_the_network_input(strokes: Strokes, box: int, centring: str) -> None:
    for picture in (None, ink_on_pad(DIGITS["7"], 140)):
        frames = p.walk_sketch(strokes, picture, box=box, centring=centring)
        assert list(frames) == ["draw", "crop", "box", "centre"]
        expected = p.network_input(ink_from_sketch(strokes, picture, box), box, centring)
        assert np.array_equal(frames["centre"], expected)


def test_strokes_are_drawn_again_at_the_size_of_the_box() -> None:
    frames = p.walk_strokes(SMALL)
    assert np.array_equal(frames["draw"], ink_on_pad(SMALL, 84, pen=None))
    assert np.array_equal(frames["crop"], p.crop_to_ink(frames["draw"]))
    assert np.array_equal(frames["box"], ink_from_strokes(SMALL))
    assert np.array_equal(frames["centre"], p.centre_by_mass(frames["box"]))


@pytest.mark.parametrize("skip", SKIPPED, ids="-".join)
def test_every_combination_of_steps_can_be_left_out(skip: tuple[str, ...]) -> None:
    pen = 0.075 if "pen" in skip else None
    draw = ink_on_pad(SMALL, 84, pen)
    crop = draw if "crop" in skip else p.crop_to_ink(draw)
    if "box" in skip:
        box = p.squeeze(crop)
    else:
        box = ink_on_pad(SMALL, 20, pen) if "crop" in skip else ink_from_strokes(SMALL, 20, pen)
    frames = p.walk_strokes(SMALL, skip)
    for name, image in {"draw": draw, "crop": crop, "box": box}.items():
        assert np.array_equal(frames[name], image), name
    assert frames["centre"].shape == (28, 28)
    corner = frames["centre"][: box.shape[0], : box.shape[1]]
    assert np.array_equal(corner, box) == ("centre" in skip or "box" in skip)


@pytest.mark.parametrize("skip", SKIPPED, ids="-".join)
def test_a_picture_is_resized(skip: tuple[str, ...]) -> None:
    picture = ink_on_pad(DIGITS["7"], 140)
    frames = p.walk_sketch(SMALL, picture, skip)
    ink = ink_from_sketch(SMALL, picture)
    assert np.array_equal(frames["draw"], ink)
    for name, frame in p.walk(ink, skip).items():
        assert np.array_equal(frames[name], frame), name
