"""What is not a digit among the components of a picture: desks, sheets, frames, printed boxes.

`lenet/page/web/core/foreign.js` computes the same.
"""

import numpy as np

from lenet.drawing.components import Box, Components, Mask

CONTACT = 0.3
"""What touches the picture's border along more than this share of the shorter side is not a digit:
it is a desk, a shadow, a finger or the next sheet."""
FILLING = 0.5
"""A digit that touches the border fills at least this share of the picture: it was cut out."""
FRAME = 0.1
"""Frames, printed boxes, their sides and sheets are longer than this share of the picture."""
SQUARE = 0.4
"""The shorter side of a frame, box or sheet is at least this share of the longer one."""
STRAIGHT = 0.85
"""A sheet lies along more than this share of each side of its box, and a frame around something
along more than this share of three sides; a zero doesn't."""
PRINTED = 0.95
"""A printed box lies along more than this share of each side, and may be empty."""
SOLID = 0.6
"""A sheet covers more than this share of its box."""
CONTENT = 0.15
"""A frame contains something of more than this share of its size."""
SLIM = 6
"""The sides of printed boxes are more than this many times as long as thick…"""
ALIGNED = 0.005
"""…and opposite ones start and end in the same rows or columns, to within this share of the
picture's side. Ones next to each other, as in 101, are not that equal."""


def foreign_to(parts: Components) -> Mask:
    """What is not a digit: what lies along the border, frames, sheets, printed boxes."""
    top, bottom, left, right = touched = parts.contact > 0
    across = (top & bottom) | (left & right) | (touched.sum(0) > 2)
    foreign = across | (parts.contact.sum(0) > CONTACT * min(parts.shape))
    foreign |= touched.any(0) & (parts.size < FILLING * max(parts.shape))
    for index in np.flatnonzero(~foreign & (parts.size > FRAME * max(parts.shape))):
        foreign[index] = _is_rectangle(parts, int(index))
    return foreign | _sides_of_boxes(parts)


def _sides_of_boxes(parts: Components) -> Mask:
    """Straight bars around something: printed boxes whose other two sides are pale or erased."""
    thickness = np.minimum(parts.height, parts.width)
    straight = 2 * parts.area > parts.height * parts.width
    sides = np.zeros_like(straight)
    for start, stop in ((parts.top, parts.bottom), (parts.left, parts.right)):
        length = stop - start
        bars = straight & (length > SLIM * thickness) & (length > FRAME * max(parts.shape))
        for index in np.flatnonzero(bars):
            apart = np.maximum(np.abs(start - start[index]), np.abs(stop - stop[index]))
            aligned = bars & (apart < ALIGNED * max(parts.shape))
            sides[index] = _contains_something(parts, parts.box(aligned))
    return sides


def _is_rectangle(parts: Components, index: int) -> bool:
    """Whether a component is a sheet, a printed box, or a frame around something."""
    alone = np.arange(len(parts.area)) == index
    box = parts.box(alone)
    mask = parts.mask(alone, box)
    height, width = mask.shape
    if min(height, width) < SQUARE * max(height, width):
        return False
    down, right = max(2, height // 8), max(2, width // 8)
    horizontal = [band.any(0).mean() for band in (mask[:down], mask[-down:])]
    vertical = [band.any(1).mean() for band in (mask[:, :right], mask[:, -right:])]
    worst, second, *_ = sorted([*horizontal, *vertical])
    if worst > PRINTED or (worst > STRAIGHT and mask.mean() > SOLID):
        return True
    return bool(second > STRAIGHT) and _contains_something(parts, box)


def _contains_something(parts: Components, box: Box) -> bool:
    inside = (parts.top > box.top) & (parts.bottom < box.bottom)
    inside &= (parts.left > box.left) & (parts.right < box.right)
    return bool((inside & (parts.size > CONTENT * box.size)).any())
