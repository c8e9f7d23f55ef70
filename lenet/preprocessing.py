"""From ink to network input, as MNIST was made.

LeCun, Bottou, Bengio and Haffner 1998, section III.A: the digit is scaled to fit a box of 20×20
pixels keeping its aspect ratio, with grey levels from antialiasing, and placed in a field of
28×28 so that its centre of mass lies in the middle.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BOX = 20
FIELD = 28
FAINT = 0.02
"""Ink below this does not count when the box around the digit is measured."""

Array = NDArray[np.float32]


def network_input(ink: Array) -> Array:
    """Bring ink `(H, W)` in [0, 1] into the form of MNIST `(28, 28)`; blank stays blank."""
    return centre_by_mass(fit_into_box(crop_to_ink(ink)))


def is_blank(ink: Array) -> bool:
    """Whether there is no ink at all."""
    return not (ink > FAINT).any()


def crop_to_ink(ink: Array) -> Array:
    """The smallest rectangle `(h, w)` of `ink` that holds all the ink; blank ink as it is."""
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit_into_box(ink: Array, side: int = BOX) -> Array:
    """Scale `ink` so that its longer side has `side` pixels, keeping the aspect ratio."""
    height, width = ink.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Averaging areas gives a magnified MNIST digit back as it was; it can't enlarge, though.
    resampling = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BICUBIC
    scaled = Image.fromarray(ink).resize(size, resampling)
    return np.clip(np.asarray(scaled, np.float32), 0, 1)


def centre_by_mass(ink: Array, side: int = FIELD) -> Array:
    """Place `ink` in a field `(side, side)` with its centre of mass in the middle.

    Moved by whole pixels, as in MNIST, and never beyond the field's edge. The middle is at pixel
    index `side` / 2: over MNIST's test set the centre of mass averages (13.99, 14.01).
    """
    field = np.zeros((side, side), np.float32)
    height, width = ink.shape
    mass = float(ink.sum())
    if mass == 0 or height > side or width > side:
        return field
    y = float(ink.sum(axis=1) @ np.arange(height)) / mass
    x = float(ink.sum(axis=0) @ np.arange(width)) / mass
    top = min(max(round(side / 2 - y), 0), side - height)
    left = min(max(round(side / 2 - x), 0), side - width)
    field[top : top + height, left : left + width] = ink
    return field
