"""From pen strokes to ink.

*Ink* is an array `(H, W)` float32 in [0, 1]: 0 where nothing is drawn, 1 under the middle of the
pen, whatever the original colours. A blank drawing is all zeros.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lenet.errors import SketchpadError

Ink: TypeAlias = NDArray[np.float32]
Strokes: TypeAlias = Sequence[Sequence[tuple[float, float]]]

PAD_PIXELS = 280
"""Side of the ink array made from strokes."""
PEN_WIDTH = 0.075
"""Width of the pen as shown on the pad, as a share of the pad's side."""
STROKE_WIDTH = 0.11
"""Width of strokes as the network sees them, as a share of the drawing's longer side, so that small
digits don't blot and large ones aren't thin. In MNIST's box of 20 pixels it is 2.2 pixels."""
MAX_POINTS = 20_000
"""Sketches with more points are rejected."""


def ink_from_strokes(strokes: Strokes, pen: float | None = None, pixels: int = PAD_PIXELS) -> Ink:
    """Draw strokes with a round pen of width `pen` on a pad of `pixels`×`pixels`.

    Each stroke is a sequence of points (x, y), from (0, 0) in the upper left corner of the pad to
    (1, 1) in the lower right corner. Ink outside the pad is cut off. Edges are antialiased.
    By default, the width depends on the size of the drawing (`STROKE_WIDTH`).

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    # Points far outside the pad add no ink, but would overflow the canvas.
    paths = [np.clip(points, -1, 2) for points in _checked(strokes)]
    scale = 2 * pixels  # draw at twice the resolution, then average: antialiasing
    width = max(1, round((_fitting_pen(paths) if pen is None else pen) * scale))
    radius = (width - 1) / 2  # Pillow's boxes include their last pixel
    canvas = Image.new("L", (scale, scale))
    draw = ImageDraw.Draw(canvas)
    for points in paths:
        path = (points * scale).tolist()
        for (x0, y0), (x1, y1) in pairwise(path):
            draw.line((x0, y0, x1, y1), fill=255, width=width)
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return to_unit(canvas.reduce(2))


def _fitting_pen(paths: list[NDArray[np.float64]]) -> float:
    """The pen width that equals `STROKE_WIDTH` of the drawing's longer side, pen included."""
    if not paths:
        return PEN_WIDTH
    points = np.clip(np.concatenate(paths), 0, 1)
    extent = float(np.ptp(points, axis=0).max())
    # A dot or the start of a stroke has no size yet.
    return max(extent * STROKE_WIDTH / (1 - STROKE_WIDTH), 0.01)


def _checked(strokes: Strokes) -> list[NDArray[np.float64]]:
    """The non-empty strokes as arrays `(n, 2)` of finite numbers."""
    expected = "Strokes must be a list of strokes, each a list of points (x, y) from 0 to 1"
    try:
        count = sum(len(stroke) for stroke in strokes)
        if count > MAX_POINTS:
            raise SketchpadError(
                f"A sketch must have at most {MAX_POINTS:,} points, got {count:,}. "
                "Remove some strokes."
            )
        arrays = [np.asarray(stroke) for stroke in strokes if len(stroke)]
    except SketchpadError:
        raise
    except (TypeError, ValueError) as error:
        raise SketchpadError(f"{expected}. This input has a different structure.") from error
    for points in arrays:
        if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in "iuf":
            raise SketchpadError(f"{expected}. At least one stroke has a different structure.")
        if not np.isfinite(points).all():
            raise SketchpadError(f"{expected}. At least one coordinate is not a finite number.")
    return [points.astype(np.float64) for points in arrays]


def to_unit(picture: Image.Image) -> Ink:
    """A picture with 8 bits per channel as float32 in [0, 1]."""
    return np.asarray(picture, np.float32) / np.float32(255)
