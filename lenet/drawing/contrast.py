"""From a picture's levels to contrast: how much each pixel stands out from what is around it.

*Levels* are what a browser and Pillow decode: uint8 `(H, W, C)`, C = 1 (grey), 3 (RGB) or 4 (RGBA).
Lightness is 0 to `WHITE`, contrast 0 to `FULL`. All of it is whole numbers, so that
`lenet/page/web/core/contrast.js` computes exactly the same.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.preprocessing import round_half_up

Levels: TypeAlias = NDArray[np.uint8]
Whole: TypeAlias = NDArray[np.int16]

MOST_HELD = 4_000_000
"""Pictures with more pixels are reduced before anything else: a browser can't hold them at once."""
WORKING_SIDE = 400
"""The working picture's longer side is about this: a pen of 0.6 % still has two pixels there."""
SMOOTH_FROM = 200
"""Working pictures of this side are smoothed. In smaller ones, strokes may be one pixel wide."""
FEW_LEVELS = 16
"""If no level is higher, the picture is a mask or has few levels, and the highest becomes white."""
TINY = 28
"""Pictures up to this side, which is MNIST's field, show a digit and nothing else."""
WHITE = 9 * 255
"""Sums over 3×3 pixels stay sums, because whole numbers have no rounding."""
FULL = 4096
"""The contrast of black ink on white paper."""
WINDOW = 0.12
"""What is darker than its surroundings and narrower than this share of the picture is ink: a pen,
even a marker. A wider strip of desk or shadow is not. Thicker strokes are seen by `different`."""
BOTH_SIDES = 100
"""The share of the side, 1/100, within which the surroundings on both sides of a stroke are alike.
On the edge of a sheet or a shadow they are not."""
CHANGE = 80
"""The share of the side, 1/80, within which the edge of a stroke changes the picture."""
INVISIBLE = 0.06
"""Contrast below this share of `FULL` counts as none."""
NOISE = 4.5
"""Contrast must also be this many times the noise."""


class Contrast(NamedTuple):
    """How much each pixel stands out."""

    plane: Whole
    """`(H, W)`, about 0 on the background, up to `FULL`"""
    noise: int
    """how much the background itself varies"""

    @property
    def least(self) -> int:
        """The least contrast that can be ink."""
        return max(int(INVISIBLE * FULL), int(NOISE * self.noise))


def bounded(levels: Levels) -> Levels:
    """`levels` with at most `MOST_HELD` pixels."""
    return reduced(levels, bounding_factor(*levels.shape[:2]))


def bounding_factor(height: int, width: int) -> int:
    """By how much a picture is reduced to have at most `MOST_HELD` pixels."""
    factor = 1
    while factor < min(height, width) and (height // factor) * (width // factor) > MOST_HELD:
        factor += 1
    return factor


def reduced(levels: Levels, factor: int) -> Levels:
    """The mean of each factor×factor pixels, rounded half up.

    What is left over on the right and at the bottom is less than one pixel and is left out.
    """
    if factor == 1:
        return levels
    height, width = (size // factor * factor for size in levels.shape[:2])
    rows = levels[0:height:factor].astype(np.uint16)
    for first in range(1, factor):
        rows += levels[first:height:factor]
    sums = rows[:, 0:width:factor].astype(np.uint32)
    for first in range(1, factor):
        sums += rows[:, first:width:factor]
    return ((sums + factor**2 // 2) // factor**2).astype(np.uint8)


def colours(levels: Levels) -> Levels:
    """The channels of a picture, `(H, W, 1, 3 or 4)`, that are looked at.

    Colours are weighted by alpha, which stays a channel: a transparent background differs from
    black ink as much as from white. An alpha that is opaque everywhere is left out.
    """
    if levels.shape[2] == 4:
        levels = _weighted_by_alpha(levels)
    highest = int(levels.max())
    if 0 < highest <= FEW_LEVELS:
        levels = (levels.astype(np.int16) * 255 // highest).astype(np.uint8)
    return levels


def _weighted_by_alpha(levels: Levels) -> Levels:
    """RGB where all of the picture is opaque, otherwise RGBA with colours weighted by alpha."""
    colour, alpha = levels[..., :3], levels[..., 3:]
    if (alpha == 255).all():
        return colour
    weighted = (colour.astype(np.uint16) * alpha + 127) // 255
    return np.concatenate([weighted.astype(np.uint8), alpha], axis=2)


def working_factor(height: int, width: int) -> int:
    """By how much a picture is reduced to get the working picture."""
    factor = round_half_up(max(height, width) / WORKING_SIDE)
    return max(1, min(factor, height, width))


def working_picture(channels: Levels) -> Whole:
    """Lightness `(h, w, C)`, 0 to `WHITE`, of a picture's channels, reduced and smoothed.

    C is 1 for grey, otherwise 3 or 4.
    """
    small = reduced(channels, working_factor(*channels.shape[:2])).astype(np.int16)
    if (small == small[..., :1]).all():
        small = small[..., :1]
    return sums_of_nine(small) if max(small.shape) >= SMOOTH_FROM else small * np.int16(9)


def sums_of_nine(plane: Whole) -> Whole:
    """Sums over 3×3 pixels; the border is repeated outwards."""
    plane = np.concatenate([plane[:1], plane, plane[-1:]])
    plane = plane[:-2] + plane[1:-1] + plane[2:]
    plane = np.concatenate([plane[:, :1], plane, plane[:, -1:]], axis=1)
    return plane[:, :-2] + plane[:, 1:-1] + plane[:, 2:]


def contrasts(picture: Whole) -> dict[str, Contrast]:
    """The contrast of a working picture `(H, W, C)`, in three ways.

    "darker" and "lighter" compare with the surroundings, so they see pencil in a shadow.
    "different" compares with the border's colour, so it sees strokes of any width and two inks. In
    a tiny picture, it is the only one: there are no surroundings.
    """
    if max(picture.shape) <= TINY:
        return {"different": _above_noise(different(picture))}
    return {
        "different": _above_noise(different(picture)),
        "darker": _above_noise(darker(picture)),
        "lighter": _above_noise(darker(WHITE - picture)),
    }


def darker(picture: Whole) -> Whole:
    """How much darker than its surroundings each pixel is, `(H, W)`, in the best channel.

    The surroundings G are the picture without anything dark that is narrower than `WINDOW`; the
    contrast is (G − I − S) / G, so it doesn't depend on the light. S is the range of G nearby: a
    stroke has the same surroundings on both sides, an edge between two surfaces has not. In deep
    shadow, where G is less than half its maximum, the contrast is lower, so that a darker object
    has less contrast than ink.
    """
    side = max(picture.shape[:2])
    radius = max(2, round_half_up(WINDOW * side / 2))
    nearby = max(1, round_half_up(side / BOTH_SIDES))
    best = np.zeros(picture.shape[:2], np.int16)
    for channel in np.moveaxis(picture, 2, 0):
        around = closing(channel, radius)
        light = np.maximum(around, max(int(around.max()) // 2, 1)).astype(np.int32)
        contrast = (around - channel - ranges(around, nearby)) * np.int32(FULL) // light
        np.maximum(best, contrast, out=best, casting="unsafe")
    return best


def different(picture: Whole) -> Whole:
    """How far each pixel is from the border's median colour, `(H, W)`, in the best channel."""
    background = np.array([quantile(channel, 0.5) for channel in border(picture).T], np.int16)
    distance = np.abs(picture - background).max(axis=2)
    return (distance.astype(np.int32) * FULL // WHITE).astype(np.int16)


def border(plane: Whole) -> Whole:
    """The first and last row and column of a plane `(H, W)` or `(H, W, C)`, one after the other."""
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _above_noise(plane: Whole) -> Contrast:
    """Contrast measured from the background's own level.

    At least a quarter of a picture is background, so its level and how much it varies follow from
    the lowest quarter: in normal noise, the quantiles of 5 % and 25 % are 0.97 σ apart, and the
    middle is 0.67 σ above the latter.
    """
    low, quarter = (quantile(plane, share) for share in (0.05, 0.25))
    noise = quarter - low
    return Contrast(plane - np.int16(quarter + 7 * noise // 10), noise)


def changes(picture: Whole) -> Whole:
    """How much the picture changes around each pixel, `(H, W)`, on the scale of contrast.

    It is the range of the lightness within a small square, in the best channel, less its lower
    quartile: what changes everywhere is noise.
    """
    radius = max(1, round_half_up(max(picture.shape[:2]) / CHANGE))
    channels = [ranges(plane, radius) for plane in np.moveaxis(picture, 2, 0)]
    change = np.max(channels, axis=0).astype(np.int32) * FULL // WHITE
    return (change - quantile(change, 0.25)).astype(np.int16)


def closing(plane: Whole, radius: int) -> Whole:
    """`plane` without anything dark that is narrower than a square of 2·radius + 1 pixels.

    Beyond its edge, the picture continues: a strip of desk along the edge is not narrow.
    """
    down, across = (min(radius, side) for side in plane.shape)
    plane = np.pad(plane, ((down, down), (across, across)), "edge")
    closed = -_largest(-_largest(plane, down, across), down, across)
    return closed[down:-down, across:-across]


def dilation(plane: Whole, radius: int) -> Whole:
    """The largest value within a square of 2·radius + 1 pixels around each pixel."""
    return _largest(plane, radius, radius)


def ranges(plane: Whole, radius: int) -> Whole:
    """The largest minus the smallest value within a square of 2·radius + 1 pixels around each."""
    return dilation(plane, radius) + dilation(-plane, radius)


def _largest(plane: Whole, down: int, across: int) -> Whole:
    """The largest value up to `down` rows and `across` columns away from each pixel."""
    return running_maximum(running_maximum(plane, down).T, across).T


def running_maximum(plane: NDArray[Any], radius: int) -> NDArray[Any]:
    """The largest of 2·radius + 1 rows around each row of a plane of any type.

    At the top and bottom, only rows within the plane count.
    """
    radius = min(radius, len(plane) - 1)
    outside = np.full((radius, plane.shape[1]), plane.min(), plane.dtype)
    rows = np.concatenate([outside, plane, outside])
    # Each pass doubles the number of rows that a maximum covers.
    covered, wanted = 1, 2 * radius + 1
    while covered < wanted:
        step = min(covered, wanted - covered)
        rows = np.maximum(rows[:-step], rows[step:])
        covered += step
    return rows


def quantile(values: NDArray[np.signedinteger], share: float) -> int:
    """The value that `share` of the others don't exceed: number floor(share · (n − 1)) of n."""
    rank = int(share * (values.size - 1))
    # Contrast and lightness have few values, so counting them is faster than sorting.
    lowest = int(values.min())
    counts = np.bincount(np.subtract(values, lowest, dtype=np.intp).ravel())
    return lowest + int(np.searchsorted(counts.cumsum(), rank, side="right"))
