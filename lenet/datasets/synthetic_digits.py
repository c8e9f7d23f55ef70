"""Drawings that are made, not collected: styles that MNIST barely holds, and what is no digit.

MNIST's writers were Americans: a one is a bare line there, a seven has no bar and a zero no slash.
Elsewhere people write otherwise, and everywhere they draw things that are no digits at all.
Nothing here comes from recorded handwriting: the shapes are described below or taken from the
fonts that matplotlib brings along.
"""

import math
import re
import unicodedata
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.ft2font import FT2Font
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from lenet.drawing.ink import ink_from_strokes
from lenet.drawing.preprocessing import network_input

Points = NDArray[np.float64]
Glyph = list[Points]


def curve(points: Points, count: int = 24) -> Points:
    """A smooth line `(n, 2)` through the points `(k, 2)`: a Catmull-Rom spline."""
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    t = np.linspace(0, 1, max(2, count // (len(points) - 1)))[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        quadratic = (2 * a - 5 * b + 4 * c - d) * t**2
        parts.append(0.5 * (2 * b + (c - a) * t + quadratic + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate(parts)


def ellipse(centre: Points, radii: Points, start: float, sweep: float) -> Points:
    """Part of an ellipse from angle `start` over `sweep` (radians, clockwise on the pad)."""
    angles = start + sweep * np.linspace(0, 1, 32)
    return centre + radii * np.stack([np.cos(angles), np.sin(angles)], axis=1)


# ---------------------------------------------------------------- styles of digits


def flagged_one(random: Generator) -> Glyph:
    """A one with an upstroke, sometimes with a foot."""
    top = np.array([0.0, 0.0])
    foot = np.array([random.uniform(-0.25, 0.1), 1.0])
    bend = np.array([random.uniform(-0.06, 0.06), 0.5]) + foot * [0.5, 0]
    # From the vertical, down and left: a flatter flag would make it a seven.
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
    """A nine whose stem bends to the left at its foot, or leans far over without bending."""
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
    """A four that is open at the top, of two strokes that need not meet."""
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


def made_digits(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Images `(count, 1, 28, 28)` uint8 of digits in those styles, and labels `(count,)` int64."""
    random = np.random.default_rng((seed, 1))
    shares = [share for *_, share in STYLES]
    chosen = random.choice(len(STYLES), count, p=shares)
    images = [draw(slanted(STYLES[i][1](random), random), random) for i in chosen]
    return _stack(images), torch.tensor([STYLES[i][0] for i in chosen])


def slanted(glyph: Glyph, random: Generator) -> Glyph:
    """The glyph with a slant and a width of its own."""
    slant, width = random.uniform(-0.15, 0.4), random.uniform(0.75, 1.3)
    return [stroke @ [[width, 0.0], [-slant, 1.0]] for stroke in glyph]


# ---------------------------------------------------------------- no digits


def letter_like(random: Generator) -> Glyph:
    """One to four strokes, lines and bows, most of them touching: like a letter of no alphabet."""
    glyph: Glyph = []
    count = int(random.choice([1, 2, 3, 4], p=[0.2, 0.35, 0.3, 0.15]))
    for _ in range(count):
        kind = str(random.choice(["line", "corners", "curve", "bow"]))
        if count == 1 and kind in ("line", "bow"):
            kind = "curve"  # else it may well be a one or a zero
        if kind == "bow":
            radii = random.uniform(0.1, 0.5, 2)
            start, sweep = random.uniform(0, 2 * math.pi), random.uniform(2, 6.3)
            stroke = ellipse(random.uniform(0, 1, 2), radii, start, sweep)
        else:
            fewest, most = {"line": (2, 2), "corners": (3, 4), "curve": (4, 6)}[kind]
            stroke = random.uniform(0, 1, (int(random.integers(fewest, most + 1)), 2))
            if random.random() < 0.5:  # hands like verticals and horizontals
                axis = random.integers(2)
                stroke[1, axis] = stroke[0, axis]
            if kind == "curve":
                stroke = curve(stroke, 40)
        if glyph and random.random() < 0.7:
            anchor = glyph[random.integers(len(glyph))]
            own = stroke[random.integers(len(stroke))]
            stroke = stroke + anchor[random.integers(len(anchor))] - own
        glyph.append(stroke)
    width, height = np.ptp(np.concatenate(glyph), axis=0)
    # A narrow upright thing may well be a one.
    return glyph if width > height / 4 else letter_like(random)


def scribble(random: Generator) -> Glyph:
    """One long line that goes to and fro."""
    return [curve(random.uniform(0, 1, (int(random.integers(8, 30)), 2)), 160)]


FONTS = ("DejaVuSans.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSerif.ttf", "STIXGeneral.ttf")
# What may be read as a digit by good right, in the alphabets that look like the Latin one.
LOOKALIKES = set("oOQDCcGeIlLiJjtTrSsZzBbgqpPyvVaA|!/\\,.'`()[]{}⟨⟩°ºª-_~*·•:;ıȷſßþÞƒ")
LOOKALIKES |= set("ΟοΙιΒβσδθΘΓτγζΖςρϽОоСсЗзВБбІіЈјГгчЧЬьъЪуУэЭЕеЅѕаАԛԍՕօՏՈոռߋՀԳ")
LOOKS_BY_NAME = re.compile(
    "DIGIT|VERTICAL|BAR|LINE|CIRCLE|EMPTY SET|INFINITY|SLASH|DIVIDES|EZH|YOGH|PALOCHKA|CLICK"
    "|BRAILLE|HEXAGRAM|DOMINO|PLAYING"  # no lookalikes, but too many of the same kind
)


def font_characters() -> list[tuple[str, str]]:
    """Pairs (font file, character): all that is no digit and no lookalike, in all `FONTS`."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pairs = []
    for name in FONTS:
        for code in sorted(FT2Font(str(folder / name)).get_charmap()):
            character = chr(code)
            category = unicodedata.category(character)
            plain = unicodedata.normalize("NFKD", character)[0]
            # Letters and symbols; none of the modifiers, marks, numbers and spaces.
            if category not in ("Lu", "Ll", "Lo", "Sm", "So", "Sc", "Po") or not code:
                continue
            if plain in LOOKALIKES or unicodedata.numeric(plain, None) is not None:
                continue
            if LOOKS_BY_NAME.search(unicodedata.name(character, "")):
                continue
            pairs.append((str(folder / name), character))
    return pairs


def font_images(count: int, random: Generator) -> list[NDArray[np.float32]]:
    """Network inputs `(28, 28)` of characters chosen at random."""
    characters = font_characters()
    fonts = {name: ImageFont.truetype(name, 72) for name in {name for name, _ in characters}}
    images: list[NDArray[np.float32]] = []
    while len(images) < count:
        name, character = characters[random.integers(len(characters))]
        canvas = Image.new("L", (240, 160))
        ImageDraw.Draw(canvas).text((60, 30), character, font=fonts[name], fill=255)
        image = network_input(np.asarray(canvas, np.float32) / np.float32(255))
        if image.any():
            images.append(image)
    return images


def texture(random: Generator) -> NDArray[np.float32]:
    """Noise of a random grain, threshold and share of the field."""
    grain = int(random.integers(2, 15))
    noise = Image.fromarray(random.random((grain, grain)).astype(np.float32))
    field = np.asarray(noise.resize((28, 28), Image.Resampling.BICUBIC))
    contrast = random.uniform(1, 20)
    image = np.clip((field - random.uniform(0.3, 0.7)) * contrast + 0.5, 0, 1)
    if random.random() < 0.5:
        edge = int(random.integers(0, 8))
        image[:edge], image[28 - edge :], image[:, :edge], image[:, 28 - edge :] = 0, 0, 0, 0
    return image.astype(np.float32)


def made_nondigits(count: int, seed: int) -> Tensor:
    """Images `(count, 1, 28, 28)` uint8 of what is no digit."""
    random = np.random.default_rng((seed, 2))
    fonts, letters, scribbles = int(count * 0.4), int(count * 0.4), int(count * 0.1)
    images = font_images(fonts, random)
    images += [draw(letter_like(random), random) for _ in range(letters)]
    images += [draw(scribble(random), random) for _ in range(scribbles)]
    images += [texture(random) for _ in range(count - len(images))]
    return _stack(images)


def mixed_halves(images: Tensor, generator: torch.Generator) -> Tensor:
    """One half of each image `(B, 1, 28, 28)` and the other half of another one."""
    partners = images[torch.randperm(len(images), generator=generator).to(images.device)]
    upper, left = torch.zeros(2, 1, 1, 28, 28, device=images.device)
    upper[..., :14, :], left[..., :14] = 1, 1
    across = torch.rand(len(images), 1, 1, 1, generator=generator).to(images.device) < 0.5
    kept = torch.where(across, upper, left)
    return images * kept + partners * (1 - kept)


# ---------------------------------------------------------------- from strokes to images


def draw(glyph: Glyph, random: Generator) -> NDArray[np.float32]:
    """Bring a glyph of any size to the pad and down the sketch's own path: `(28, 28)`."""
    points = np.concatenate(glyph)
    low, extent = points.min(0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    placed = [0.1 + 0.8 * (stroke - low) / extent for stroke in glyph]
    width = 0.8 * random.uniform(0.08, 0.16)
    return network_input(ink_from_strokes([s.tolist() for s in placed], width, pixels=84))


def _stack(images: list[NDArray[np.float32]]) -> Tensor:
    return torch.from_numpy(np.rint(np.stack(images) * 255).astype(np.uint8))[:, None]
