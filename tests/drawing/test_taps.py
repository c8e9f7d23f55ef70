import numpy as np
import pytest

from lenet import Predictor
from lenet.drawing import ink as i
from lenet.drawing import preprocessing as p
from lenet.drawing.ink import Points, Strokes, has_stray_taps, ink_from_strokes
from lenet.drawing.placement import placement
from lenet.reading.robustness import Bend, variant
from tests.support.digits import DIGITS, line


def small(digit: str, size: float = 0.4) -> Strokes:
    """A digit in the upper left corner of the pad."""
    return [[(size * x, size * y) for x, y in stroke] for stroke in DIGITS[digit]]


CORNER = (0.95, 0.95)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize(
    "taps",
    [[[CORNER]], [[CORNER], [(0.9, 0.05)]], [[CORNER, (0.955, 0.95), (0.95, 0.94)]]],
    ids=["a tap", "two taps", "a tap that moves"],
)
def test_a_stray_tap_does_not_change_what_is_read(
    predictor: Predictor, digit: str, taps: Strokes
) -> None:
    strokes = small(digit)
    for tapped in ([*strokes, *taps], [*taps, *strokes]):
        assert has_stray_taps(tapped)
        assert np.array_equal(ink_from_strokes(tapped), ink_from_strokes(strokes))
        assert placement(tapped) == placement(strokes)
        assert predictor.read_sketch(tapped).label == digit


def test_a_stray_tap_stays_on_the_pad() -> None:
    tapped = [*small("5"), [CORNER]]
    assert i.ink_on_pad(tapped, 84)[80, 80] == 1
    assert i.ink_on_pad(tapped, 84, stray=False)[80, 80] == 0
    frames = p.walk_sketch(tapped)
    assert frames["draw"][80, 80] > 0.5
    assert np.array_equal(frames["crop"], p.walk_sketch(small("5"))["crop"])
    assert np.array_equal(frames["centre"], p.network_input(ink_from_strokes(tapped)))
    whole = p.walk_strokes(tapped, ["crop"])
    assert whole["crop"][80, 80] > 0.5


def test_over_a_picture_every_tap_counts() -> None:
    drawn = i.ink_from_sketch([*small("5"), [CORNER]], np.zeros((84, 84), np.float32))
    assert drawn[80, 80] == 1


def test_bent_drawings_turn_around_the_digit() -> None:
    tapped = [*small("5"), [CORNER]]
    for bend in (Bend(turn=20), Bend(thickness=1.4)):
        bent, plain = variant(tapped, None, bend), variant(small("5"), None, bend)
        assert np.array_equal(i.ink_from_sketch(*bent), i.ink_from_sketch(*plain))


def dots(strokes: Strokes) -> Strokes:
    """Every fourth point as a dot."""
    return [[point] for stroke in strokes for point in stroke[::4]]


def dashes(strokes: Strokes) -> Strokes:
    """Strokes with every fourth point left out."""
    return [list(stroke[n : n + 3]) for stroke in strokes for n in range(0, len(stroke), 4)]


STEM = line((0.5, 0.4), (0.5, 0.8))
PARTS: dict[str, Strokes] = {
    "nothing": [],
    "a lone dot": [[CORNER]],
    "two dots": [[(0.5, 0.2)], [(0.5, 0.8)]],
    "three dots": [[(0.2, 0.5)], [(0.5, 0.5)], [(0.8, 0.5)]],
    "an i": [STEM, [(0.5, 0.25)]],
    "an i with a high dot": [STEM, [(0.5, 0.21)]],
    "a 5 with a short flag": [small("5")[0], [(0.27, 0.08), (0.3, 0.08)]],
    "a dot inside": [*small("0"), [(0.2, 0.2)]],
    "a short stroke far away": [*small("5"), line((0.7, 0.9), (0.75, 0.9))],
    "a dotted digit": dots(DIGITS["5"]),
    "a dotted digit with a dash": [line((0.4, 0.22), (0.45, 0.22)), *dots(DIGITS["5"])],
    "a dashed digit": dashes(DIGITS["5"]),
    "a tap off the pad": [*small("5"), [(1.4, 1.4)]],
}


@pytest.mark.parametrize("name", PARTS)
def test_dots_that_belong_to_a_drawing_are_not_stray(name: str) -> None:
    assert not has_stray_taps(PARTS[name])


@pytest.mark.parametrize("size", [0.05, 0.2, 0.4])
def test_size_does_not_matter(size: float) -> None:
    def sized(points: Points) -> Strokes:
        return [*small("5", size), [tuple(size * points)]]

    assert has_stray_taps(sized(np.array([1.4, 0.5])))
    assert not has_stray_taps(sized(np.array([0.9, 0.5])))
