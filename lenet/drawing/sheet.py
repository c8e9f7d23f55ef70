"""The sheet in a picture: the paper that a digit is on, without the desk around it.

`lenet/page/web/core/sheet.js` computes the same.
"""

import numpy as np

from lenet.drawing.components import Box, Mask, components
from lenet.drawing.contrast import Whole, ranges

ACROSS = 50
"""A picture is divided into about so many blocks along its longer side."""
FLAT = 0.06
"""Neighbouring blocks of a sheet differ by less than this share of the highest lightness."""
SMALLEST, LARGEST = 0.1, 0.9
"""A smaller surface is not a sheet; around a larger one, there is nothing to leave out."""


def sheet(working: Whole) -> Mask | None:
    """Where a working picture `(h, w, C)` shows the largest even surface, with the writing on it.

    None if there is no such surface, or if it fills the picture.
    """
    block = max(working.shape) // ACROSS
    if block < 2 or min(working.shape[:2]) < block:
        return None
    even = _even(_lightest(working, block))
    if not even.any():
        return None
    parts = components(even.astype(np.int16), 0)
    largest = np.arange(len(parts.area)) == np.argmax(parts.area)
    filled = _filled(parts.mask(largest, Box(0, 0, *even.shape)))
    if not SMALLEST < filled.mean() < LARGEST:
        return None
    down, across = (
        np.minimum(np.arange(side) // block, blocks - 1)
        for side, blocks in zip(working.shape, filled.shape, strict=False)
    )
    return filled[np.ix_(down, across)]


def _lightest(working: Whole, block: int) -> Whole:
    """The highest lightness of each block `(H, W, C)`, so that thin dark strokes disappear."""
    height, width = (side // block * block for side in working.shape[:2])
    blocks = working[:height, :width].reshape(height // block, block, width // block, block, -1)
    return blocks.max(axis=(1, 3))


def _even(lightest: Whole) -> Mask:
    """The blocks whose neighbours have nearly the same lightness."""
    steps = [ranges(plane, 1) for plane in np.moveaxis(lightest, 2, 0)]
    return np.max(steps, axis=0) < FLAT * int(lightest.max())


def _filled(mask: Mask) -> Mask:
    """A mask with everything that lies between two of its pixels in a row and in a column."""
    rows, columns = (
        np.logical_or.accumulate(mask, axis)
        & np.flip(np.logical_or.accumulate(np.flip(mask, axis), axis), axis)
        for axis in (1, 0)
    )
    return rows & columns
