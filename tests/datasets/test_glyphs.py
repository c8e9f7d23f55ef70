import numpy as np
import pytest

from lenet.datasets.glyphs import closed, curve, dense, draw
from lenet.drawing.ink import ink_from_strokes
from lenet.drawing.preprocessing import network_input


def test_a_curve_goes_through_its_points() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.5], [0.2, 0.9], [0.6, 0.1]])
    drawn = curve(points, 60)
    for point in points:
        assert np.linalg.norm(drawn - point, axis=1).min() < 1e-9


def test_a_single_point_can_be_drawn() -> None:
    random = np.random.default_rng(0)
    assert draw([np.array([[0.5, 0.5]])], random).any()
    assert network_input(ink_from_strokes([[(0.5, 0.5)]])).any()


def test_dense_lines_keep_their_corners() -> None:
    triangle = closed(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.35]]))
    points = dense(triangle, 0.1)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert steps.max() <= 0.1 + 1e-9
    assert steps.sum() == pytest.approx(1.35 + np.hypot(1, 0.35))
    for corner in triangle:
        assert (points == corner).all(1).any()
