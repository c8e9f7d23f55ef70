from collections.abc import Callable

import numpy as np
import pytest

from lenet.datasets import doodles
from lenet.datasets.glyphs import Glyph, draw


@pytest.mark.parametrize("kind", [kind for kind, _ in doodles.KINDS])
def test_every_kind_draws_something_different_each_time(
    kind: Callable[[np.random.Generator], Glyph],
) -> None:
    random = np.random.default_rng(0)
    drawn = [kind(random) for _ in range(60)]
    assert len({np.concatenate(glyph).tobytes() for glyph in drawn}) > 50  # grids are few
    for glyph in drawn:
        points = np.concatenate(glyph)
        assert np.isfinite(points).all()
        assert (np.ptp(points, axis=0) > 0).all()


def test_shapes_are_closed_and_have_a_radius_of_about_1() -> None:
    random = np.random.default_rng(1)
    for kind in (doodles.box, doodles.polygon, doodles.star):
        for _ in range(20):
            points = kind(random)
            assert np.array_equal(points[0], points[-1])
            assert np.abs(points).max() < 2


def test_a_doodle_can_be_drawn() -> None:
    random = np.random.default_rng(2)
    assert all(draw(doodles.doodle(random), random).max() > 0.5 for _ in range(50))
