"""From strokes or a picture to network input."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet.drawing.ink import BOX, Ink, Strokes, ink_from_strokes
from lenet.drawing.picture import ink_from_array, ink_from_picture, open_picture

Drawing: TypeAlias = Strokes | Image.Image | NDArray[Any] | str | Path


def ink_from(drawing: Drawing, box: int = BOX) -> Ink:
    """Ink `(H, W)` of a drawing of any kind that `Predictor` accepts.

    The longer side of strokes is `box` pixels; pictures and arrays keep their size.

    Raises:
        SketchpadError: the drawing can't be read.
    """
    if isinstance(drawing, str | Path):
        with open_picture(drawing) as picture:
            return ink_from_picture(picture)
    if isinstance(drawing, Image.Image):
        return ink_from_picture(drawing)
    if isinstance(drawing, np.ndarray):
        return ink_from_array(drawing)
    return ink_from_strokes(drawing, box)
