"""Glyphs made of pen strokes, turned into images: the basis of all synthetic drawings."""

import math
from itertools import pairwise

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from lenet.drawing.ink import BOX, ink_from_strokes
from lenet.drawing.preprocessing import network_input

Points = NDArray[np.float64]
Glyph = list[Points]


def curve(points: Points, count: int = 24) -> Points:
    """A smooth curve `(n, 2)` through the points `(k, 2)`: a Catmull-Rom spline."""
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    t = np.linspace(0, 1, max(2, count // (len(points) - 1)))[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        quadratic = (2 * a - 5 * b + 4 * c - d) * t**2
        parts.append(0.5 * (2 * b + (c - a) * t + quadratic + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate(parts)


def ellipse(centre: Points, radii: Points, start: float, sweep: float) -> Points:
    """Part of an ellipse from angle `start` over `sweep` (radians, clockwise on the pad)."""
    angles = start + sweep * np.linspace(0, 1, 32)
    return centre + radii * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def closed(points: Points) -> Points:
    """The line through `points` and back to the first one."""
    return np.concatenate([points, points[:1]])


def dense(points: Points, step: float) -> Points:
    """The same line with a point every `step` or less, so that it can be bent."""
    parts = [points[:1]]
    for start, end in pairwise(points):
        count = max(1, math.ceil(np.hypot(*(end - start)) / step))
        parts.append(start + (end - start) * np.linspace(0, 1, count + 1)[1:, None])
    return np.concatenate(parts)


def draw(
    glyph: Glyph, random: Generator, box: int = BOX, centring: str = "mass"
) -> NDArray[np.float32]:
    """Draw a glyph of any size on the pad and turn it into network input `(28, 28)`.

    Its longer side becomes `box` pixels; `centring` says what is centred (`network_input`).
    """
    points = np.concatenate(glyph)
    low, extent = points.min(0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    placed = [0.1 + 0.8 * (stroke - low) / extent for stroke in glyph]
    width = 0.8 * random.uniform(0.08, 0.16)
    return network_input(ink_from_strokes([s.tolist() for s in placed], box, width), box, centring)


def stack(images: list[NDArray[np.float32]]) -> Tensor:
    """Images `(28, 28)` in [0, 1] as one tensor `(N, 1, 28, 28)` uint8."""
    return torch.from_numpy(np.rint(np.stack(images) * 255).astype(np.uint8))[:, None]
