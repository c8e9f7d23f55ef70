import numpy as np
import pytest

from benchmarks import retouching
from lenet import Predictor
from tests.support.digits import DIGITS, line


def drawn(digit: str) -> list[np.ndarray]:
    return [np.array(stroke) for stroke in DIGITS[digit]]


@pytest.mark.parametrize("change", [retouching.retouched, retouching.with_a_tap])
def test_changed_digits_remain_these_digits(
    predictor: Predictor, change: retouching.Change
) -> None:
    random = np.random.default_rng(0)
    wrong = 0
    for digit in 3 * list(DIGITS):
        changed = change(drawn(digit), random)
        assert len(changed) >= len(drawn(digit))
        wrong += predictor.read_sketch([s.tolist() for s in changed]).nearest != digit
    assert wrong <= 3


def test_changes_add_a_stroke_and_leave_the_others() -> None:
    random = np.random.default_rng(1)
    for change in (retouching.go_over_again, retouching.start_twice, retouching.draw_out):
        changed = change(drawn("4"), random)
        assert len(changed) == 3
        assert sum(any(np.array_equal(a, b) for b in drawn("4")) for a in changed) == 2


def test_only_small_gaps_are_closed() -> None:
    random = np.random.default_rng(2)
    ring = [np.array(DIGITS["0"][0][:-3])]
    *_, closing = retouching.close_a_gap(ring, random)
    assert np.array_equal(closing, [ring[0][-1], ring[0][0]])
    parallel = [np.array(line((x, 0.2), (x, 0.8))) for x in (0.2, 0.8)]
    assert len(retouching.close_a_gap(parallel, random)) == 2
    dot = [np.array([[0.5, 0.5]])]
    assert len(retouching.close_a_gap(dot, random)) == 1
