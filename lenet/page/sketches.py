"""Uploaded pictures as ink for the pad."""

import base64
from io import BytesIO

import numpy as np

from lenet.drawing.ink import Ink
from lenet.drawing.picture import ink_from_picture, open_picture
from lenet.drawing.preprocessing import crop_to_ink, fit_into_box, is_blank
from lenet.errors import SketchpadError

PICTURE_SIDE = 140
"""Side of the ink square that an uploaded picture becomes."""
PICTURE_BOX = 100
"""Box of the drawing in that square: it covers the same share as a digit in MNIST's field."""


def picture_for_pad(file: BytesIO, name: str) -> str:
    """Convert a picture file to ink for the pad: a centred `PICTURE_SIDE` square, in base64.

    Raises:
        SketchpadError: it can't be read, or is blank.
    """
    ink = ink_from_picture(open_picture(file, name))
    if is_blank(ink):
        raise SketchpadError(f"{name} is blank: all of it has the same colour.")
    digit = fit_into_box(crop_to_ink(ink), PICTURE_BOX)
    height, width = digit.shape
    top, left = (PICTURE_SIDE - height) // 2, (PICTURE_SIDE - width) // 2
    pad = np.zeros((PICTURE_SIDE, PICTURE_SIDE), np.float32)
    pad[top : top + height, left : left + width] = digit
    return pack_picture(pad)


def pack_picture(ink: Ink) -> str:
    """Ink `(side, side)` as bytes in base64."""
    return base64.b64encode(np.rint(ink * 255).astype(np.uint8).tobytes()).decode("ascii")
