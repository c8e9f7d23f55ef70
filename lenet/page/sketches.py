"""Convert sketches that the browser sends to ink, and uploaded pictures to sketches."""

import base64
import math
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from lenet.drawing.ink import PAD_PIXELS, PEN_WIDTH, Ink, ink_from_strokes
from lenet.drawing.picture import ink_from_picture, open_picture
from lenet.drawing.preprocessing import crop_to_ink, fit_into_box, is_blank
from lenet.errors import SketchpadError

PICTURE_SIDE = 140
"""Side of the ink square that an uploaded picture becomes."""
PICTURE_BOX = 100
"""Box of the drawing in that square: it covers the same share as a digit in MNIST's field."""
MAX_PACKED = 4 * PAD_PIXELS**2 // 3 + 4
"""Maximum length of a picture on the pad, in base64."""


def sketch_ink(strokes: Any, picture: Any = None, pen: float | None = None) -> Ink:
    """Ink of a sketch: strokes, on top of a picture if there is one.

    A picture is a square of bytes in base64, as `picture_for_pad` returns it. By default the pen
    width depends on the drawing; with a picture, it is that of the pad.

    Raises:
        SketchpadError: the strokes or the picture are invalid.
    """
    if picture is None:
        return ink_from_strokes(strokes, pen)
    ink = ink_from_strokes(strokes, PEN_WIDTH)
    if not isinstance(picture, str) or len(picture) > MAX_PACKED:
        raise SketchpadError("The picture on the pad is damaged. Clear the pad and try again.")
    try:
        levels = np.frombuffer(base64.b64decode(picture, validate=True), np.uint8)
    except (TypeError, ValueError) as error:
        raise SketchpadError(
            "The picture on the pad is damaged. Clear the pad and try again."
        ) from error
    side = math.isqrt(len(levels))
    if side * side != len(levels) or not 1 <= side <= len(ink):
        raise SketchpadError("The picture on the pad is not square. Clear the pad and try again.")
    # Without smoothing, so that a test image reaches the network unchanged.
    enlarged = Image.fromarray(levels.reshape(side, side)).resize(
        ink.shape, Image.Resampling.NEAREST
    )
    return np.maximum(ink, np.asarray(enlarged, np.float32) / 255)


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
