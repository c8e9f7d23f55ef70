"""Change recorded digits as people do: they go over a line again, close a gap, start twice, slip.

Whatever is done, a reader still sees the same digit.
"""

from collections.abc import Callable

import numpy as np

Points = np.ndarray
Change = Callable[[list[Points], np.random.Generator], list[Points]]

SPREAD = 0.02
"""Standard deviation of the distance between a line and its repetition, as a share of the digit's
size; the pen is about 0.1 wide."""
GAP = 0.15
"""Longest gap that is closed, as a share of the digit's size."""


def retouched(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """Strokes with one to three changes."""
    changes: tuple[Change, ...] = (go_over_again, close_a_gap, start_twice, draw_out)
    for _ in range(random.integers(1, 4)):
        strokes = changes[random.integers(len(changes))](strokes, random)
    return strokes


def with_a_tap(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """Strokes, and a touch of the pad anywhere before or after them."""
    tap = random.uniform(0.02, 0.98, (1, 2))
    return [*strokes, tap] if random.random() < 0.5 else [tap, *strokes]


def go_over_again(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """At least a third of one stroke is drawn again."""
    stroke = strokes[random.integers(len(strokes))]
    count = max(1, int(random.uniform(0.33, 1) * len(stroke)))
    first = random.integers(len(stroke) - count + 1)
    return [*strokes, _beside(stroke[first : first + count], strokes, random)]


def close_a_gap(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """A short line from the end of one stroke to the nearest other line, if there is one nearby.

    The end of a stroke is also close to its own start in an open 0.
    """
    chosen = random.integers(len(strokes))
    stroke = strokes[chosen]
    elsewhere = [s for i, s in enumerate(strokes) if i != chosen]
    others = np.concatenate([*elsewhere, stroke[: len(stroke) // 2]])
    if not len(others):
        return strokes
    nearest = others[np.hypot(*(others - stroke[-1]).T).argmin()]
    if np.hypot(*(nearest - stroke[-1])) > GAP * _size(strokes):
        return strokes
    return [*strokes, np.stack([stroke[-1], nearest])]


def start_twice(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """A stroke that breaks off before its middle, then the whole of it."""
    chosen = random.integers(len(strokes))
    stroke = strokes[chosen]
    start = stroke[: max(1, int(random.uniform(0.1, 0.4) * len(stroke)))]
    return [*strokes[:chosen], _beside(start, strokes, random), *strokes[chosen:]]


def draw_out(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """The end of a stroke is drawn again, up to 8 % of the digit's size longer."""
    stroke = strokes[random.integers(len(strokes))]
    last = stroke[-max(1, len(stroke) // 4) :]
    direction = last[-1] - last[0]
    length = max(float(np.hypot(*direction)), 1e-9)
    end = last[-1] + direction / length * random.uniform(0.02, 0.08) * _size(strokes)
    return [*strokes, _beside(np.concatenate([last, end[None]]), strokes, random)]


def _beside(stroke: Points, strokes: list[Points], random: np.random.Generator) -> Points:
    """A stroke as it is drawn the second time."""
    moved: Points = stroke + random.normal(0, SPREAD * _size(strokes), 2)
    return moved


def _size(strokes: list[Points]) -> float:
    return float(np.ptp(np.concatenate(strokes), axis=0).max())
