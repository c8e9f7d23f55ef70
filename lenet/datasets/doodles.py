"""Doodles: closed shapes with contents, symmetric outlines, shapes on shapes, lines, stick men."""

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from lenet.datasets.glyphs import Glyph, Points, closed, curve, dense, ellipse
from lenet.datasets.hands import handwritten, unit

WOBBLE = 0.05
FULL = 2 * math.pi


def doodle(random: Generator) -> Glyph:
    """A doodle of a random kind, as a hand would draw it."""
    kinds, shares = zip(*KINDS, strict=True)
    kind = kinds[random.choice(len(kinds), p=shares)]
    return handwritten([dense(s, 0.1) for s in unit(kind(random))], random, WOBBLE)


# ------------------------------------------------------------------ closed shapes of radius 1


def shape(random: Generator) -> Points:
    """A closed shape around (0, 0)."""
    kinds = (oval, box, polygon, star, blob)
    return kinds[random.choice(len(kinds), p=(0.35, 0.25, 0.2, 0.05, 0.15))](random)


def oval(random: Generator) -> Points:
    """An ellipse whose ends miss or pass each other, as a pen's do."""
    radii = np.array([random.uniform(0.7, 1.4), 1.0])
    return ellipse(np.zeros(2), radii, random.uniform(0, FULL), FULL + random.uniform(-0.2, 0.4))


def box(random: Generator) -> Points:
    """A rectangle, trapezium or parallelogram."""
    width, shift = random.uniform(0.4, 1.6), random.uniform(-0.3, 0.3)
    taper = random.uniform(0.7, 1.3) if random.random() < 0.3 else 1.0
    left = shift - (taper - 1) * width / 2
    corners = np.array([[0, 0], [width, 0], [left + width * taper, 1], [left, 1]])
    return closed(corners - [width / 2, 0.5])


def polygon(random: Generator) -> Points:
    """Three to seven corners, evenly spaced or not."""
    count = int(random.integers(3, 8))
    if random.random() < 0.4:
        angles = np.sort(random.uniform(0, FULL, count))
    else:
        angles = np.arange(count) * FULL / count + random.uniform(0, FULL)
    return closed(np.stack([np.cos(angles) * random.uniform(0.5, 1.3), np.sin(angles)], 1))


def star(random: Generator) -> Points:
    """A star with four to seven points."""
    count = int(random.integers(4, 8))
    angles = np.arange(2 * count) * math.pi / count + random.uniform(0, FULL)
    radii = np.where(np.arange(2 * count) % 2, random.uniform(0.3, 0.6), 1)
    return closed(np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1))


def blob(random: Generator) -> Points:
    """A cloud, flower or leaf: a ring with bumps."""
    angles = np.linspace(0, FULL, 64)
    bumps, height = int(random.integers(3, 12)), random.uniform(0.12, 0.35)
    radius = 1 + height * np.abs(np.sin(bumps * angles / 2 + random.uniform(0, FULL)))
    for waves in range(2, 5):
        radius += random.normal(0, 0.06) * np.sin(waves * angles + random.uniform(0, FULL))
    stretched = radius * np.cos(angles) * random.uniform(0.6, 1.6)
    return np.stack([stretched, radius * np.sin(angles)], 1)


# ------------------------------------------------------------------ what is inside a shape


def content(random: Generator) -> Glyph:
    """What is drawn inside a closed shape of radius 1."""
    kinds = (hands, face, ticks, spokes, bars, inner_shape, small_shapes, hatching, tangle)
    return kinds[random.integers(len(kinds))](random)


def direction(angle: float) -> Points:
    """The unit vector `(2,)` at an angle in radians."""
    return np.array([math.cos(angle), math.sin(angle)])


def hands(random: Generator) -> Glyph:
    """The hands of a clock."""
    middle = random.normal(0, 0.1, 2)
    count = int(random.integers(1, 4))
    tips = [random.uniform(0.3, 0.8) * direction(random.uniform(0, FULL)) for _ in range(count)]
    return [np.stack([middle, middle + tip]) for tip in tips]


def face(random: Generator) -> Glyph:
    """Two eyes and a mouth, sometimes a nose."""
    drawn = [
        ellipse(np.array([x, -0.3]), np.full(2, random.uniform(0.02, 0.15)), 0, FULL)
        for x in (-0.35, 0.35)
    ]
    drawn.append(ellipse(np.array([0, 0.1]), np.array([0.5, random.uniform(0.2, 0.5)]), 0.3, 2.5))
    if random.random() < 0.4:
        drawn.append(np.array([[0, -0.2], [0, 0.15]]))
    return drawn


def ticks(random: Generator) -> Glyph:
    """Short lines along the rim."""
    count, inner = int(random.integers(4, 13)), random.uniform(0.5, 0.8)
    rays = [direction(FULL * i / count) for i in range(count)]
    return [np.stack([inner * ray, 0.9 * ray]) for ray in rays]


def spokes(random: Generator) -> Glyph:
    """Lines through the middle."""
    count, start = int(random.integers(2, 7)), random.uniform(0, FULL)
    rays = [direction(start + math.pi * i / count) for i in range(count)]
    return [np.stack([-ray, ray]) for ray in rays]


def bars(random: Generator) -> Glyph:
    """Parallel lines: level, upright or oblique."""
    angle = random.choice([0, math.pi / 2, random.uniform(0, math.pi)])
    along, across = direction(angle), direction(angle + math.pi / 2)
    offsets = np.linspace(-0.6, 0.6, int(random.integers(2, 6)))
    return [y * across + random.uniform(0.4, 0.8) * np.stack([-along, along]) for y in offsets]


def inner_shape(random: Generator) -> Glyph:
    """One smaller shape."""
    return [shape(random) * random.uniform(0.2, 0.6) + random.normal(0, 0.15, 2)]


def small_shapes(random: Generator) -> Glyph:
    """Several small shapes."""
    return [
        shape(random) * random.uniform(0.08, 0.25) + random.uniform(-0.6, 0.6, 2)
        for _ in range(int(random.integers(2, 6)))
    ]


def hatching(random: Generator) -> Glyph:
    """A zigzag that fills the shape."""
    count = int(random.integers(5, 12))
    y = np.linspace(-0.8, 0.8, count)
    return [np.stack([np.where(np.arange(count) % 2, 0.7, -0.7) * np.sqrt(1 - 0.8 * y**2), y], 1)]


def tangle(random: Generator) -> Glyph:
    """A curve that goes back and forth."""
    return [curve(random.uniform(-0.7, 0.7, (int(random.integers(4, 12)), 2)), 80)]


# ------------------------------------------------------------------ kinds of doodles


def filled(random: Generator) -> Glyph:
    """A closed shape with something in it: a clock, a face, a wheel, a window."""
    return [shape(random), *content(random)]


def outline(random: Generator) -> Glyph:
    """An outline symmetric about its upright axis: a bottle, lamp, glass, vase or key."""
    heights = np.sort(random.uniform(0, 1, int(random.integers(3, 8))))
    heights[0], heights[-1] = 0, 1
    widths = random.uniform(0.04, 0.4, len(heights))
    if random.random() < 0.3:
        widths[0] = 0.01
    side = np.stack([widths, heights], 1)
    way = random.random()
    if way < 0.5:  # steps
        side = np.repeat(side, 2, 0)[:-1]
        side[1::2, 1] = heights[1:]
    elif way < 0.85:
        side = curve(side, 40)
    drawn = [closed(np.concatenate([side, (side * [-1, 1])[::-1]]))]
    for _ in range(int(random.integers(0, 3))):
        y = random.uniform(0.1, 0.9)
        x = np.interp(y, heights, widths)
        drawn.append(np.array([[-x, y], [x, y]]))
    return drawn


def stuck(random: Generator) -> Glyph:
    """Shapes and lines next to each other: a house, tree, cup, flower, key or car."""
    drawn: Glyph = [shape(random)]
    for _ in range(int(random.integers(1, 4))):
        if random.random() < 0.6:
            added = shape(random) * random.uniform(0.3, 1.0)
        else:
            added = random.uniform(-1, 1, (int(random.integers(2, 4)), 2)) * random.uniform(0.3, 1)
        drawn.append(added + _next_to(drawn, added, random))
    if random.random() < 0.3:
        drawn += [stroke / 2 for stroke in content(random)]
    return drawn


def _next_to(drawn: Glyph, added: Points, random: Generator) -> Points:
    """The shift `(2,)` that puts `added` at one side of what is `drawn`."""
    there = np.concatenate(drawn)
    low, high, own_low, own_high = there.min(0), there.max(0), added.min(0), added.max(0)
    shift = (low + high - own_low - own_high) / 2 + random.normal(0, 0.15, 2)
    axis, before = random.integers(2), random.random() < 0.5
    shift[axis] = low[axis] - own_high[axis] if before else high[axis] - own_low[axis]
    return shift + random.normal(0, 0.06, 2)


def lines(random: Generator) -> Glyph:
    """Something made of lines that enclose nothing, or of one long curve."""
    kinds = (zigzag, wave, spiral, arrow, lightning, asterisk, grid, loops, posts)
    return kinds[random.integers(len(kinds))](random)


def zigzag(random: Generator) -> Glyph:
    """Up and down, four to nine corners."""
    count = int(random.integers(4, 10))
    corners = np.stack(
        [np.linspace(0, random.uniform(1, 2.5), count), np.arange(count) % 2], axis=1
    )
    return [corners + random.normal(0, 0.08, (count, 2))]


def wave(random: Generator) -> Glyph:
    """A sine wave."""
    t = np.linspace(0, 1, 80)
    height = 0.4 * np.sin(FULL * random.uniform(2, 6) * t)
    return [np.stack([t * random.uniform(1.5, 3), height], 1)]


def spiral(random: Generator) -> Glyph:
    """Two or more turns, so that it is neither a 6 nor a 9."""
    t = np.linspace(0, 1, 90)
    angle = FULL * random.uniform(2, 4.5) * t * random.choice([-1, 1])
    return [np.stack([t * np.cos(angle), t * np.sin(angle)], 1)]


def arrow(random: Generator) -> Glyph:
    """An arrow in any direction."""
    angle, size = random.uniform(0, FULL), random.uniform(0.2, 0.45)
    ahead, aside = direction(angle), direction(angle + math.pi / 2)
    wings = [(1 - size) * ahead + size * side for side in (aside, -aside)]
    return [np.stack([-ahead, ahead]), np.stack([wings[0], ahead, wings[1]])]


def lightning(random: Generator) -> Glyph:
    """A flash."""
    right = 0.3 + random.uniform(0.2, 0.5)
    corners = [[0.3, 0], [0, 0.55], [0.25, 0.5], [0.05, 1], [right, 0.4], [0.3, 0.42], [right, 0]]
    return [closed(np.array(corners) + random.normal(0, 0.04, (7, 2)))]


def asterisk(random: Generator) -> Glyph:
    """Three to six lines through one point."""
    count, start = int(random.integers(3, 7)), random.uniform(0, 1)
    rays = [direction(start + math.pi * i / count) for i in range(count)]
    return [np.stack([ray, -ray]) for ray in rays]


def grid(random: Generator) -> Glyph:
    """A grid of one to three cells each way."""
    down, across = random.integers(2, 5, 2)
    level = [np.array([[-0.2, y], [1.2, y]]) for y in np.linspace(0, 1, down)]
    return level + [np.array([[x, -0.2], [x, 1.2]]) for x in np.linspace(0, 1, across)]


def loops(random: Generator) -> Glyph:
    """A row of loops."""
    t, count = np.linspace(0, 1, 120), random.uniform(2, 5)
    x = t * random.uniform(1, 2.5) + 0.3 * np.cos(FULL * count * t)
    return [np.stack([x, 0.5 * np.sin(FULL * count * t)], 1)]


def posts(random: Generator) -> Glyph:
    """A row of upright lines: rain, a fence, tallies."""
    count = int(random.integers(3, 8))
    return [
        np.array([[x, random.uniform(0, 0.2)], [x + random.normal(0, 0.1), random.uniform(0.8, 1)]])
        for x in np.linspace(0, random.uniform(0.6, 1.6), count)
    ]


def stick_man(random: Generator) -> Glyph:
    """A head, a body, two arms and two legs."""
    radius = random.uniform(0.12, 0.25)
    shoulder, hip = np.array([0, 0.12]), np.array([0, 0.5])
    limbs = []
    for side in (-1, 1):
        hand = np.array([side * random.uniform(0.2, 0.4), 0.12 + random.uniform(-0.1, 0.4)])
        foot = np.array([side * random.uniform(0.1, 0.3), 1.0])
        limbs += [np.stack([shoulder, hand]), np.stack([hip, foot])]
    head = ellipse(np.array([0, -radius]), np.full(2, radius), 0, FULL)
    return [head, np.stack([[0.0, 0.0], hip]), *limbs]


KINDS: tuple[tuple[Callable[[Generator], Glyph], float], ...] = (
    (filled, 0.32),
    (outline, 0.28),
    (stuck, 0.24),
    (lines, 0.12),
    (stick_man, 0.04),
)
"""The kinds of doodles and their shares."""
