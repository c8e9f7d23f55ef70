"""From strokes or a picture to network input."""

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any, TypeAlias

from PIL import Image

from lenet.drawing import picture, shapes
from lenet.drawing.contrast import Levels
from lenet.drawing.ink import Strokes
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
