"""The width of strokes in a picture of a digit, and how to change it.

MNIST's strokes are 1.7 to 3.9 pixels wide (5 % to 95 %, measured as here), 2.4 in the middle. A
digit drawn with a thinner or thicker pen gets strokes like those.
`lenet/page/web/core/stroke-width.js` computes the same.
"""

import math

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.contrast import Whole, running_maximum
from lenet.drawing.ink import BOX, Ink
from lenet.drawing.preprocessing import crop_to_ink, fit_into_box, levels

CANVAS = 100
"""Longer side of the digit whose strokes are changed: 5 pixels for each of MNIST's."""
THIN = 2.2
"""Thinner strokes get this width, in pixels of MNIST: that of strokes on the pad."""
THICK = 4.5
"""Strokes that are thicker…"""
THINNED = 4.0
"""…get this width."""
ROUNDS = 3
"""Thinning makes a digit smaller, so that its strokes are still too thick when it fills the canvas
again. Three rounds come close enough."""


def with_usual_strokes(ink: Ink) -> Ink:
    """A digit with strokes as wide as MNIST's, `(h, w)`; its longer side is about `CANVAS`."""
    canvas = _on_canvas(ink)
    pixel = CANVAS / BOX
    width = stroke_width(canvas)
    if width < THIN * pixel - 1e-9:
        return _to_ink(_thickened(canvas, width, THIN * pixel))
    for _ in range(ROUNDS):
        if width <= THICK * pixel + 1e-9:
            break
        canvas = _on_canvas(_to_ink(_eroded(canvas, (width - THINNED * pixel) / 2)))
        width = stroke_width(canvas)
    return _to_ink(canvas)


def stroke_width(canvas: Whole) -> float:
    """Twice the ink divided by the length of its outline, in pixels; 0 without ink.

    `canvas` is `(h, w)`. The outline's length is the total variation: the sum of the gradient's
    length, divided by the ink of a full pixel.
    """
    padded = np.pad(canvas, 1).astype(np.float64)
    right, down = padded[:-1, 1:] - padded[:-1, :-1], padded[1:, :-1] - padded[:-1, :-1]
    outline = float(np.sqrt(right**2 + down**2).sum())
    return 2 * float(padded.sum()) / outline if outline else 0.0


def mask_width(mask: NDArray[np.bool_]) -> float:
    """`stroke_width` of a mask `(h, w)`, from the number of pixels at its edges and corners."""
    padded = np.pad(mask, 1)
    right, down = padded[:-1, 1:] != padded[:-1, :-1], padded[1:, :-1] != padded[:-1, :-1]
    edges, corners = np.count_nonzero(right ^ down), np.count_nonzero(right & down)
    return 2 * np.count_nonzero(mask) / (edges + math.sqrt(2) * corners)


def _on_canvas(ink: Ink) -> Whole:
    """`ink`, cropped, with a longer side of `CANVAS`; 255 is full ink, so that steps are exact."""
    # Levels are resized, not ink: a mean that is exactly a half stays one in float32.
    whole = np.rint(levels(crop_to_ink(ink)) * 255)
    resized = fit_into_box(whole, CANVAS).astype(np.float64)
    return np.floor(resized + 0.5 + 1e-9).astype(np.int16)


def _to_ink(canvas: Whole) -> Ink:
    return (canvas / 255).astype(np.float32)


def _thickened(canvas: Whole, old: float, new: float) -> Whole:
    """Strokes that get the `new` width when the digit fills the canvas again."""
    return dilated(canvas, (new - old) / 2 / (1 - new / CANVAS))


def dilated(canvas: Whole, radius: float) -> Whole:
    """The most ink within a disc around each pixel, with a margin of the radius on each side."""
    reach = math.ceil(radius - 1e-9)
    padded = np.pad(canvas, reach)
    most = padded.copy()
    for down in range(-reach, reach + 1):
        squared = radius**2 - down**2 + 1e-9
        if squared >= 0:
            row = running_maximum(padded.T, math.floor(math.sqrt(squared))).T
            most = np.maximum(most, _moved(row, down))
    return most


def _moved(canvas: Whole, down: int) -> Whole:
    """`canvas` moved down by some rows, or up; what leaves is lost."""
    moved = np.zeros_like(canvas)
    if down >= 0:
        moved[down:] = canvas[: len(canvas) - down]
    else:
        moved[:down] = canvas[-down:]
    return moved


def _eroded(canvas: Whole, radius: float) -> Whole:
    """The least ink within a disc around each pixel; outside, there is none."""
    reach = math.ceil(radius - 1e-9)
    inner = 255 - dilated(255 - np.pad(canvas, reach), radius)
    return inner[2 * reach : -2 * reach, 2 * reach : -2 * reach]
