"""Which components of a picture are the digit.

`lenet/page/web/core/grouping.js` computes the same.
"""

from typing import NamedTuple

import numpy as np

from lenet.drawing.components import Box, Components, Mask
from lenet.drawing.contrast import TINY
from lenet.drawing.foreign import foreign_to

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
PATTERNS = 5
"""At most this many patterns are removed; what is left may be a digit in any number of pieces."""
MOST_PARTS = 6
"""If there are more parts, most of them don't belong to the digit."""
RIVAL = 0.25
"""What is smaller than this share of the digit is not a rival, however much of it there is."""
ALIKE_HEIGHT, ALIKE_MASS = 0.6, 0.35
"""Another digit is about as high as the first, and about as heavy."""
ASIDE = 0.1
"""Digits are farther apart than this share of their height."""


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
    """of the mass that may be ink, the share that is in digits"""


def digit(parts: Components) -> Digit:
    """The heaviest component that may be a digit, with those that belong to it.

    In a tiny picture, every component belongs to the digit.
    """
    if max(parts.shape) <= TINY:
        everything = np.ones(len(parts.area), bool)
        return Digit(everything, parts.box(everything), 1, True, 1.0)
    foreign = foreign_to(parts)
    large = parts.size > max(SPECK * max(parts.shape), 4)
    native = ~foreign & large & (parts.mass > CRUMB * parts.mass.max())
    clear = bool(native.any())
    if not clear:
        foreign = np.zeros(len(foreign), bool)
        native = ~foreign
    core, usable = _main_core(parts, native, foreign, clear)
    for _ in range(PATTERNS):
        pattern = _pattern(parts, core)
        if not pattern.any() or not (native & ~pattern).any():
            break
        native, foreign = native & ~pattern, foreign | pattern
        core, usable = _main_core(parts, native, foreign, clear)
    others = _other_digits(parts, core, usable & ~core)
    aside = np.logical_or.reduce([np.zeros_like(core), *others])
    chosen = core | _other_parts(parts, core, usable & ~core & ~aside)
    box = parts.box(chosen)
    digits = chosen | aside
    rivals = digits | (~foreign & ~parts.is_flat & (parts.size > RIVAL * box.size))
    share = int(parts.mass[digits].sum()) / int(parts.mass[rivals].sum())
    return Digit(chosen, box, 1 + len(others), clear, share)


def _pattern(parts: Components, core: Mask) -> Mask:
    """The components of a core that are print, grain or dots; none if the core may be a digit."""
    if core.sum() > MOST_PIECES:
        # A digit amid print is larger than the letters.
        small = core & (parts.size <= RIVAL * parts.size[core].max())
        return small if 2 * small.sum() > core.sum() else core
    # A line of print in few pieces.
    return core if parts.box(core).is_flat else np.zeros_like(core)


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
