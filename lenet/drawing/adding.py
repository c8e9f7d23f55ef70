"""How many strokes of a drawing add ink.

Digits have one or two strokes; many letters and doodles have more. People also go over a line
again, close a gap or start twice, which adds strokes but hardly any ink, so those don't count.
`lenet/page/web/core/adding.js` computes the same.
"""

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.ink import Points, Strokes, fitted_segments

CELLS = 32
"""Cells along the longer side of the drawing: three or four to the width of the pen."""
NEAR = 3
"""Ink this many cells from an earlier stroke, or fewer, is not new: about the width of the pen."""
LEAST = 2
"""A stroke adds ink if more than this many of its cells are new."""
SLACK = 1e-9
"""Differences this small may be due to rounding."""

SIDE = CELLS + 1
"""Of the grid: points on the right or lower edge have cells of their own."""
AREA = SIDE * SIDE

Cells = NDArray[np.intp]


def strokes_that_add_ink(strokes: Strokes) -> int:
    """How many strokes reach farther than the pen's width from all strokes before them.

    The drawing lies on a grid with `CELLS` cells along its longer side. Stray taps don't count.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    segments, owners = fitted_segments(strokes)
    if not len(segments):
        return 0
    low = segments.min((0, 1))
    extent = float((segments.max((0, 1)) - low).max())
    if not extent:
        return 0
    cells, owners = _covered((segments - low) * (CELLS / extent), owners)
    owners, cells = np.divmod(np.unique(owners * AREA + cells), AREA)
    new = owners[_first_nearby(cells, owners)[cells] >= owners]
    return int((np.bincount(new, minlength=1) > LEAST).sum())


def _covered(segments: Points, owners: Cells) -> tuple[Cells, Cells]:
    """Cells that segments `(n, 2, 2)`, in cells, pass through, and the stroke of each.

    A segment has a point at least every cell.
    """
    start, step = segments[:, 0], segments[:, 1] - segments[:, 0]
    counts = np.maximum(np.ceil(np.abs(step).max(1) - SLACK), 1).astype(np.intp)
    segment = np.repeat(np.arange(len(segments)), counts + 1)
    firsts = np.cumsum(counts + 1) - counts - 1
    along = (np.arange(len(segment)) - firsts[segment]) / counts[segment]
    points = start[segment] + step[segment] * along[:, None]
    columns, rows = np.floor(points + SLACK).astype(np.intp).T
    return rows * SIDE + columns, owners[segment]


def _first_nearby(cells: Cells, owners: Cells) -> Cells:
    """For each cell of the grid, the first stroke within `NEAR` cells."""
    nobody = int(owners.max()) + 1
    first = np.full(AREA, nobody)
    np.minimum.at(first, cells, owners)
    padded = np.pad(first.reshape(SIDE, SIDE), NEAR, constant_values=nobody)
    window = (2 * NEAR + 1, 2 * NEAR + 1)
    nearby: Cells = np.lib.stride_tricks.sliding_window_view(padded, window).min((2, 3)).ravel()
    return nearby
