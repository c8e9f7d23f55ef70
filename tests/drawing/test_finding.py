from collections.abc import Callable

import numpy as np
import pytest

from lenet.drawing.contrast import Levels
from lenet.drawing.finding import find, silhouette
from lenet.drawing.ink import Ink, ink_from_strokes, ink_on_pad
from lenet.drawing.preprocessing import levels, network_input
from tests.support.digits import DIGITS

SEVEN = [[(0.3, 0.3), (0.68, 0.28), (0.6, 0.45), (0.45, 0.75)]]
SIDE = 320
RANDOM = np.random.default_rng(0)
Y, X = np.mgrid[:SIDE, :SIDE] / SIDE


def drawn(pen: float = 0.04, side: int = SIDE) -> Ink:
    return ink_on_pad(SEVEN, side, pen)


def grey(lightness: np.ndarray) -> Levels:
    return (np.clip(lightness, 0, 1) * 255).round().astype(np.uint8)[..., None]


def likeness(ink: Ink) -> float:
    """The correlation with the digit as the network sees it when it is drawn on the pad."""
    expected, seen = network_input(ink_from_strokes(SEVEN)), network_input(ink)
    return float(np.corrcoef(expected.ravel(), seen.ravel())[0, 1])


def ruled(pitch: float) -> np.ndarray:
    return 1 - 0.3 * ((Y + 0.03 * X) % pitch < 0.008)


def on_desk() -> Levels:
    picture = np.full((SIDE, SIDE), 0.25)
    picture[40:-30, 60:-40] = (0.9 * (1 - 0.8 * drawn()))[40:-30, 60:-40]
    return grey(picture)


def on_cluttered_desk() -> Levels:
    picture = np.where((X + 2 * Y) % 0.2 < 0.06, 0.1, 0.6)
    picture[40:-30, 60:-40] = (0.9 * (1 - 0.8 * drawn()))[40:-30, 60:-40]
    return grey(picture)


def on_worksheet() -> Levels:
    picture = 1 - drawn()
    letters = (Y % 0.04 < 0.02) & (X % 0.05 < 0.035)
    picture[letters & (np.abs(Y - 0.5) > 0.34)] = 0
    return grey(picture)


def framed() -> Levels:
    picture = 1 - drawn()
    picture[10:14, 10:-10] = picture[-14:-10, 10:-10] = 0
    picture[10:-10, 10:14] = picture[10:-10, -14:-10] = 0
    return grey(picture)


def transparent() -> Levels:
    alpha = (drawn() * 255).astype(np.uint8)
    return np.stack([0 * alpha, 0 * alpha, 0 * alpha, alpha], axis=2)


def two_inks() -> Levels:
    dark, pale = np.array([0.1, 0.1, 0.3]), np.array([0.9, 0.6, 0.3])
    colour = np.where(Y[..., None] < 0.4, pale, dark)
    return grey(1 - drawn()[..., None] * (1 - colour))[..., 0]


PICTURES: dict[str, Callable[[], Levels]] = {
    "black on white": lambda: grey(1 - drawn()),
    "white on black": lambda: grey(drawn()),
    "thin pen": lambda: grey(1 - drawn(0.008)),
    "thick pen": lambda: grey(1 - drawn(0.11)),
    "pencil": lambda: grey(0.9 - 0.2 * drawn(0.015) + RANDOM.normal(0, 0.01, (SIDE, SIDE))),
    "noise": lambda: grey(0.8 - 0.6 * drawn() + RANDOM.normal(0, 0.05, (SIDE, SIDE))),
    "uneven light": lambda: grey((1 - 0.5 * X) * (1 - 0.7 * drawn())),
    "shadow": lambda: grey(np.where(X + Y < 0.9, 0.9, 0.55) * (1 - 0.7 * drawn())),
    "lined": lambda: grey(ruled(0.15) * (1 - 0.8 * drawn())),
    "squared": lambda: grey(ruled(0.08) * ruled(0.08).T * (1 - 0.8 * drawn())),
    "desk": on_desk,
    "cluttered desk": on_cluttered_desk,
    "worksheet": on_worksheet,
    "frame": framed,
    "transparent": transparent,
    "two inks": two_inks,
    "mask": lambda: grey(drawn()) // 255,
    "large": lambda: grey(1 - drawn(side=1500)),
    "small digit": lambda: np.pad(
        grey(1 - drawn(side=220)), ((800, 300), (200, 900), (0, 0)), "edge"
    ),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_the_digit_is_found(kind: str) -> None:
    found = find(PICTURES[kind]())
    assert found.count == 1
    assert likeness(found.ink) > 0.8


@pytest.mark.parametrize("kind", PICTURES)
def test_the_ink_is_a_square_around_the_digit(kind: str) -> None:
    ink = find(PICTURES[kind]()).ink
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    assert ink.dtype == np.float32
    assert ink.shape[0] == ink.shape[1]
    assert np.array_equal(ink, levels(ink))
    size = max(np.ptp(rows), np.ptp(columns)) + 1
    assert abs(len(ink) / size - 1.4) < 0.02
    for used in (rows, columns):
        assert abs(used[0] + used[-1] + 1 - len(ink)) <= 2


@pytest.mark.parametrize("pen", [0.15, 0.2, 0.22])
def test_a_thick_stroke_is_found_whole(pen: float) -> None:
    ink = ink_on_pad(DIGITS["2"], SIDE, pen)
    taken, stroke = find(grey(1 - ink)).frames["taken"] > 0, ink > 0.5
    assert (taken & stroke).sum() / (taken | stroke).sum() > 0.9


def test_the_steps_are_shown() -> None:
    found = find(on_desk())
    assert list(found.frames) == ["picture", "contrast", "taken", "ink"]
    assert all(f.min() >= 0 and f.max() <= 1 for f in found.frames.values())
    taken = found.frames["taken"] > 0
    assert (taken & (drawn() > 0.5)).sum() / (taken | (drawn() > 0.5)).sum() > 0.7


def test_small_digits_keep_their_greys() -> None:
    small = ink_from_strokes(SEVEN)
    field = network_input(small)
    assert np.allclose(network_input(find(grey(field)).ink), field, atol=0.02)


@pytest.mark.parametrize("level", [0, 0.5, 1])
def test_one_colour_is_blank(level: float) -> None:
    found = find(grey(np.full((50, 70), level)))
    assert found.count == 0
    assert not found.ink.any()
    assert not found.frames["taken"].any()


def test_a_shadow_is_not_a_digit() -> None:
    assert find(grey(0.9 - 0.4 / (1 + np.exp(-20 * (X + Y - 1))))).count == 0


@pytest.mark.parametrize(
    ("length", "dark", "count"), [(0.08, 0.12, 0), (0.08, 0.6, 1), (0.6, 0.12, 1)]
)
def test_what_is_small_and_pale_is_not_a_digit(length: float, dark: float, count: int) -> None:
    line = (np.abs(Y - 0.5) < length / 2) & (np.abs(X - 0.5) < 0.01)
    assert find(grey(0.9 * (1 - dark * line))).count == count


def test_a_digit_across_the_edge_of_a_shadow_is_found_whole() -> None:
    light = np.where(X < 0.5, 0.9, 0.5)
    found = find(grey(light * (1 - 0.7 * drawn())))
    assert found.count == 1
    assert likeness(found.ink) > 0.8


def test_a_digit_of_few_pixels_is_enlarged_smoothly() -> None:
    picture = np.zeros((8, 8))
    picture[1:7, 4] = 1
    ink = find(grey(picture)).ink
    assert len(ink) > 20
    assert 0 < np.abs(np.diff(ink, axis=1)).max() < 0.5


def test_digits_are_counted() -> None:
    one = drawn()[60:260, 60:260]
    assert find(grey(1 - np.concatenate([one, one], axis=1))).count == 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 3), (2, 200), (2, 900), (5_000_000, 1)])
def test_pictures_of_any_size_have_an_answer(shape: tuple[int, int]) -> None:
    for channels in (1, 3, 4):
        picture = np.random.default_rng(1).integers(0, 256, (*shape, channels), np.uint8)
        assert find(picture).ink.shape[0] > 0
        assert silhouette(picture).ink.shape[0] > 0


def test_a_silhouette_keeps_its_greys() -> None:
    shirt = np.zeros((60, 60))
    shirt[15:50, 20:45] = 0.4
    shirt[20:40, 25:40] = 0.8
    found = silhouette(grey(1 - shirt))
    assert found.count == 1
    assert np.allclose(np.unique(found.ink), [0, 0.5, 1], atol=0.01)


def test_one_colour_has_no_silhouette() -> None:
    assert silhouette(np.full((20, 20, 3), 70, np.uint8)).count == 0


def test_a_digit_that_was_cut_out_is_found() -> None:
    ink = drawn(0.08) > 0.5
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = drawn(0.08)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    found = find(grey(1 - cut))
    assert found.count == 1
    assert likeness(found.ink) > 0.8
