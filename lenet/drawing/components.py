"""The connected parts of what stands out in a picture.

`lenet/page/web/core/components.js` computes the same. Areas and masses are whole numbers.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.contrast import Whole

Mask: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]

TOO_WIDE = 1.75
"""Anything more than this many times as wide as high is print or a rule. No digit is that wide."""
WHOLE_BOX = 1000
"""The overlap of a box with itself."""


class Box(NamedTuple):
    """A rectangle of pixels, half-open."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        """Its longer side."""
        return max(self.bottom - self.top, self.right - self.left)

    def grown(self, margin: int, shape: tuple[int, ...]) -> "Box":
        """With a margin on all sides, within a picture of `shape`."""
        return Box(
            max(0, self.top - margin),
            max(0, self.left - margin),
            min(shape[0], self.bottom + margin),
            min(shape[1], self.right + margin),
        )

    def overlap(self, other: "Box") -> int:
        """Intersection over union, from 0 to `WHOLE_BOX`."""
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        across = min(self.right, other.right) - max(self.left, other.left)
        both = max(down, 0) * max(across, 0)
        return WHOLE_BOX * both // (self.area + other.area - both)

    @property
    def area(self) -> int:
        """Its pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    @property
    def is_flat(self) -> bool:
        """Whether it is too wide for a digit."""
        return self.right - self.left > TOO_WIDE * (self.bottom - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """To cut it out of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Runs(NamedTuple):
    """Horizontal runs of pixels from top to bottom, from left to right; each array is `(R,)`."""

    row: Numbers
    start: Numbers
    stop: Numbers


class Components(NamedTuple):
    """n components, in the order of their first pixels; arrays are `(n,)` unless stated."""

    shape: tuple[int, ...]
    runs: Runs
    owner: Numbers
    """`(R,)`, the component of each run"""
    top: Numbers
    left: Numbers
    bottom: Numbers
    right: Numbers
    area: Numbers
    """pixels"""
    mass: Numbers
    """sum of the contrast"""
    contact: Numbers
    """`(4, n)`, pixels on the picture's top, bottom, left and right border"""

    @property
    def height(self) -> Numbers:
        """Heights of the boxes."""
        return self.bottom - self.top

    @property
    def width(self) -> Numbers:
        """Widths of the boxes."""
        return self.right - self.left

    @property
    def is_flat(self) -> Mask:
        """Which of them are too wide for a digit."""
        return self.width > TOO_WIDE * self.height

    @property
    def size(self) -> Numbers:
        """Longer sides of the boxes."""
        return np.maximum(self.height, self.width)

    def box(self, chosen: Mask) -> Box:
        """The box around the `chosen` components `(n,)`, at least one."""
        low = (int(side[chosen].min()) for side in (self.top, self.left))
        high = (int(side[chosen].max()) for side in (self.bottom, self.right))
        return Box(*low, *high)

    def mask(self, chosen: Mask, box: Box) -> Mask:
        """The pixels of the `chosen` components `(n,)` within a box."""
        seen = chosen[self.owner] & (self.runs.row >= box.top) & (self.runs.row < box.bottom)
        row, start, stop = (values[seen] for values in self.runs)
        width = box.right - box.left
        edges = np.zeros((box.bottom - box.top, width + 1), np.int8)
        # Runs of a row don't touch, but those outside the box may end up in the same column.
        np.add.at(edges, (row - box.top, np.clip(start - box.left, 0, width)), 1)
        np.add.at(edges, (row - box.top, np.clip(stop - box.left, 0, width)), -1)
        return np.cumsum(edges, axis=1, dtype=np.int8)[:, :-1] > 0


def components(plane: Whole, threshold: int) -> Components:
    """The 8-connected components of the pixels above a threshold."""
    above = plane > threshold
    runs = _runs(above)
    owner = _owners(runs, plane.shape[1])
    row, start, stop = runs
    height, width = plane.shape
    length = stop - start
    masses = np.add.reduceat(plane[above], np.cumsum(length) - length, dtype=np.int64)
    # The runs of each component one after the other, still from top to bottom.
    order = np.argsort(owner, kind="stable")
    sizes = np.bincount(owner)
    last = np.cumsum(sizes) - 1
    first = last - sizes + 1

    def joined(function: np.ufunc, values: Numbers | Mask) -> Numbers:
        found: Numbers = function.reduceat(values[order], first)
        return found

    edges = length * (row == 0), length * (row == height - 1), start == 0, stop == width
    return Components(
        shape=plane.shape,
        runs=runs,
        owner=owner,
        top=row[order[first]],
        left=joined(np.minimum, start),
        bottom=row[order[last]] + 1,
        right=joined(np.maximum, stop),
        area=joined(np.add, length),
        mass=joined(np.add, masses),
        contact=np.stack([joined(np.add, edge.astype(np.int64)) for edge in edges]),
    )


def _runs(mask: Mask) -> Runs:
    height, width = mask.shape
    # Each row ends with an empty pixel, so runs start and stop in turn.
    padded = np.zeros((height, width + 1), np.bool_)
    padded[:, :-1] = mask
    flat = padded.reshape(-1)
    changed = np.concatenate([flat[:1], flat[1:] != flat[:-1]])
    start, stop = np.flatnonzero(changed).reshape(-1, 2).T
    return Runs(start // (width + 1), start % (width + 1), stop % (width + 1))


def _owners(runs: Runs, width: int) -> Numbers:
    """The component of each run, numbered in the order of their first runs."""
    upper, lower = _touching(runs, width)
    root = np.arange(len(runs.row))
    while True:
        # Each run takes the smallest number among its neighbours', then that run's, and so on.
        least = np.minimum(root[upper], root[lower])
        new = root.copy()
        np.minimum.at(new, root[upper], least)
        np.minimum.at(new, root[lower], least)
        while (new[new] != new).any():
            new = new[new]
        if (new == root).all():
            return np.unique(root, return_inverse=True)[1].reshape(-1)
        root = new


def _touching(runs: Runs, width: int) -> tuple[Numbers, Numbers]:
    """Pairs of runs in neighbouring rows that touch, corners included."""
    # Numbers in which rows are so far apart that runs of one come before those of the next.
    row, start, stop = runs
    apart = width + 2
    first = np.searchsorted(row * apart + stop, (row + 1) * apart + start)
    last = np.searchsorted(row * apart + start, (row + 1) * apart + stop, "right")
    counts = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(row)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return upper, np.arange(counts.sum()) - before + first[upper]
