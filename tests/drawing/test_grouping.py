import numpy as np
import pytest

from lenet.drawing.components import Box, Components, components
from lenet.drawing.contrast import Whole
from lenet.drawing.grouping import digit

SIDE = 200


def blank() -> Whole:
    """A plane on which nothing stands out."""
    return np.zeros((SIDE, SIDE), np.int16)


def bar(plane: Whole, top: int, left: int, bottom: int, right: int) -> None:
    plane[top:bottom, left:right] = 1000


def parts_of(plane: Whole) -> Components:
    return components(plane, 500)


def one(plane: Whole) -> None:
    """A digit like a 1 in the middle."""
    bar(plane, 50, 95, 150, 105)


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


def test_a_line_of_print_in_few_pieces_is_not_the_digit() -> None:
    plane = blank()
    one(plane)
    for y in (20, 165):
        bar(plane, y, 5, y + 20, 195)
    found = digit(parts_of(plane))
    assert (found.box, found.digits, found.share) == (Box(50, 95, 150, 105), 1, 1)


def test_a_digit_amid_print_is_found() -> None:
    plane = blank()
    one(plane)
    for y in (38, 156):
        for x in range(20, 180, 16):
            bar(plane, y, x, y + 6, x + 10)
    assert digit(parts_of(plane)).box == Box(50, 95, 150, 105)


def test_a_digit_may_be_as_wide_as_high() -> None:
    plane = blank()
    bar(plane, 60, 50, 66, 150)
    bar(plane, 60, 144, 150, 150)
    assert digit(parts_of(plane)).box == Box(60, 50, 150, 150)


@pytest.mark.parametrize("upright", [True, False])
def test_opposite_sides_of_a_box_are_not_digits(upright: bool) -> None:
    plane = blank()
    bar(plane, 60, 85, 140, 93)
    bar(plane, 60, 93, 68, 115)
    box = blank()
    for x in (10, 46, 150, 184):
        bar(box, 40, x, 160, x + 6)
    found = digit(parts_of(plane + (box if upright else box.T)))
    assert (found.box, found.digits) == (Box(60, 85, 140, 115), 1)


def test_a_shorter_digit_between_ones_is_a_third_digit() -> None:
    plane = blank()
    bar(plane, 50, 60, 150, 70)
    bar(plane, 52, 95, 148, 105)
    bar(plane, 51, 130, 151, 140)
    assert digit(parts_of(plane)).digits == 3


def test_ones_next_to_each_other_are_digits() -> None:
    plane = blank()
    one(plane)
    bar(plane, 50, 60, 150, 70)
    assert digit(parts_of(plane)).digits == 2


@pytest.mark.parametrize("content", [True, False])
def test_a_box_without_one_side_is_a_frame_if_something_is_inside(content: bool) -> None:
    plane = blank()
    bar(plane, 20, 20, 90, 90)
    plane[24:90, 24:86] = 0
    if content:
        bar(plane, 35, 50, 75, 56)
    bar(plane, 100, 140, 170, 146)
    box = Box(100, 140, 170, 146) if content else Box(20, 20, 90, 90)
    assert digit(parts_of(plane)).box == box
