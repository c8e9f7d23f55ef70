"""Bend a glyph as a hand does: slant, width, rotation, wobble, strokes out of place."""

import math

import numpy as np
from numpy.random import Generator

from lenet.datasets.glyphs import Glyph, Points

SLANT = 0.3
"""Largest shift to the side per unit of height, to either side."""
STRETCH = 0.3
"""Largest natural logarithm of the width's factor: 26 % narrower to 35 % wider."""
TURN = 0.2
"""Largest rotation in radians."""
MISPLACED = 0.4
"""Standard deviation of a stroke's shift, as a share of the largest wobble."""


def handwritten(glyph: Glyph, random: Generator, wobble: float) -> Glyph:
    """The glyph as one hand might draw it; its longer side is about 1.

    `wobble`, a share of the longer side, limits the standard deviation of smooth displacements.
    Straight lines bend only where they have points in between (`lenet.datasets.glyphs.dense`).
    """
    frequency, phase = random.uniform(2, 6, (2, 2)), random.uniform(0, 2 * math.pi, (2, 2))
    # The sum of the two waves in each coordinate has a variance of 1, so both together have 2.
    amplitude = random.uniform(0, wobble) / math.sqrt(2)
    shape = _shape(random)
    drawn = []
    for stroke in unit(glyph):
        # Each coordinate moves with both.
        waves = np.sin(frequency * stroke[:, None, ::-1] + phase).sum(2)
        misplaced = random.normal(0, MISPLACED * wobble, 2)
        drawn.append((stroke + amplitude * waves + misplaced) @ shape)
    return drawn


def unit(glyph: Glyph) -> Glyph:
    """The glyph from (0, 0) on, with a longer side of 1."""
    points = np.concatenate(glyph)
    low, extent = points.min(0), max(float(np.ptp(points, axis=0).max()), 1e-9)
    return [(stroke - low) / extent for stroke in glyph]


def _shape(random: Generator) -> Points:
    """A random rotation, width and slant, `(2, 2)`, for points as rows."""
    slant, width = random.uniform(-SLANT, SLANT), math.exp(random.uniform(-STRETCH, STRETCH))
    angle = random.uniform(-TURN, TURN)
    cos, sin = math.cos(angle), math.sin(angle)
    rotation = np.array([[cos, -sin], [sin, cos]])
    return np.array([[width, 0.0], [-slant, 1.0]]) @ rotation
