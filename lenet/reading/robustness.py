"""How far a drawing can be moved and bent before the answer changes.

A variant is a sketch for the pad, and its answer is that of the page. Strokes stay strokes, unless
their thickness changes: it is part of the preparation, so those variants are pictures.
`lenet/page/web/core/robustness.js` computes the same.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.ink import (
    STROKE_WIDTH,
    Ink,
    Strokes,
    bounds_on_pad,
    fitting_pen,
    ink_from_sketch,
    ink_on_pad,
)
from lenet.drawing.preprocessing import PAD_PIXELS, ink_bounds, is_blank, levels, resize
from lenet.reading.prediction import Predictor, State

Matrix = NDArray[np.float64]


class Bend(NamedTuple):
    """How a drawing is moved and bent; the default leaves it unchanged."""

    right: float = 0
    """shift as a share of the pad's side"""
    down: float = 0
    turn: float = 0
    """degrees clockwise, around the middle of the drawing"""
    size: float = 1
    """factor"""
    slant: float = 0
    """how far a point moves to the right for each unit that it lies above the middle"""
    thickness: float = 1
    """factor for the width of strokes"""


UNCHANGED = Bend()

SHIFTS = (-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6)
TURNS = (-60, -40, -20, 0, 20, 40, 60)
SLANTS = (-1.2, -0.8, -0.4, 0, 0.4, 0.8, 1.2)
FACTORS = (0.35, 0.5, 0.7, 1, 1.4, 2, 2.8)

GRIDS: dict[str, tuple[tuple[str, tuple[float, ...]], tuple[str, tuple[float, ...]]]] = {
    "shift": (("right", SHIFTS), ("down", SHIFTS)),
    "turn": (("turn", TURNS), ("size", FACTORS)),
    "slant": (("slant", SLANTS), ("thickness", FACTORS)),
}
"""For each grid, what changes from column to column, and from row to row."""


@dataclass(frozen=True)
class Cell:
    """The answer to one variant of a drawing."""

    bend: Bend
    state: State
    label: str | None
    nearest: str
    probability: float
    """that of the nearest class"""


def compass(
    predictor: Predictor, grid: str, strokes: Strokes, picture: Ink | None = None
) -> list[list[Cell]]:
    """The answers to the variants of a sketch in one of `GRIDS`, row by row.

    The cell in the middle is the sketch itself.

    Raises:
        SketchpadError: the strokes can't be read.
    """
    return [[_read(predictor, strokes, picture, bend) for bend in row] for row in bends(grid)]


def bends(grid: str) -> list[list[Bend]]:
    """The bends of one of `GRIDS`, row by row."""
    (across, columns), (down, rows) = GRIDS[grid]
    return [[Bend(**{across: column, down: row}) for column in columns] for row in rows]


def _read(predictor: Predictor, strokes: Strokes, picture: Ink | None, bend: Bend) -> Cell:
    found = predictor.read_sketch(*variant(strokes, picture, bend))
    return Cell(bend, found.state, found.label, found.nearest, found.confidence)


def variant(strokes: Strokes, picture: Ink | None, bend: Bend) -> tuple[Strokes, Ink | None]:
    """A sketch, moved and bent; what leaves the pad is lost.

    A picture is `(n, n)`; its variants are `(84, 84)`, with its strokes drawn into it. Thinner and
    wider variants don't contain stray taps.

    Raises:
        SketchpadError: the strokes can't be read.
    """
    if bend == UNCHANGED:
        return strokes, picture
    if picture is not None:
        ink = resize(ink_from_sketch(strokes, picture), PAD_PIXELS, PAD_PIXELS)
        return [], levels(thicken(bend_ink(ink, bend), bend.thickness))
    bent = bend_strokes(strokes, bend)
    if bend.thickness == 1:
        return bent, None
    bounds = bounds_on_pad(bent)
    extent = float((bounds[1] - bounds[0]).max()) if bounds else 0.0
    pen = fitting_pen(extent) * bend.thickness
    return [], levels(ink_on_pad(bent, PAD_PIXELS, pen, stray=False))


def bend_strokes(strokes: Strokes, bend: Bend) -> Strokes:
    """Strokes, moved and bent; coordinates are rounded to thousandths, as on the pad.

    Raises:
        SketchpadError: the strokes can't be read.
    """
    bounds = bounds_on_pad(strokes)
    if bounds is None:
        return strokes
    middle = (bounds[0] + bounds[1]) / 2
    target = middle + np.array([bend.right, bend.down])
    bent = (
        (np.asarray(stroke, np.float64).reshape(-1, 2) - middle) @ _matrix(bend).T + target
        for stroke in strokes
    )
    # As in `round_half_up`.
    rounded = (np.floor(points * 1000 + 0.5 + 1e-9) / 1000 for points in bent)
    return [[(x, y) for x, y in points.tolist()] for points in rounded]


def bend_ink(ink: Ink, bend: Bend) -> Ink:
    """Square ink `(n, n)`, moved and bent, interpolated between the four nearest pixels."""
    side = len(ink)
    top, left, bottom, right = ink_bounds(ink)
    middle = np.array([left + right, top + bottom]) / 2
    target = middle + np.array([bend.right, bend.down]) * side
    steps = np.arange(side) + 0.5
    to = np.stack(np.meshgrid(steps, steps), axis=-1)  # (n, n, 2): x and y
    x, y = np.moveaxis((to - target) @ np.linalg.inv(_matrix(bend)).T + middle - 0.5, -1, 0)
    low_x, low_y = np.floor(x).astype(int), np.floor(y).astype(int)
    bent = np.zeros((side, side))
    for near_x, near_y in ((low_x + i, low_y + j) for j in (0, 1) for i in (0, 1)):
        inside = (np.minimum(near_x, near_y) >= 0) & (np.maximum(near_x, near_y) < side)
        share = (1 - np.abs(x - near_x)) * (1 - np.abs(y - near_y))
        bent += np.where(inside, share * ink[near_y.clip(0, side - 1), near_x.clip(0, side - 1)], 0)
    return bent.astype(np.float32)


def thicken(ink: Ink, factor: float) -> Ink:
    """Ink `(H, W)` with strokes that are `factor` times as wide.

    It assumes that strokes have the usual share of the drawing's longer side. Each pixel becomes
    the largest of its neighbours, less the distance that exceeds the growth of the pen's radius.
    This moves the edge of a stroke as a wider pen does, because ink falls from 1 to 0 within one
    pixel there. Thinner strokes are a thicker background.
    """
    if factor == 1 or is_blank(ink):
        return ink
    top, left, bottom, right = ink_bounds(ink)
    growth = (factor - 1) * STROKE_WIDTH * max(bottom - top, right - left) / 2
    exact = ink.astype(np.float64)
    grown = _grow(exact, growth) if growth > 0 else 1 - _grow(1 - exact, -growth)
    return grown.astype(np.float32)


def _grow(ink: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Ink `(H, W)`: each pixel becomes the largest of its neighbours, as `thicken` explains."""
    height, width = ink.shape
    reach = math.floor(radius + 1)
    grown = ink.copy()
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            loss = max(math.hypot(down, right) - radius, 0)
            if loss >= 1:
                continue
            to = (_overlap(down, height), _overlap(right, width))
            source = ink[_overlap(-down, height), _overlap(-right, width)]
            grown[to] = np.maximum(grown[to], source - loss)
    return grown


def _overlap(shift: int, length: int) -> slice:
    """Where pixels land that were shifted, within the image."""
    return slice(max(shift, 0), length + min(shift, 0))


def _matrix(bend: Bend) -> Matrix:
    """`(2, 2)`: slants, then turns and scales, around the origin; y points down."""
    cos, sin = math.cos(math.radians(bend.turn)), math.sin(math.radians(bend.turn))
    slanted = np.array([[1, -bend.slant], [0, 1]])
    matrix: Matrix = bend.size * np.array([[cos, -sin], [sin, cos]]) @ slanted
    return matrix
