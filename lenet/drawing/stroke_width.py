"""The width of strokes in a picture of a digit, and how to change it.

MNIST's strokes are 1.7 to 3.9 pixels wide (5 % to 95 %, measured as here), 2.4 in the middle. A
digit drawn with a thinner or thicker pen gets strokes like those.
`lenet/page/web/core/stroke-width.js` computes the same.
"""

import math

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.contrast import running_maximum
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
    ink = _on_canvas(ink)
    pixel = CANVAS / BOX
    width = stroke_width(ink)
    if width < THIN * pixel - 1e-9:
        return _thickened(ink, width, THIN * pixel)
    for _ in range(ROUNDS):
        if width <= THICK * pixel + 1e-9:
            break
        ink = _on_canvas(_eroded(ink, (width - THINNED * pixel) / 2))
        width = stroke_width(ink)
    return ink


def stroke_width(ink: Ink) -> float:
    """Twice the ink divided by the length of its outline, in pixels; 0 without ink.

    The outline's length is the total variation: the sum of the gradient's length.
    """
    exact = np.pad(ink.astype(np.float64), 1)
    right, down = exact[:-1, 1:] - exact[:-1, :-1], exact[1:, :-1] - exact[:-1, :-1]
    outline = float(np.sqrt(right**2 + down**2).sum())
    return 2 * float(exact.sum()) / outline if outline else 0.0


def mask_width(mask: NDArray[np.bool_]) -> float:
    """`stroke_width` of a mask `(h, w)`, from the number of pixels at its edges and corners."""
    padded = np.pad(mask, 1)
    right, down = padded[:-1, 1:] != padded[:-1, :-1], padded[1:, :-1] != padded[:-1, :-1]
    edges, corners = np.count_nonzero(right ^ down), np.count_nonzero(right & down)
    return 2 * np.count_nonzero(mask) / (edges + math.sqrt(2) * corners)


def _on_canvas(ink: Ink) -> Ink:
    """`ink`, cropped, with a longer side of `CANVAS`."""
    return levels(fit_into_box(crop_to_ink(ink), CANVAS))


def _thickened(ink: Ink, old: float, new: float) -> Ink:
    """`ink` with strokes that get the `new` width when the digit fills the canvas again."""
    return dilated(ink, (new - old) / 2 / (1 - new / CANVAS))


def dilated(ink: Ink, radius: float) -> Ink:
    """The largest ink within a disc around each pixel, with a margin of the radius on each side."""
    reach = math.ceil(radius - 1e-9)
    padded = np.pad(ink, reach)
    largest = padded.copy()
    for down in range(-reach, reach + 1):
        squared = radius**2 - down**2 + 1e-9
        if squared >= 0:
            row = running_maximum(padded.T, math.floor(math.sqrt(squared))).T
            largest = np.maximum(largest, _moved(row, down))
    return largest


def _moved(ink: Ink, down: int) -> Ink:
    """`ink` moved down by some rows, or up; what leaves is lost."""
    moved = np.zeros_like(ink)
    if down >= 0:
        moved[down:] = ink[: len(ink) - down]
    else:
        moved[:down] = ink[-down:]
    return moved


def _eroded(ink: Ink, radius: float) -> Ink:
    """The least ink within a disc around each pixel; outside, there is none."""
    reach = math.ceil(radius - 1e-9)
    empty = 1 - np.pad(ink, reach)
    inner = 1 - dilated(empty, radius)
    return inner[2 * reach : -2 * reach, 2 * reach : -2 * reach]
