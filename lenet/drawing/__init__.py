"""From strokes or a picture to network input."""

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

from lenet.drawing import picture, shapes
from lenet.drawing.contrast import Levels
from lenet.drawing.ink import BOX, Ink, Strokes, ink_from_strokes
from lenet.errors import SketchpadError

Drawing: TypeAlias = str | PathLike[Any] | Image.Image | Iterable[Any]
"""Files, arrays, tensors and tables can be iterated over, too."""


def contents(drawing: Drawing) -> Strokes | Levels:
    """What a drawing of any kind that `Predictor` accepts consists of: strokes, or levels.

    Raises:
        SketchpadError: the drawing can't be read.
    """
    match drawing:
        case str() | PathLike():  # the name of a file
            return picture.levels_from_file(drawing)
        case bytes() | bytearray() | memoryview(ndim=1):  # the content of a file
            return picture.levels_from_bytes(drawing)
        case Image.Image():
            return picture.levels_from_picture(drawing)
        case type() | Mapping():  # a class has the methods of its objects, but no content
            raise _unknown(drawing)
        case _ if hasattr(drawing, "read"):  # an open file
            return picture.levels_from_open_file(drawing)
        case _ if isinstance(drawing, memoryview) or hasattr(drawing, "__array__"):
            return shapes.from_array(drawing)
        case Iterable():
            return shapes.from_lists(drawing)
    raise _unknown(drawing)


def _unknown(drawing: object) -> SketchpadError:
    return SketchpadError(
        "A drawing must be a picture (a file, a PIL image, an array) or a list of strokes, "
        f"got {type(drawing).__name__}."
    )


def ink_from(drawing: Drawing, box: int = BOX, digits: bool = True) -> Ink:
    """Ink `(H, W)` of a drawing of any kind that `contents` accepts.

    The longer side of strokes is `box` pixels. In a picture, a digit is looked for, or whatever
    stands out if not `digits`.

    Raises:
        SketchpadError: the drawing can't be read.
    """
    found = contents(drawing)
    if isinstance(found, np.ndarray):
        return picture.ink_from_levels(found, digits)
    return ink_from_strokes(found, box)
