import numpy as np

from lenet.datasets.hands import handwritten, unit


def test_a_hand_without_wobble_only_slants_turns_and_stretches() -> None:
    square = [np.array([[5.0, 5.0], [9.0, 5.0], [9.0, 9.0]]), np.array([[5.0, 9.0], [5.0, 5.0]])]
    first, second = handwritten(square, np.random.default_rng(0), wobble=0)
    assert np.allclose(first[0], second[1])
    corner = first[2] - first[1] - (second[0] - second[1])  # opposite sides remain equal
    assert np.allclose(corner, 0)


def test_wobble_bends_lines_a_little() -> None:
    line = [np.stack([np.linspace(0, 1, 50), np.zeros(50)], axis=1)]
    bent = []
    for seed in range(20):
        points = handwritten(line, np.random.default_rng(seed), wobble=0.05)[0]
        chord = (points[-1] - points[0]) / np.linalg.norm(points[-1] - points[0])
        offsets = points - points[0]
        bent.append(np.abs(offsets[:, 0] * chord[1] - offsets[:, 1] * chord[0]).max())
    assert 0.01 < np.mean(bent) < 0.15


def test_a_dot_has_no_size() -> None:
    assert np.array_equal(unit([np.array([[3.0, 4.0]])])[0], [[0, 0]])
