"""The connected parts of what stands out in a picture, and which of them are the digit.

`lenet/page/web/core/components.js` computes the same. Areas and masses are whole numbers.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.contrast import TINY, Whole

Mask: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]

CONTACT = 0.3
"""What touches the picture's border along more than this share of the shorter side is not a digit:
it is a desk, a shadow, a finger or the next sheet."""
FILLING = 0.5
"""A digit that touches the border fills at least this share of the picture: it was cut out."""
FRAME = 0.1
"""Frames, printed boxes and sheets are longer than this share of the picture's side…"""
SQUARE = 0.4
"""…and their shorter side is at least this share of their longer one."""
STRAIGHT = 0.85
"""A frame or a sheet lies along at least this share of each side of its box; a zero doesn't."""
PRINTED = 0.95
"""A printed box lies along more than this share of each side, and may be empty."""
SOLID = 0.6
"""A sheet covers more than this share of its box, a frame less."""
CONTENT = 0.15
"""A frame contains something of more than this share of its size."""
SPECK = 0.04
"""What is smaller than this share of the picture's side, or 4 pixels, is not a digit."""
CRUMB = 0.005
"""Neither is what has less than this share of the heaviest component's mass."""
BORDER = 4
"""A component at the border must be this many times as heavy to be the main one."""
PART = 0.03
"""A part of the digit has at least this share of the main component's mass."""
PALE = 0.4
"""Its mean contrast is at least this share of the main component's."""
BROKEN = 0.08
"""Components that are closer than this share of their size are pieces of a broken stroke."""
SKIP = 0.015
"""So are those closer than this share of the picture's side: a ballpoint skips that far."""
NEAR = 0.2
"""Other parts, such as the flag of a 5, are at most this share of the digit's size away."""
MOST_PIECES = 12
"""Anything in more pieces is a pattern: print, the grain of a desk, dots."""
PATTERNS = 2
"""At most this many patterns are removed; what is left may be a digit in any number of pieces."""
MOST_PARTS = 6
"""If there are more parts, most of them don't belong to the digit."""
RIVAL = 0.25
"""What is smaller than this share of the digit is not a rival, however much of it there is."""
ALIKE_HEIGHT, ALIKE_MASS = 0.6, 0.35
"""Another digit is about as high as the first, and about as heavy."""
ASIDE = 0.1
"""Digits are farther apart than this share of their height."""
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
    def size(self) -> Numbers:
        """Longer sides of the boxes."""
        return np.maximum(self.height, self.right - self.left)

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


class Digit(NamedTuple):
    """What is taken for the digit."""

    chosen: Mask
    """`(n,)`, which components it consists of"""
    box: Box
    digits: int
    """how many digits there are; this is the heaviest"""
    clear: bool
    """whether it is none of the things that are not digits: frames, sheets, what touches the
    border, specks"""
    share: float
    """the share of the mass that may be ink and is in digits"""


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


def digit(parts: Components) -> Digit:
    """The heaviest component that may be a digit, with those that belong to it.

    In a tiny picture, every component belongs to the digit.
    """
    if max(parts.shape) <= TINY:
        everything = np.ones(len(parts.area), bool)
        return Digit(everything, parts.box(everything), 1, True, 1.0)
    foreign = _foreign(parts)
    large = parts.size > max(SPECK * max(parts.shape), 4)
    native = ~foreign & large & (parts.mass > CRUMB * parts.mass.max())
    clear = bool(native.any())
    if not clear:
        foreign = np.zeros(len(foreign), bool)
        native = ~foreign
    core, usable = _main_core(parts, native, foreign, clear)
    for _ in range(PATTERNS):
        if core.sum() <= MOST_PIECES or not (native & ~core).any():
            break
        native, foreign = native & ~core, foreign | core
        core, usable = _main_core(parts, native, foreign, clear)
    others = _other_digits(parts, core, usable & ~core)
    aside = np.logical_or.reduce([np.zeros_like(core), *others])
    chosen = core | _other_parts(parts, core, usable & ~core & ~aside)
    box = parts.box(chosen)
    digits = chosen | aside
    rivals = digits | (~foreign & (parts.size > RIVAL * box.size))
    share = int(parts.mass[digits].sum()) / int(parts.mass[rivals].sum())
    return Digit(chosen, box, 1 + len(others), clear, share)


def _main_core(parts: Components, native: Mask, foreign: Mask, clear: bool) -> tuple[Mask, Mask]:
    """The core of the heaviest native component, and what may be drawn with the same pen."""
    main = _main(parts, native)
    usable = ~foreign & _like_ink_of(parts, main)
    if clear:
        usable &= parts.contact.sum(0) == 0
    return _core(parts, main, usable), usable


def _main(parts: Components, native: Mask) -> int:
    """The heaviest of the `native` components; those at the picture's border count less."""
    inner = parts.contact.sum(0) == 0
    return int(np.argmax(np.where(native, parts.mass * np.where(inner, BORDER, 1), -1)))


def _foreign(parts: Components) -> Mask:
    """Components that are not digits: what lies along the border, frames, sheets."""
    top, bottom, left, right = touched = parts.contact > 0
    across = (top & bottom) | (left & right) | (touched.sum(0) > 2)
    foreign = across | (parts.contact.sum(0) > CONTACT * min(parts.shape))
    foreign |= touched.any(0) & (parts.size < FILLING * max(parts.shape))
    for index in np.flatnonzero(~foreign & (parts.size > FRAME * max(parts.shape))):
        foreign[index] = _is_rectangle(parts, int(index))
    return foreign


def _is_rectangle(parts: Components, index: int) -> bool:
    """Whether a component is a sheet, a printed box, or a frame around something."""
    alone = np.arange(len(parts.area)) == index
    box = parts.box(alone)
    mask = parts.mask(alone, box)
    height, width = mask.shape
    if min(height, width) < SQUARE * max(height, width):
        return False
    down, right = max(2, height // 8), max(2, width // 8)
    horizontal = [band.any(0).mean() for band in (mask[:down], mask[-down:])]
    vertical = [band.any(1).mean() for band in (mask[:, :right], mask[:, -right:])]
    straight = min(*horizontal, *vertical)
    if straight < STRAIGHT:
        return False
    return bool(straight > PRINTED or mask.mean() > SOLID or _contains_something(parts, index))


def _contains_something(parts: Components, index: int) -> bool:
    inside = (parts.top > parts.top[index]) & (parts.bottom < parts.bottom[index])
    inside &= (parts.left > parts.left[index]) & (parts.right < parts.right[index])
    return bool((inside & (parts.size > CONTENT * parts.size[index])).any())


def _like_ink_of(parts: Components, main: int) -> Mask:
    """Components heavy enough, and dark enough, to be drawn with the same pen as the main one."""
    heavy = parts.mass > PART * parts.mass[main]
    # Means are compared as products, which are whole numbers.
    return heavy & (parts.mass * parts.area[main] > PALE * parts.mass[main] * parts.area)


def _core(parts: Components, main: int, usable: Mask) -> Mask:
    """The main component with the pieces of its strokes, the pieces next to them, and so on."""
    core = np.arange(len(parts.area)) == main
    while True:
        box = parts.box(core)
        gap = max(BROKEN * box.size, SKIP * max(parts.shape))
        pieces = usable & ~core & _near(parts, box, gap)
        if not pieces.any():
            return core
        core |= pieces


def _near(parts: Components, box: Box, gap: float) -> Mask:
    """Components whose boxes are less than `gap` pixels away from a box."""
    across = np.maximum(parts.left - box.right, box.left - parts.right)
    down = np.maximum(parts.top - box.bottom, box.top - parts.bottom)
    return np.maximum(across, down) < gap


def _other_parts(parts: Components, core: Mask, usable: Mask) -> Mask:
    """Parts of the digit that are not connected with its core."""
    box = parts.box(core)
    others = usable & _near(parts, box, NEAR * box.size)
    if others.sum() > MOST_PARTS:
        # So many are a pattern: dots on paper, holes of a notebook, the grain of a desk.
        others &= parts.size > RIVAL * box.size
    return others


def _other_digits(parts: Components, core: Mask, usable: Mask) -> list[Mask]:
    """The digits to the left or right of a digit's core, each with the pieces of its strokes."""
    found = []
    left = usable & (parts.size > RIVAL * parts.box(core).size)
    while left.any():
        main = int(np.argmax(np.where(left, parts.mass, -1)))
        other = _core(parts, main, usable)
        if _is_another_digit(parts, core, other):
            found.append(other)
        usable = usable & ~other
        left &= usable
    return found


def _is_another_digit(parts: Components, core: Mask, other: Mask) -> bool:
    """Whether a second core is next to a digit's and a digit in its own right."""
    box, beside = parts.box(core), parts.box(other)
    height = box.bottom - box.top
    low, high = sorted((height, beside.bottom - beside.top))
    mass, other_mass = (int(parts.mass[chosen].sum()) for chosen in (core, other))
    gap = max(beside.left - box.right, box.left - beside.right)
    return low > ALIKE_HEIGHT * high and other_mass > ALIKE_MASS * mass and gap > ASIDE * height
