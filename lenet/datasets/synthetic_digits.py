"""Synthetic digits in styles that are rare in MNIST.

MNIST's writers were American: their one is a plain line, their seven has no bar and their zero no
slash. People elsewhere write differently. None of this comes from recorded handwriting.
"""

import math

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lenet.datasets.glyphs import Glyph, curve, draw, ellipse, stack


def flagged_one(random: Generator) -> Glyph:
    """A one with an upstroke, sometimes with a foot."""
    top = np.array([0.0, 0.0])
    foot = np.array([random.uniform(-0.25, 0.1), 1.0])
    bend = np.array([random.uniform(-0.06, 0.06), 0.5]) + foot * [0.5, 0]
    # Measured from the vertical, down to the left: a flatter flag would make it a seven.
    angle = random.uniform(math.radians(20), math.radians(52))
    length = random.uniform(0.2, 0.75) * (1.1 - 0.35 * angle)
    tip = top + length * np.array([-math.sin(angle), math.cos(angle)])
    sag = (tip + top) / 2 + random.uniform(-0.05, 0.05, 2)
    one = [np.concatenate([curve(np.stack([tip, sag, top])), curve(np.stack([top, bend, foot]))])]
    if random.random() < 0.2:
        left, right = random.uniform(0.1, 0.35, 2)
        one.append(foot + np.array([[-left, 0.0], [right, random.uniform(-0.05, 0.05)]]))
    return one


def crossed_seven(random: Generator) -> Glyph:
    """A seven with a bar through its stem."""
    width = random.uniform(0.45, 0.75)
    corner = np.array([width, random.uniform(-0.06, 0.08)])
    foot = np.array([random.uniform(-0.05, 0.6) * width, 1.0])
    bend = (corner + foot) / 2 + random.uniform(-0.06, 0.06, 2)
    head = curve(np.stack([[0.0, random.uniform(-0.05, 0.12)], corner * [0.5, 0.7], corner]))
    stem = curve(np.stack([corner, bend, foot]))
    across = stem[int(len(stem) * random.uniform(0.35, 0.65))]
    reach = random.uniform(0.12, 0.32, 2)
    tilt = random.uniform(-0.1, 0.08)
    bar = across + np.array([[-reach[0], -tilt], [reach[1], tilt]])
    seven = [np.concatenate([head, stem]), bar]
    if random.random() < 0.3:
        serif = np.array([[random.uniform(-0.08, 0.05), random.uniform(0.1, 0.25)]])
        seven[0] = np.concatenate([head[:1] + serif, seven[0]])
    return seven


def slashed_zero(random: Generator) -> Glyph:
    """A zero with a slash through it."""
    radii = np.array([random.uniform(0.18, 0.45), 0.5])
    start = random.uniform(-2.4, -0.6)
    turn = random.choice([-1, 1]) * random.uniform(2 * math.pi - 0.3, 2 * math.pi + 0.3)
    reach = random.uniform(0.75, 1.35)
    end = radii * [random.uniform(0.0, 1), -random.uniform(0.6, 1)] * reach
    return [ellipse(np.zeros(2), radii, start, turn), np.stack([end, -end])]


def hooked_nine(random: Generator) -> Glyph:
    """A nine whose stem bends to the left at its foot, or leans over without bending."""
    radii = np.array([random.uniform(0.12, 0.32), random.uniform(0.1, 0.22)])
    middle = np.array([0.4, radii[1]])
    start = random.uniform(-0.9, 0.2)
    loop = ellipse(middle, radii, start, -random.uniform(5.2, 6.5))
    shoulder = middle + radii * [1, random.uniform(-0.3, 0.5)]
    if random.random() < 0.7:
        belly = np.array([shoulder[0] + random.uniform(-0.05, 0.1), random.uniform(0.6, 0.8)])
        foot = np.array([random.uniform(0.2, 0.45), 1.0])
        tip = np.array([random.uniform(-0.15, 0.2), random.uniform(0.82, 1.02)])
        stem = curve(np.stack([shoulder, belly, foot, tip]))
    else:
        foot = np.array([shoulder[0] - random.uniform(0.0, 0.6), 1.0])
        stem = curve(np.stack([shoulder, (shoulder + foot) / 2 + [0.04, 0], foot]))
    return [np.concatenate([loop, stem])]


def open_four(random: Generator) -> Glyph:
    """A four that is open at the top; its two strokes may not touch."""
    height = random.uniform(0.45, 0.7)
    elbow = np.array([random.uniform(-0.1, 0.15), height])
    start = np.array([elbow[0] + random.uniform(0.0, 0.35), 0.0])
    end = np.array([random.uniform(0.45, 0.85), height + random.uniform(-0.1, 0.08)])
    top = np.array([random.uniform(0.35, 0.65), random.uniform(0.05, 0.95) * height])
    foot = np.array([top[0] + random.uniform(-0.25, 0.08), 1.0])
    angle = np.concatenate(
        [curve(np.stack([start, (start + elbow) / 2, elbow]))[:-3], [elbow, end]]
    )
    return [angle, np.stack([top, foot])]


STYLES = (
    (1, flagged_one, 0.35),
    (9, hooked_nine, 0.2),
    (4, open_four, 0.15),
    (7, crossed_seven, 0.15),
    (0, slashed_zero, 0.15),
)


def synthetic_digits(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Images `(count, 1, 28, 28)` uint8 of digits in those styles, and labels `(count,)` int64."""
    random = np.random.default_rng((seed, 1))
    shares = [share for *_, share in STYLES]
    chosen = random.choice(len(STYLES), count, p=shares)
    images = [draw(slanted(STYLES[i][1](random), random), random) for i in chosen]
    return stack(images), torch.tensor([STYLES[i][0] for i in chosen])


def slanted(glyph: Glyph, random: Generator) -> Glyph:
    """The glyph with a random slant and width."""
    slant, width = random.uniform(-0.15, 0.4), random.uniform(0.75, 1.3)
    return [stroke @ [[width, 0.0], [-slant, 1.0]] for stroke in glyph]
