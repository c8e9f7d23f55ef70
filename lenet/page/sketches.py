"""Convert sketches that the browser sends to ink, and uploaded pictures to sketches."""

import base64
import math
from io import BytesIO
from typing import Any

import numpy as np

from lenet.drawing.ink import BOX, Ink, ink_from_sketch
from lenet.drawing.picture import ink_from_picture, open_picture
from lenet.drawing.preprocessing import crop_to_ink, fit_into_box, is_blank
from lenet.errors import SketchpadError

PICTURE_SIDE = 140
"""Side of the ink square that an uploaded picture becomes."""
PICTURE_BOX = 100
"""Box of the drawing in that square: it covers the same share as a digit in MNIST's field."""
MAX_PACKED = 4 * 280**2 // 3 + 4
"""Maximum length of a picture on the pad, in base64."""


def sketch_ink(strokes: Any, picture: Any = None, box: int = BOX) -> Ink:
    """Ink of a sketch: strokes, on top of a picture if there is one.

    Raises:
        SketchpadError: the strokes or the picture are invalid.
    """
    return ink_from_sketch(strokes, unpack_picture(picture), box)


def unpack_picture(picture: Any) -> Ink | None:
    """Ink of a picture on the pad: a square of bytes in base64, as `picture_for_pad` returns it.

    Raises:
        SketchpadError: it is damaged.
    """
    if picture is None:
        return None
    if not isinstance(picture, str) or len(picture) > MAX_PACKED:
        raise SketchpadError("The picture on the pad is damaged. Clear the pad and try again.")
    try:
        levels = np.frombuffer(base64.b64decode(picture, validate=True), np.uint8)
    except (TypeError, ValueError) as error:
        raise SketchpadError(
            "The picture on the pad is damaged. Clear the pad and try again."
        ) from error
    side = math.isqrt(len(levels))
    if side * side != len(levels) or not side:
        raise SketchpadError("The picture on the pad is not square. Clear the pad and try again.")
    return levels.reshape(side, side).astype(np.float32) / np.float32(255)


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
