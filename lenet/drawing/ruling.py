"""Contrast without printed rules: lined and squared paper.

Rules are thin straight lines across most of a picture. There are at least three of them, or they
reach from edge to edge; no digit has such lines.
`lenet/page/web/core/ruling.js` computes the same, in whole numbers.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lenet.drawing.contrast import FULL, Contrast, Whole, quantile, running_maximum

RULED_FROM = 100
"""Smaller pictures have no room for rules next to a digit."""
STEEPEST = 12
"""Rules may be turned by up to 12 %, or 7°; they are searched for in steps of 1 %."""
SEARCHED, MEASURED = 32, 100
"""About how many columns are looked at to find the rules' slope, then to measure each rule."""
COVERED = 0.7
"""A rule is seen on at least this share of the columns; a digit or a shadow may hide the rest."""
THROUGHOUT = 0.95
"""A single line that is seen on this share of the columns is a rule, too."""
FAINTEST = 0.03
"""Contrast of the faintest rule, as a share of `FULL`."""
WIDEST = 0.025
"""Thickest rule, as a share of the picture's longer side."""
FEWEST = 3
"""Fewer parallel lines may belong to a digit or a frame, unless they reach from edge to edge."""
STRONGER = 1.7
"""Where contrast is this many times the rule's, there is ink on the rule."""


class Rule(NamedTuple):
    """A printed rule, as rows of the middle column."""

    top: int
    bottom: int
    contrast: int
    throughout: bool
    """whether it reaches from edge to edge"""


def without_rules(contrast: Contrast) -> Contrast:
    """`contrast` with horizontal and vertical rules erased, if there are any."""
    plane, noise = contrast
    if max(plane.shape) < RULED_FROM:
        return contrast
    plane = _without_horizontal_rules(plane, noise)
    plane = _without_horizontal_rules(plane.T, noise).T
    return Contrast(plane, noise)


def _without_horizontal_rules(plane: Whole, noise: int) -> Whole:
    """`plane` with the rules across it erased and the strokes that cross them mended."""
    # A rule that is not quite straight stays within three rows.
    thick = running_maximum(plane, 1)
    measured = thick[:, _columns(plane, MEASURED)]
    faintest = quantile(measured, 0.5) + max(int(FAINTEST * FULL), 3 * noise // 2)
    if (measured.max(axis=0) > faintest).sum() < measured.shape[1] - _rank(measured, COVERED):
        return plane  # too few columns show anything
    slope = _slope(thick, faintest)
    rules = _rules(thick, faintest, slope)
    if len(rules) < FEWEST:
        rules = [rule for rule in rules if rule.throughout]
    if not rules:
        return plane
    return _erased(plane, _drawn(rules, slope, plane), max(r.bottom - r.top for r in rules))


def _columns(plane: Whole, count: int) -> NDArray[np.int64]:
    """About `count` columns at equal distances."""
    width = plane.shape[1]
    return np.arange(0, width, max(1, width // count))


def _shifts(
    columns: NDArray[np.int64], width: int, slope: int | NDArray[np.int64]
) -> NDArray[np.int64]:
    """By how many rows a line with a slope in per cent is lower in each column than in the middle.

    It is rounded down; half a row makes no difference to the search.
    """
    return slope * (2 * columns - width) // 200


def _along(plane: NDArray[Any], columns: NDArray[np.int64], slope: int) -> NDArray[Any]:
    """`plane` along lines with a slope: row i, from `columns`, is the line through row i.

    Lines that leave the picture continue along its edge.
    """
    height, width = plane.shape
    rows = np.arange(height)[:, None] + _shifts(columns, width, slope)
    return plane[np.clip(rows, 0, height - 1), columns]


def _slope(thick: Whole, faintest: int) -> int:
    """The slope in per cent along which the most columns show rules."""
    height, width = thick.shape
    columns = _columns(thick, SEARCHED)
    slopes = np.arange(-STEEPEST, STEEPEST + 1)
    reach = width * STEEPEST // 200 + 1
    seen = np.pad((thick[:, columns] > faintest).T, ((0, 0), (reach, reach)), "edge")
    firsts = reach + _shifts(columns, width, slopes[:, None])
    # For each slope and column, the rows of the lines through each row of the middle column.
    lines = sliding_window_view(seen, height, axis=1)[np.arange(len(columns)), firsts]
    counts = lines.sum(axis=1, dtype=np.int16)
    covered = np.maximum(counts - math.ceil(COVERED * len(columns)), 0).sum(axis=1)
    return int(slopes[covered.argmax()])


def _rank(lines: Whole, share: float) -> int:
    """The index of the value that `share` of the columns, sorted, reach."""
    return int((1 - share) * lines.shape[1])


def _rules(thick: Whole, faintest: int, slope: int) -> list[Rule]:
    """The thin lines with a slope that most columns show."""
    lines = np.sort(_along(thick, _columns(thick, MEASURED), slope), axis=1)
    strength, least = (lines[:, _rank(lines, share)].astype(int) for share in (COVERED, THROUGHOUT))
    shown = np.concatenate([[False], strength > faintest, [False]])
    tops, bottoms = np.flatnonzero(np.diff(shown)).reshape(-1, 2).T
    widest = max(5, int(WIDEST * max(thick.shape)))
    return [
        Rule(
            int(top),
            int(bottom),
            int(strength[top:bottom].max()),
            bool(least[top:bottom].max() > faintest),
        )
        for top, bottom in zip(tops, bottoms, strict=True)
        if bottom - top <= widest
    ]


def _drawn(rules: list[Rule], slope: int, plane: Whole) -> Whole:
    """The rules' contrast where they are, `(H, W)`, 0 elsewhere."""
    height, width = plane.shape
    profile = np.zeros(height + 2, np.int16)
    for rule in rules:
        profile[1 + rule.top : 1 + rule.bottom] = rule.contrast
    rows = np.arange(height)[:, None] - _shifts(np.arange(width), width, slope)
    return profile[np.clip(rows + 1, 0, height + 1)]


def _erased(plane: Whole, rules: Whole, widest: int) -> Whole:
    """`plane` without the contrast of `rules`, mended where a stroke continues on both sides."""
    on_rule = rules > 0
    kept = np.where(on_rule & (plane < STRONGER * rules.astype(np.float64)), 0, plane)
    above, below = _largest_above(kept, widest), _largest_above(kept[::-1], widest)[::-1]
    return np.where(on_rule, np.maximum(kept, np.minimum(above, below)), kept)


def _largest_above(plane: Whole, rows: int) -> Whole:
    """The largest value in the `rows` rows above each pixel, at least 0."""
    padded = np.concatenate([np.zeros((rows, plane.shape[1]), plane.dtype), plane])
    return np.max([padded[first : first + len(plane)] for first in range(rows)], axis=0)
