"""Glyphs of digits in styles that are rare in MNIST, each at random as different people draw it."""

import math

import numpy as np
from numpy.random import Generator

from lenet.datasets.glyphs import Glyph, curve, ellipse


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


def ticked_one(random: Generator) -> Glyph:
    """A one without a flag whose pen turns up to the right at its foot."""
    foot = np.array([random.uniform(-0.45, 0.0), 1.0])
    bend = foot / 2 + [random.uniform(-0.04, 0.04), 0]
    angle = random.uniform(math.radians(15), math.radians(60))  # from the vertical
    tick = random.uniform(0.1, 0.35) * np.array([math.sin(angle), -math.cos(angle)])
    return [np.concatenate([curve(np.stack([np.zeros(2), bend, foot])), [foot + tick]])]


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
    """A zero with a slash through it, which may be twice as long as the zero."""
    radii = np.array([random.uniform(0.18, 0.6), 0.5])
    start = random.uniform(-2.4, -0.6)
    turn = random.choice([-1, 1]) * random.uniform(2 * math.pi - 0.3, 2 * math.pi + 0.3)
    angle = random.uniform(-0.1, 0.9)  # from the vertical, to the right
    up = np.array([math.sin(angle), -math.cos(angle)])
    radius = 1 / float(np.hypot(*(up / radii)))
    middle = radii * random.uniform(-0.15, 0.15, 2)
    reach = random.uniform(0.75, 2.2) * radius * random.uniform(0.85, 1.15, 2)
    slash = middle + np.stack([up * reach[0], -up * reach[1]])
    return [ellipse(np.zeros(2), radii, start, turn), slash]


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


def barred_seven(random: Generator) -> Glyph:
    """A rounded seven with a low bar, sometimes drawn without lifting the pen.

    The bar stays well above the foot, more so if it is joined: lower ones make twos.
    """
    width = random.uniform(0.4, 0.75)
    corner = np.array([width, random.uniform(0.05, 0.3)])
    start = np.array([0.0, random.uniform(0.02, 0.22)])
    crest = np.array([0.45 * width, random.uniform(-0.03, 0.04)])
    head = curve(np.stack([start, crest, corner]))
    if random.random() < 0.4:
        serif = np.array([[random.uniform(-0.06, 0.04), random.uniform(0.2, 0.35)]])
        head = np.concatenate([serif, head])
    foot = np.array([random.uniform(0.0, 0.6) * width, 1.0])
    bend = (corner + foot) / 2 + random.uniform(-0.06, 0.06, 2)
    stem = curve(np.stack([corner, bend, foot]))
    joined = random.random() < 0.2
    across = stem[int(len(stem) * random.uniform(0.45, 0.6 if joined else 0.75))]
    reach = random.uniform(0.15, 0.45, 2)
    left = across + np.array([-reach[0], random.uniform(-0.06, 0.1)])
    right = across + np.array([reach[1], random.uniform(-0.06, 0.06)])
    if joined:
        back = curve(np.stack([foot, foot - np.array([0.06, 0.03]), left, right]))
        return [np.concatenate([head, stem, back])]
    return [np.concatenate([head, stem]), np.stack([left, right])]


def low_four(random: Generator) -> Glyph:
    """A four like an h upside down: its short stem starts just above its bar."""
    height = random.uniform(0.55, 0.85)
    top = np.array([random.uniform(0.15, 0.5), 0.0])
    elbow = np.array([random.uniform(-0.05, 0.15), height])
    end = np.array([random.uniform(0.4, 0.75), height + random.uniform(-0.1, 0.06)])
    middle = (top + elbow) / 2 + random.uniform(-0.05, 0.03, 2)
    stem = np.array([end[0] - random.uniform(0.02, 0.25), height - random.uniform(0.05, 0.35)])
    foot = np.array([stem[0] - random.uniform(-0.03, 0.15), 1.0])
    angle = np.concatenate([curve(np.stack([top, middle, elbow]))[:-3], [elbow, end]])
    return [angle, np.stack([stem, foot])]


def lightning_four(random: Generator) -> Glyph:
    """A four in one stroke, like a flash of lightning."""
    top = np.array([random.uniform(0.35, 0.65), 0.0])
    elbow = np.array([random.uniform(-0.05, 0.15), random.uniform(0.4, 0.6)])
    end = np.array([random.uniform(0.45, 0.75), elbow[1] + random.uniform(-0.08, 0.08)])
    foot = np.array([end[0] - random.uniform(-0.05, 0.25), 1.0])
    middle = (top + elbow) / 2 + random.uniform(-0.04, 0.04, 2)
    corners = np.stack([top, middle, elbow, end, foot])
    return [curve(corners, 60) if random.random() < 0.4 else corners]


def narrow_eight(random: Generator) -> Glyph:
    """A narrow eight in one stroke, whose ends may miss each other."""
    widths = random.uniform(0.08, 0.25), random.uniform(0.1, 0.28)
    waist = random.uniform(0.38, 0.52)
    t = np.linspace(random.uniform(-0.4, 0.3), 2 * math.pi + random.uniform(-0.3, 0.5), 70)
    height = -np.cos(t)  # from -1, the top, over 0, the waist, to 1
    x = np.where(height < 0, *widths) * np.sin(2 * t) * random.choice([-1, 1])
    y = waist + height * np.where(height < 0, waist, 1 - waist)
    return [np.stack([x, y], 1)]


def angular_three(random: Generator) -> Glyph:
    """A three with a flat top and a sharp corner above its belly."""
    start = np.array([0.0, random.uniform(0, 0.12)])
    corner = np.array([random.uniform(0.35, 0.6), random.uniform(0, 0.08)])
    waist = np.array([random.uniform(0.1, 0.35), random.uniform(0.32, 0.48)])
    belly = np.array([random.uniform(0.4, 0.65), random.uniform(0.55, 0.75)])
    end = np.array([random.uniform(-0.1, 0.15), random.uniform(0.92, 1)])
    return [np.concatenate([[start, corner, waist], curve(np.stack([waist, belly, end]))])]


def slanted(glyph: Glyph, random: Generator) -> Glyph:
    """The glyph with a random slant and width."""
    slant, width = random.uniform(-0.15, 0.4), random.uniform(0.75, 1.3)
    return [stroke @ [[width, 0.0], [-slant, 1.0]] for stroke in glyph]
