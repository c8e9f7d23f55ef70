"""Synthetic drawings that are not digits: letters, doodles, scribbles, textures, mixed halves.

Letters and symbols come from stroke fonts (`letters`) and from the fonts that ship with matplotlib;
everything else is generated. To a network that reads clothes, digits are non-digits, too: here the
word means any drawing that belongs to none of the classes.
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

from lenet.datasets.datasets import MNIST, DatasetDescription
from lenet.datasets.doodles import doodle
from lenet.datasets.glyphs import Glyph, curve, draw, ellipse, stack
from lenet.datasets.letters import handwritten_letters
from lenet.drawing.preprocessing import network_input


def letter_like(random: Generator) -> Glyph:
    """One to four lines and curves that mostly touch, like a letter of an unknown alphabet."""
    glyph: Glyph = []
    count = int(random.choice([1, 2, 3, 4], p=[0.2, 0.35, 0.3, 0.15]))
    for _ in range(count):
        kind = str(random.choice(["line", "corners", "curve", "bow"]))
        if count == 1 and kind in ("line", "bow"):
            kind = "curve"  # a single line or bow may look like a one or a zero
        if kind == "bow":
            radii = random.uniform(0.1, 0.5, 2)
            start, sweep = random.uniform(0, 2 * math.pi), random.uniform(2, 6.3)
            stroke = ellipse(random.uniform(0, 1, 2), radii, start, sweep)
        else:
            fewest, most = {"line": (2, 2), "corners": (3, 4), "curve": (4, 6)}[kind]
            stroke = random.uniform(0, 1, (int(random.integers(fewest, most + 1)), 2))
            if random.random() < 0.5:  # people prefer verticals and horizontals
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
    # A narrow upright shape may look like a one.
    return glyph if width > height / 4 else letter_like(random)


def scribble(random: Generator) -> Glyph:
    """One long curve that goes back and forth."""
    return [curve(random.uniform(0, 1, (int(random.integers(8, 30)), 2)), 160)]


FONTS = ("DejaVuSans.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSerif.ttf", "STIXGeneral.ttf")
# Characters that resemble a digit, in Latin and similar alphabets.
LOOKALIKES = set("oOQDCcGeIlLiJjtTrSsZzBbgqpPyvVaA|!/\\,.'`()[]{}⟨⟩°ºª-_~*·•:;ıȷſßþÞƒ")
LOOKALIKES |= set("ΟοΙιΒβσδθΘΓτγζΖςρϽОоСсЗзВБбІіЈјГгчЧЬьъЪуУэЭЕеЅѕаАԛԍՕօՏՈոռߋՀԳ")
LOOKALIKE_NAMES = re.compile(
    "DIGIT|VERTICAL|BAR|LINE|CIRCLE|EMPTY SET|INFINITY|SLASH|DIVIDES|EZH|YOGH|PALOCHKA|CLICK"
    "|BRAILLE|HEXAGRAM|DOMINO|PLAYING"  # not lookalikes, but too numerous
)


def font_characters(with_digits: bool = False) -> list[tuple[str, str]]:
    """Pairs (font file, character) in `FONTS`; digits and lookalikes only if `with_digits`."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pairs = []
    for name in FONTS:
        for code in sorted(FT2Font(str(folder / name)).get_charmap()):
            character = chr(code)
            category = unicodedata.category(character)
            plain = unicodedata.normalize("NFKD", character)[0]
            # Letters and symbols only: no modifiers, marks, numbers or spaces.
            if category not in ("Lu", "Ll", "Lo", "Sm", "So", "Sc", "Po") or not code:
                continue
            resembles_digit = plain in LOOKALIKES or unicodedata.numeric(plain, None) is not None
            if resembles_digit and not with_digits:
                continue
            if LOOKALIKE_NAMES.search(unicodedata.name(character, "")):
                continue
            pairs.append((str(folder / name), character))
    return pairs


def font_images(
    count: int, random: Generator, description: DatasetDescription = MNIST
) -> list[NDArray[np.float32]]:
    """Network inputs `(28, 28)` of random characters, prepared as the data set's images are."""
    characters = font_characters(not description.has_digits)
    fonts = {name: ImageFont.truetype(name, 72) for name in {name for name, _ in characters}}
    images: list[NDArray[np.float32]] = []
    while len(images) < count:
        name, character = characters[random.integers(len(characters))]
        canvas = Image.new("L", (240, 160))
        ImageDraw.Draw(canvas).text((60, 30), character, font=fonts[name], fill=255)
        ink = np.asarray(canvas, np.float32) / np.float32(255)
        image = network_input(ink, description.box, description.centring)
        if image.any():
            images.append(image)
    return images


def texture(random: Generator) -> NDArray[np.float32]:
    """Noise with a random grain, threshold and extent."""
    grain = int(random.integers(2, 15))
    noise = Image.fromarray(random.random((grain, grain)).astype(np.float32))
    field = np.asarray(noise.resize((28, 28), Image.Resampling.BICUBIC))
    contrast = random.uniform(1, 20)
    image = np.clip((field - random.uniform(0.3, 0.7)) * contrast + 0.5, 0, 1)
    if random.random() < 0.5:
        edge = int(random.integers(0, 8))
        image[:edge], image[28 - edge :], image[:, :edge], image[:, 28 - edge :] = 0, 0, 0, 0
    return image.astype(np.float32)


SHARES = {
    "fonts": 0.2,
    "letters": 0.3,
    "letter_like": 0.15,
    "doodles": 0.25,
    "scribbles": 0.05,
    "textures": 0.05,
}
"""The share of each kind. Printed characters add little to handwritten ones."""


def synthetic_non_digits(count: int, seed: int, description: DatasetDescription = MNIST) -> Tensor:
    """Images `(count, 1, 28, 28)` uint8 of non-digits, prepared as the data set's images are.

    If its classes are not digits, digits and their lookalikes are among them.
    """
    random = np.random.default_rng((seed, 2))
    counts = {kind: int(share * count) for kind, share in SHARES.items()}
    letters = handwritten_letters(counts["letters"], random, not description.has_digits)
    glyphs = [
        *letters,
        *(letter_like(random) for _ in range(counts["letter_like"])),
        *(doodle(random) for _ in range(counts["doodles"])),
        *(scribble(random) for _ in range(counts["scribbles"])),
    ]
    images = font_images(counts["fonts"], random, description)
    images += [draw(glyph, random, description.box, description.centring) for glyph in glyphs]
    images += [texture(random) for _ in range(count - len(images))]
    return stack(images)


def mixed_halves(images: Tensor, generator: torch.Generator) -> Tensor:
    """Combine half of each image `(B, 1, 28, 28)` with the opposite half of a random partner."""
    partners = images[torch.randperm(len(images), generator=generator).to(images.device)]
    upper, left = torch.zeros(2, 1, 1, 28, 28, device=images.device)
    upper[..., :14, :], left[..., :14] = 1, 1
    across = torch.rand(len(images), 1, 1, 1, generator=generator).to(images.device) < 0.5
    mask = torch.where(across, upper, left)
    return images * mask + partners * (1 - mask)
