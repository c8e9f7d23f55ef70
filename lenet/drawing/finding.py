"""From a picture of one digit to its ink.

1. The picture is reduced to a working picture with a side of about 400 pixels.
2. Its contrast is measured in three ways, and printed rules are erased (`contrast`, `ruling`).
3. Each contrast is cut at a few thresholds. Connected components that belong together, and are not
   frames, print, specks or pieces of the desk, are a candidate for the digit (`grouping`).
4. The candidate wins whose outline is where the picture changes most, whose strokes are thin, and
   which most of the others agree with.
5. If there is a sheet on a desk (`sheet`), its candidates compete with those of the whole picture.
6. A small digit in a large picture is looked at again, closer.
7. Its ink is brought to full strength, and its strokes to the width that MNIST's have
   (`stroke_width`).

`lenet/page/web/core/finding.js` computes the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lenet.drawing.components import WHOLE_BOX, Box, Components, Mask, components
from lenet.drawing.contrast import (
    FULL,
    TINY,
    WHITE,
    Contrast,
    Levels,
    Whole,
    border,
    bounded,
    changes,
    colours,
    contrasts,
    different,
    dilation,
    quantile,
    sums_of_nine,
    working_factor,
    working_picture,
)
from lenet.drawing.foreign import FILLING
from lenet.drawing.grouping import Digit, digit
from lenet.drawing.ink import BOX, Ink
from lenet.drawing.preprocessing import crop_to_ink, fit_into_box, levels, round_half_up
from lenet.drawing.ruling import without_rules
from lenet.drawing.sheet import sheet
from lenet.drawing.stroke_width import CANVAS, mask_width, with_usual_strokes

THRESHOLDS = (0.7, 0.5, 0.35, 0.25, 0.18, 0.125, 0.09)
"""Contrast is cut at these shares of its maximum, from the blackest core to pale strokes."""
ELONGATED = 100
"""A picture whose sides differ by more than this factor has no room for a digit."""
EDGE = 0.3
"""An outline is supported where the picture changes by more than this share of the ink."""
LONGER = 0.1
"""What a candidate gains by being as long as the longest: a fragment of a digit is shorter."""
NEARLY = 0.03
"""Of candidates that are this close to the best one, the one with the most ink wins."""
SAME = 800
"""Boxes that overlap by more than this, of `WHOLE_BOX`, are around the same thing."""
CONVINCING = 0.7
"""A candidate of lower quality is not a digit. Nine in ten synthetic pictures of a digit have more
than 0.88, of a block digit more than 0.75."""
PALEST = 0.1
"""Where the strongest contrast is less than this, as a share of `FULL`, are folds and shadows."""
VISIBLE = 0.0016
"""A small digit must stand out: its share of the picture's side, times the square of its mean
contrast, is at least this. Anything both small and pale is a fold or an edge."""
DOMINANT = 0.33
"""A digit has at least this share of the ink."""
CLOSE = 80
"""If its longer side has fewer working pixels, a digit in a reduced picture is looked at again."""
AROUND = 0.6
"""The margin of the closer look, as a share of the digit's longer side."""
SMALL = 28
"""Digits up to this size, which is MNIST's field, keep their greys: each pixel counts."""
FULLEST = 0.9
"""The level of a small digit's darkest strokes is this quantile of its pixels'."""
MARGIN = 1.4
"""Side of the ink square for the digit's longer side, as in MNIST: 28 for 20 pixels."""


NO_PICTURE = np.zeros((1, 1, 1), np.int16)
"""What is shown of an elongated picture."""


@dataclass(frozen=True)
class Found:
    """What was found in a picture."""

    ink: Ink
    """`(n, n)` in [0, 1], in 256 levels: the digit in the middle of a square; 0 without a digit"""
    count: int
    """how many digits are in the picture"""
    frames: dict[str, Ink]
    """the working picture in grey, `picture`; its `contrast` without rules; what is `taken` for
    ink; and the `ink`"""


class Candidate(NamedTuple):
    """What may be the digit: some components of one contrast, cut at one threshold."""

    contrast: Contrast
    parts: Components
    digit: Digit
    quality: float
    """at most 1"""

    @property
    def is_convincing(self) -> bool:
        """Whether it is a digit rather than whatever else stands out."""
        if max(self.parts.shape) <= TINY:
            return True
        placed = self.digit.clear or self.size > FILLING * max(self.parts.shape)
        if not placed or self.digit.box.is_flat:
            return False
        if self.digit.share < DOMINANT or self.quality < CONVINCING:
            return False
        mass, area = (int(n[self.digit.chosen].sum()) for n in (self.parts.mass, self.parts.area))
        contrast = mass / (area * FULL)
        return contrast * contrast * self.size >= VISIBLE * max(self.parts.shape)

    @property
    def size(self) -> int:
        """The digit's longer side in working pixels."""
        return self.digit.box.size


def find(picture: Levels) -> Found:
    """The digit in a picture, from its levels `(H, W, C)`."""
    if _is_elongated(picture):
        return _nothing(NO_PICTURE, None)
    channels = colours(bounded(picture))
    working = working_picture(channels)
    best = _best_candidate(working)
    if best is None or not best.is_convincing:
        return _nothing(working, best)
    factor = working_factor(*channels.shape[:2])
    if factor > 1 and best.size < CLOSE:
        margin = round_half_up(AROUND * best.size)
        box = best.digit.box.grown(margin, working.shape)
        top, left, bottom, right = (factor * side for side in box)
        closer = working_picture(channels[top:bottom, left:right])
        again = _best_candidate(closer)
        if again is not None and again.is_convincing:
            return _found(closer, again, best.digit.digits)
    return _found(working, best, best.digit.digits)


def silhouette(picture: Levels) -> Found:
    """A thing on a plain background, from the picture's levels `(H, W, C)`; its greys are kept.

    Ink is the distance from the border's colour; what varies along the border is noise. Its longer
    side is at most `CANVAS` pixels, as that of a digit.
    """
    if _is_elongated(picture):
        return _nothing(NO_PICTURE, None)
    working = working_picture(colours(bounded(picture)))
    distance = different(working)
    lowest, highest = 4 * quantile(border(distance), 0.5), int(distance.max())
    if highest - lowest < Contrast(distance, 0).least:
        return _nothing(working, None)
    ink = np.clip((distance - lowest) / (highest - lowest), 0, 1).astype(np.float32)
    thing = crop_to_ink(ink)
    square = _square(fit_into_box(thing, CANVAS) if max(thing.shape) > CANVAS else thing)
    frames = {"picture": _grey(working), "contrast": _visible(distance), "taken": ink}
    return Found(square, 1, {**frames, "ink": square})


def _is_elongated(picture: Levels) -> bool:
    shorter, longer = sorted(picture.shape[:2])
    return longer > ELONGATED * shorter


def _best_candidate(working: Whole) -> Candidate | None:
    """The best candidate in a working picture; None if nothing stands out.

    If there is a sheet on a desk, the digit is also looked for on the sheet alone. The edge of a
    shadow looks like that of a sheet and may cut a digit in two, so the candidates in
    the whole picture compete, too.
    """
    change = changes(working)
    clean = [without_rules(contrast) for contrast in contrasts(working).values()]
    inside = sheet(working)
    if inside is not None:
        clean += [_within(contrast, inside) for contrast in clean]
    return _best(
        [
            _candidate(contrast, threshold, change)
            for contrast in clean
            for threshold in _thresholds(contrast)
        ]
    )


def _within(contrast: Contrast, inside: Mask) -> Contrast:
    """Contrast in a part of a picture; everything around it becomes one object with the most."""
    most = contrast.plane[inside].max()
    return Contrast(np.where(inside, contrast.plane, most), contrast.noise)


def _candidate(contrast: Contrast, threshold: int, change: Whole) -> Candidate:
    parts = components(contrast.plane, threshold)
    chosen = digit(parts)
    mask = parts.mask(chosen.chosen, chosen.box.grown(1, parts.shape))
    return Candidate(contrast, parts, chosen, _quality(parts, chosen, mask, change))


def _thresholds(contrast: Contrast) -> Iterator[int]:
    """Shares of the maximum, from high to low, as far as they are above the noise."""
    highest = int(contrast.plane.max())
    if highest <= max(contrast.least, int(PALEST * FULL)):
        return
    if max(contrast.plane.shape) <= TINY:
        # Each pixel counts, the palest, too.
        yield contrast.least
        return
    for share in THRESHOLDS:
        yield max(int(share * highest), contrast.least)
        if share * highest <= contrast.least:
            return


def _quality(parts: Components, chosen: Digit, mask: Mask, change: Whole) -> float:
    """How much a candidate, the `mask` in its box with a margin of 1, is like a pen's strokes.

    It is the share of its outline along which the picture itself changes, less the strokes' width
    as a share of its size, less the share of the picture's border that it covers. A gap between
    objects, a shadow or a sheet has an outline where nothing changes, is wide, or is at the border.
    """
    box = chosen.box.grown(1, parts.shape)
    outline = mask & (dilation((~mask).astype(np.int8), 1) > 0)
    area, mass = (int(values[chosen.chosen].sum()) for values in (parts.area, parts.mass))
    supported = int((change[box.slices][outline] > EDGE * mass / area).sum())
    width = mask_width(mask) / chosen.box.size
    covered = int(parts.contact[:, chosen.chosen].sum()) / (2 * sum(parts.shape))
    return supported / max(int(outline.sum()), 1) - width - covered


def _best(found: list[Candidate]) -> Candidate | None:
    """The candidate of the best quality that most of the others agree with; None if none is found.

    A digit is found in the same place in two ways and at many thresholds. A fragment of it, a gap
    between two things, or the grain of a desk is found at few.
    """
    if not found:
        return None
    # What looks like something else counts only if there is nothing else.
    likely = [candidate for candidate in found if candidate.is_convincing] or found
    # Sheets, desks and frames are found at many thresholds, too, so their boxes have no vote.
    clear = [c for c in found if c.digit.clear or c.is_convincing] or found
    boxes = [candidate.digit.box for candidate in clear]
    longest = max(candidate.size for candidate in likely)
    scores = [c.quality + _agreement(c, boxes) + LONGER * c.size / longest for c in likely]
    highest = max(scores)
    top = likely[scores.index(highest)]
    close = [
        candidate
        for candidate, score in zip(likely, scores, strict=True)
        if candidate.contrast is top.contrast and score >= highest - NEARLY
    ]
    # The last has the most ink.
    best = close[-1]
    digit = best.digit._replace(digits=_usual_count(best.digit.box, likely))
    return best._replace(digit=digit)


def _usual_count(box: Box, likely: list[Candidate]) -> int:
    """The median number of digits in the candidates with about this box.

    What is visible next to the digit depends on the threshold. If the candidates are split evenly,
    the higher number is safer: a visitor notices at once if it is wrong.
    """
    counts = sorted(c.digit.digits for c in likely if c.digit.box.overlap(box) > SAME)
    return counts[len(counts) // 2]


def _agreement(candidate: Candidate, boxes: list[Box]) -> float:
    """The mean overlap of a candidate's box with all `boxes`, from 0 to 1."""
    # Sums of whole numbers don't depend on their order.
    overlaps = [candidate.digit.box.overlap(box) for box in boxes]
    return sum(overlaps) / (WHOLE_BOX * len(boxes))


def _found(working: Whole, best: Candidate, count: int) -> Found:
    ink = _square(_ink(best))
    return Found(ink, count, {**_frames(working, best), "ink": ink})


def _nothing(working: Whole, best: Candidate | None) -> Found:
    """Without a digit; `best` is what stands out nevertheless."""
    blank = np.zeros(working.shape[:2], np.float32)
    frames = {"picture": _grey(working), "contrast": blank, "taken": blank}
    ink = np.zeros((SMALL, SMALL), np.float32)
    return Found(ink, 0, {**(_frames(working, best) if best else frames), "ink": ink})


def _frames(working: Whole, best: Candidate) -> dict[str, Ink]:
    """The steps up to what is taken for ink."""
    everything = Box(0, 0, *best.parts.shape)
    taken = best.parts.mask(best.digit.chosen, everything).astype(np.float32)
    return {"picture": _grey(working), "contrast": _visible(best.contrast.plane), "taken": taken}


def _grey(working: Whole) -> Ink:
    """A working picture in grey; 1 is white, and so is what is transparent."""
    lightness = working[..., :3].sum(axis=2, dtype=np.float64) / min(working.shape[2], 3)
    if working.shape[2] == 4:
        lightness += WHITE - working[..., 3]
    return (lightness / WHITE).astype(np.float32)


def _visible(plane: Whole) -> Ink:
    """Contrast in [0, 1]."""
    return (np.maximum(plane, 0) / max(int(plane.max()), 1)).astype(np.float32)


def _ink(best: Candidate) -> Ink:
    """The digit's ink `(h, w)` at full strength, with strokes like MNIST's."""
    box = best.digit.box.grown(3, best.parts.shape)
    mask = best.parts.mask(best.digit.chosen, box)
    plane = best.contrast.plane[box.slices]
    if best.size > SMALL:
        return with_usual_strokes(
            _strengthened(plane, _local_maximum(plane, mask), 2) * _softened(mask)
        )
    full = quantile(plane[mask], FULLEST)
    if best.size >= BOX:
        return _strengthened(plane, full, 1) * _softened(mask)
    # Enlarged in steps, a stroke would look like stairs. Sums of half the contrast fit in 16 bits.
    smooth = sums_of_nine(_three_times(plane // 2))
    enlarged = _strengthened(smooth, 9 * full // 2, 1) * _three_times(_softened(mask))
    return with_usual_strokes(enlarged)


def _softened(mask: Mask) -> Whole:
    """A mask with the pixels next to it."""
    return dilation(mask.astype(np.int16), 1)


def _three_times(plane: Whole) -> Whole:
    """Each pixel as 3×3."""
    return plane.repeat(3, axis=0).repeat(3, axis=1)


def _local_maximum(plane: Whole, mask: Mask) -> Whole:
    """The largest contrast of the digit within a stroke's width of each pixel."""
    radius = max(1, round_half_up(mask_width(mask)))
    return np.maximum(dilation(np.where(mask, plane, 0), radius), 1)


def _strengthened(plane: Whole, full: Whole | int, steepness: float) -> Ink:
    """Ink of contrast: ½ where it is half of `full`, steeper or less steep around it."""
    return np.clip(0.5 + steepness * (plane / full - 0.5), 0, 1).astype(np.float32)


def _square(ink: Ink) -> Ink:
    """The ink in the middle of a square, as in MNIST."""
    ink = crop_to_ink(ink)
    height, width = ink.shape
    side = round_half_up(MARGIN * max(ink.shape))
    top, left = (side - height) // 2, (side - width) // 2
    square = np.zeros((side, side), np.float32)
    square[top : top + height, left : left + width] = levels(ink)
    return square
