import pytest

from lenet.drawing.adding import strokes_that_add_ink
from lenet.drawing.ink import Strokes
from tests.support.digits import DIGITS, line

COMB = [line((x, 0.2), (x, 0.8)) for x in (0.2, 0.4, 0.6, 0.8)]
FIVE = DIGITS["5"]
MOVED = [[(x + 0.02, y - 0.01) for x, y in stroke] for stroke in FIVE]

COUNTS: dict[str, tuple[Strokes, int]] = {
    "nothing": ([], 0),
    "a dot": ([[(0.5, 0.5)]], 0),
    "dots on one point": ([[(0.5, 0.5)]] * 3, 0),
    "one stroke": (FIVE, 1),
    "two strokes": (DIGITS["4"], 2),
    "a comb": (COMB, 4),
    "a comb from right to left": (COMB[::-1], 4),
    "a comb, one tooth outside the pad": ([*COMB, line((1.2, 0.2), (1.2, 0.8))], 4),
    "a line drawn twice": ([*FIVE, *MOVED], 1),
    "a line drawn backwards": ([*FIVE, FIVE[0][::-1]], 1),
    "a part drawn again": ([*FIVE, MOVED[0][10:25]], 1),
    "a second start": ([MOVED[0][:8], *FIVE], 2),
    "a dot next to a digit": ([*FIVE, [(0.8, 0.8)]], 1),
    "an empty stroke": ([[], *FIVE, []], 1),
    "a cross": ([line((0.2, 0.2), (0.8, 0.8)), line((0.8, 0.2), (0.2, 0.8))], 2),
    "a stray tap": ([line((0.1, 0.1), (0.1, 0.3)), [(0.9, 0.9)]], 1),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_strokes_count_if_they_add_ink(name: str) -> None:
    strokes, count = COUNTS[name]
    assert strokes_that_add_ink(strokes) == count


def test_closing_a_gap_adds_no_ink() -> None:
    ring = DIGITS["0"][0][:-3]
    assert strokes_that_add_ink([ring, [ring[-1], ring[0]]]) == 1


@pytest.mark.parametrize("size", [0.01, 0.1, 0.7])
def test_size_and_position_do_not_matter(size: float) -> None:
    moved = [[(0.2 + size * x, 0.1 + size * y) for x, y in stroke] for stroke in COMB]
    assert strokes_that_add_ink(moved) == 4
