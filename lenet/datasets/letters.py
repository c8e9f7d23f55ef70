"""Letters and symbols written by a synthetic hand, from the stroke fonts of A. V. Hershey.

Hershey, "Calligraphy for computers", 1967. The package Hershey-Fonts contains them as polylines,
which printed fonts lack: the strokes can be bent as handwriting is.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from HersheyFonts import HersheyFonts
from numpy.random import Generator

from lenet.datasets.glyphs import Glyph, dense
from lenet.datasets.hands import handwritten, unit

WOBBLE = 0.06
"""More makes some letters illegible."""

PLAIN = ("futural", "futuram", "cursive", "scripts", "rowmans", "timesi")
"""Latin alphabets that resemble handwriting; they are drawn more often."""
PLAIN_WEIGHT = 3.0
ORNATE = ("scriptc", "rowmand", "gothitt", "timesr", "gothgbt", "gothiceng", "astrology")
LATIN_LOOKALIKES = "BDGIJOQSZbgiloqsz"
PUNCTUATION = "!'(),-./:;?[\\]_`{|}\""
"""Marks too plain to distinguish from a digit."""
FOREIGN = {
    "greek": PUNCTUATION + "BFIOVZbdfios",
    "greeks": PUNCTUATION + "BFIOUbdioru",
    "cyrillic": PUNCTUATION + "BFJOVZbfjovz~",
    "cyrilc_1": PUNCTUATION + "BCHOUXbchoux",
    "japanese": "Qikm",
    "symbolic": "Hstv}",
    "markers": "Aa",
}
"""Alphabets and symbols at the codes of Latin characters, and the codes of their lookalikes: what
may be read as a digit."""

CODES = range(33, 127)
"""The printable characters of ASCII."""
DIGITS = "0123456789"
SMALLEST = 3
"""Longer side of the smallest character, in the fonts' units; a letter has about 20."""
NARROWEST = 0.22
"""A single stroke that is narrower than this share of its length is a plain line."""


class Letter(NamedTuple):
    """A character as strokes, and how often it is drawn."""

    strokes: Glyph
    weight: float


@cache
def alphabet(with_digits: bool = False) -> tuple[Letter, ...]:
    """The characters of the fonts, without digits and lookalikes unless `with_digits`."""
    lookalikes = dict.fromkeys((*PLAIN, *ORNATE), PUNCTUATION + LATIN_LOOKALIKES) | FOREIGN
    letters = []
    for font, excluded in lookalikes.items():
        hershey = HersheyFonts()
        hershey.load_default_font(font)
        weight = PLAIN_WEIGHT if font in PLAIN else 1.0
        for character in map(chr, CODES):
            if character in DIGITS + excluded and not with_digits:
                continue
            strokes = _joined([np.array(s, float) for s in hershey.strokes_for_text(character)])
            if strokes and (with_digits or not _is_plain(strokes)):
                letters.append(Letter([dense(s, 0.06) for s in unit(strokes)], weight))
    return tuple(letters)


def handwritten_letters(count: int, random: Generator, with_digits: bool = False) -> list[Glyph]:
    """Random characters of the `alphabet`, each as a different hand would write it."""
    letters = alphabet(with_digits)
    weights = np.array([letter.weight for letter in letters])
    chosen = random.choice(len(letters), count, p=weights / weights.sum())
    return [handwritten(letters[i].strokes, random, WOBBLE) for i in chosen]


def _joined(strokes: Glyph) -> Glyph:
    """The strokes, joined where one starts at the end of the one before; dots are left out."""
    joined: Glyph = []
    for stroke in strokes:
        if len(stroke) < 2:
            continue
        if joined and np.array_equal(joined[-1][-1], stroke[0]):
            joined[-1] = np.concatenate([joined[-1], stroke[1:]])
        else:
            joined.append(stroke)
    return joined


def _is_plain(strokes: Glyph) -> bool:
    """Whether a character is a speck or a single line in any direction."""
    points = np.concatenate(strokes)
    if np.ptp(points, axis=0).max() < SMALLEST:
        return True
    # The singular values are the spreads along and across the direction of the line.
    along, across = np.linalg.svd(points - points.mean(0), compute_uv=False)
    return len(strokes) == 1 and bool(across < NARROWEST * along)
