"""What is on the pad, as the browser sends it, and how a picture gets there."""

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
"""An uploaded picture comes to the pad as ink of this side …"""
PICTURE_BOX = 100
"""… with what is on it in a box of this side, as large on the pad as a digit in MNIST's field."""
MAX_PACKED = 4 * PAD_PIXELS**2 // 3 + 4
"""Length of the largest picture on the pad, in base64."""


def sketch_ink(strokes: Any, picture: Any = None, pen: float | None = None) -> Ink:
    """Ink of what is on the pad: strokes, over a picture if there is one.

    A picture is a square of bytes in base64, as `picture_for_pad` makes it. The pen fits the
    drawing, unless its width `pen` is passed or there is a picture that it has to match.

    Raises:
        SketchpadError: the strokes or the picture are invalid.
    """
    if picture is None:
        return ink_from_strokes(strokes, pen)
    ink = ink_from_strokes(strokes, PEN_WIDTH)
    if not isinstance(picture, str) or len(picture) > MAX_PACKED:
        raise SketchpadError("The picture on the pad is damaged. Clear the pad.")
    try:
        levels = np.frombuffer(base64.b64decode(picture, validate=True), np.uint8)
    except (TypeError, ValueError) as error:
        raise SketchpadError("The picture on the pad is damaged. Clear the pad.") from error
    side = math.isqrt(len(levels))
    if side * side != len(levels) or not 1 <= side <= len(ink):
        raise SketchpadError("The picture on the pad is not a square. Clear the pad.")
    # Without smoothing: a test image comes to the network as it lies in its data set.
    enlarged = Image.fromarray(levels.reshape(side, side)).resize(
        ink.shape, Image.Resampling.NEAREST
    )
    return np.maximum(ink, np.asarray(enlarged, np.float32) / 255)


def picture_for_pad(file: BytesIO, name: str) -> str:
    """Bring a picture file onto the pad: its ink, centred, `PICTURE_SIDE` squared, in base64.

    Raises:
        SketchpadError: it can't be read, or nothing is drawn on it.
    """
    ink = ink_from_picture(open_picture(file, name))
    if is_blank(ink):
        raise SketchpadError(f"{name} is empty: it has a single colour.")
    digit = fit_into_box(crop_to_ink(ink), PICTURE_BOX)
    height, width = digit.shape
    top, left = (PICTURE_SIDE - height) // 2, (PICTURE_SIDE - width) // 2
    pad = np.zeros((PICTURE_SIDE, PICTURE_SIDE), np.float32)
    pad[top : top + height, left : left + width] = digit
    return pack_picture(pad)


def pack_picture(ink: Ink) -> str:
    return base64.b64encode(np.rint(ink * 255).astype(np.uint8).tobytes()).decode("ascii")
