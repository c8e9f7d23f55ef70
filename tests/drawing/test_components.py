import numpy as np
import pytest

from lenet.drawing.components import WHOLE_BOX, Box, components


def flooded(mask: np.ndarray) -> np.ndarray:
    """Labels from 1, by flooding: an independent oracle."""
    labels = np.zeros(mask.shape, int)
    for start in zip(*np.nonzero(mask), strict=True):
        if labels[start]:
            continue
        labels[start], stack = labels.max() + 1, [start]
        while stack:
            y, x = stack.pop()
            around = np.ix_(
                range(max(0, y - 1), min(len(mask), y + 2)),
                range(max(0, x - 1), min(mask.shape[1], x + 2)),
            )
            new = mask[around] & (labels[around] == 0)
            stack += [
                (around[0][i, 0], around[1][0, j]) for i, j in zip(*np.nonzero(new), strict=True)
            ]
            labels[around] = np.where(new, labels[start], labels[around])
    return labels


@pytest.mark.parametrize("density", [0.02, 0.2, 0.4, 0.7])
def test_components_are_connected_by_sides_and_corners(density: float) -> None:
    random = np.random.default_rng(3)
    plane = (random.random((31, 43)) < density) * random.integers(1, 1000, (31, 43))
    parts, labels = components(plane.astype(np.int16), 0), flooded(plane > 0)
    assert len(parts.area) == labels.max()
    everything = Box(0, 0, *plane.shape)
    for index in range(labels.max()):
        mine = labels == index + 1
        assert np.array_equal(parts.mask(np.arange(labels.max()) == index, everything), mine)
        rows, columns = np.nonzero(mine)
        alone = np.arange(labels.max()) == index
        box = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        assert parts.box(alone) == box
        assert parts.area[index] == mine.sum()
        assert parts.mass[index] == plane[mine].sum()
        edges = (mine[0], mine[-1], mine[:, 0], mine[:, -1])
        assert parts.contact[:, index].tolist() == [edge.sum() for edge in edges]


def test_a_mask_can_be_cut_to_a_box() -> None:
    plane = np.zeros((200, 200), np.int16)
    plane[10:30, 20:60] = 1000
    mask = components(plane, 500).mask(np.array([True]), Box(20, 50, 40, 70))
    assert np.array_equal(mask, plane[20:40, 50:70] > 0)


def test_boxes_overlap_by_what_both_cover() -> None:
    box = Box(0, 0, 10, 20)
    assert box.overlap(box) == WHOLE_BOX
    assert box.overlap(Box(0, 0, 10, 10)) == Box(0, 0, 10, 10).overlap(box) == WHOLE_BOX // 2
    assert box.overlap(Box(5, 0, 15, 20)) == WHOLE_BOX // 3
    assert box.overlap(Box(0, 20, 10, 30)) == 0
