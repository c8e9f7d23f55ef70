import numpy as np
import pytest

from lenet.drawing.components import WHOLE_BOX, Box, Components, components, digit
from lenet.drawing.contrast import Whole

SIDE = 200


def blank() -> Whole:
    return np.zeros((SIDE, SIDE), np.int16)


def bar(plane: Whole, top: int, left: int, bottom: int, right: int) -> None:
    plane[top:bottom, left:right] = 1000


def parts_of(plane: Whole) -> Components:
    return components(plane, 500)


def one(plane: Whole) -> None:
    """A digit like a 1 in the middle."""
    bar(plane, 50, 95, 150, 105)


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
    plane = blank()
    bar(plane, 10, 20, 30, 60)
    mask = parts_of(plane).mask(np.array([True]), Box(20, 50, 40, 70))
    assert np.array_equal(mask, plane[20:40, 50:70] > 0)


def test_the_heaviest_component_is_the_digit() -> None:
    plane = blank()
    one(plane)
    bar(plane, 10, 10, 30, 14)
    found = digit(parts_of(plane))
    assert (found.box, found.digits, found.clear) == (Box(50, 95, 150, 105), 1, True)


@pytest.mark.parametrize("frame", [(5, 5, 195, 195), (20, 30, 180, 170)])
def test_a_frame_is_not_the_digit(frame: tuple[int, int, int, int]) -> None:
    plane = blank()
    top, left, bottom, right = frame
    bar(plane, top, left, bottom, right)
    plane[top + 8 : bottom - 8, left + 8 : right - 8] = 0
    one(plane)
    assert digit(parts_of(plane)).box == Box(50, 95, 150, 105)


def test_a_zero_is_not_a_frame() -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    distance = np.hypot(y - 100, x - 100)
    plane = np.where(np.abs(distance - 60) < 6, 1000, 0).astype(np.int16)
    bar(plane, 90, 95, 110, 105)
    assert digit(parts_of(plane)).box.size > 120


def test_what_touches_the_border_is_not_the_digit() -> None:
    plane = blank()
    one(plane)
    bar(plane, 0, 0, SIDE, 30)
    bar(plane, 170, 120, SIDE, 160)
    assert digit(parts_of(plane)).box == Box(50, 95, 150, 105)


def test_a_digit_that_was_cut_out_may_touch_the_border() -> None:
    plane = blank()
    bar(plane, 0, 95, SIDE, 105)
    found = digit(parts_of(plane))
    assert (found.box, found.clear) == (Box(0, 95, SIDE, 105), False)


def test_a_flag_belongs_to_the_digit_and_dust_does_not() -> None:
    plane = blank()
    one(plane)
    bar(plane, 40, 110, 46, 130)
    bar(plane, 60, 110, 62, 112)
    assert digit(parts_of(plane)).box == Box(40, 95, 150, 130)


def test_dots_around_the_digit_are_a_pattern() -> None:
    plane = blank()
    one(plane)
    for y in range(20, 190, 30):
        for x in (80, 118):
            bar(plane, y, x, y + 7, x + 7)
    assert digit(parts_of(plane)).box == Box(50, 95, 150, 105)


def test_words_above_and_below_the_digit_are_a_pattern() -> None:
    plane = blank()
    one(plane)
    for y in (20, 30, 165, 175):
        for x in range(20, 180, 16):
            bar(plane, y, x, y + 6, x + 14)
    assert digit(parts_of(plane)).box == Box(50, 95, 150, 105)


@pytest.mark.parametrize("content", [True, False])
def test_a_printed_box_is_not_the_digit(content: bool) -> None:
    plane = blank()
    bar(plane, 20, 20, 90, 90)
    plane[24:86, 24:86] = 0
    if content:
        bar(plane, 35, 50, 75, 56)
    bar(plane, 100, 140, 180, 146)
    assert digit(parts_of(plane)).box == Box(100, 140, 180, 146)


def test_boxes_overlap_by_what_both_cover() -> None:
    box = Box(0, 0, 10, 20)
    assert box.overlap(box) == WHOLE_BOX
    assert box.overlap(Box(0, 0, 10, 10)) == Box(0, 0, 10, 10).overlap(box) == WHOLE_BOX // 2
    assert box.overlap(Box(5, 0, 15, 20)) == WHOLE_BOX // 3
    assert box.overlap(Box(0, 20, 10, 30)) == 0


def test_digits_next_to_each_other_are_counted() -> None:
    plane = blank()
    one(plane)
    bar(plane, 50, 40, 150, 50)
    bar(plane, 55, 150, 145, 160)
    assert digit(parts_of(plane)).digits == 3


def test_a_neighbour_in_pieces_is_one_digit() -> None:
    plane = blank()
    one(plane)
    for top in range(50, 150, 34):
        bar(plane, top, 140, top + 32, 150)
    found = digit(parts_of(plane))
    assert (found.box, found.digits) == (Box(50, 95, 150, 105), 2)


def test_all_of_a_tiny_picture_is_the_digit() -> None:
    plane = np.zeros((8, 8), np.int16)
    plane[0, 1] = plane[3:5, 3] = plane[7, 6] = 1000
    found = digit(components(plane, 100))
    assert (found.box, found.digits) == (Box(0, 1, 8, 7), 1)
    assert found.chosen.all()


def test_pieces_of_a_broken_stroke_are_one_digit() -> None:
    plane = blank()
    for top in range(50, 150, 20):
        bar(plane, top, 95, top + 18, 105)
    found = digit(parts_of(plane))
    assert (found.box.top, found.box.bottom, found.digits) == (50, 148, 1)
