"""From ink to network input, prepared in the same way as the training images.

LeCun, Bottou, Bengio and Haffner 1998, section III.A: the digit is scaled to fit a box of 20×20
pixels, keeping its aspect ratio, with grey levels from antialiasing. It is placed in a 28×28 field
with its centre of mass in the middle. Fashion-MNIST's clothes fill the 28 pixels of the field and
are centred by their box (Xiao, Rasul, Vollgraf 2017, section 2).

`lenet/page/web/core/preprocessing.js` computes the same. Sums are float64, ink is float32.
"""

import math
from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.ink import (
    BOX,
    PEN_WIDTH,
    Ink,
    Strokes,
    has_stray_taps,
    ink_from_sketch,
    ink_from_strokes,
    ink_on_pad,
)

FIELD = 28
FAINT = 0.02
"""Ink fainter than this is ignored when the digit's bounding box is measured."""
PAD_PIXELS = 3 * FIELD
"""Side of the film-strip's picture of the pad."""

Step = Callable[[Ink], Ink]


def network_input(ink: Ink, box: int = BOX, centring: str = "mass") -> Ink:
    """Turn ink `(H, W)` in [0, 1] into an image like MNIST's, `(28, 28)`; blank stays blank.

    The longer side becomes `box` pixels; `centring` ("mass" or "box") says what is centred.
    """
    return walk(ink, box=box, centring=centring)["centre"]


def walk(
    ink: Ink, skip: Collection[str] = (), box: int = BOX, centring: str = "mass"
) -> dict[str, Ink]:
    """`ink` after each step: `crop`, `box` and `centre`, the network input.

    Steps named in `skip` are left out, to show what each step contributes.
    """
    centre = centre_by_mass if centring == "mass" else centre_by_box
    steps: dict[str, tuple[Step, Step]] = {  # the step, and what replaces it if it is skipped
        "crop": (crop_to_ink, lambda ink: ink),
        "box": (lambda ink: fit_into_box(ink, box), squeeze),
        "centre": (centre, lambda ink: _place(ink, 0, 0)),
    }
    frames = {}
    for name, (step, replacement) in steps.items():
        ink = (replacement if name in skip else step)(ink)
        frames[name] = ink
    return frames


def walk_strokes(
    strokes: Strokes, skip: Collection[str] = (), box: int = BOX, centring: str = "mass"
) -> dict[str, Ink]:
    """Strokes on the pad, `draw`, and after each step: `crop`, `box` and `centre`.

    Strokes have no pixels, so they are drawn again at the size of the box instead of being resized.
    Skipping "pen" draws them with the pad's pen. Cropping leaves out stray taps.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    pen = PEN_WIDTH if "pen" in skip else None
    pad = ink_on_pad(strokes, PAD_PIXELS, pen)
    drawing = pad
    if "crop" not in skip and has_stray_taps(strokes):
        drawing = ink_on_pad(strokes, PAD_PIXELS, pen, stray=False)
    resized = walk(drawing, skip, box, centring)
    if "box" in skip:
        return {"draw": pad, **resized}
    draw = ink_on_pad if "crop" in skip else ink_from_strokes
    drawn = walk(draw(strokes, box, pen), skip, box, centring)
    return {"draw": pad, **drawn, "crop": resized["crop"]}


def walk_sketch(
    strokes: Strokes,
    picture: Ink | None = None,
    skip: Collection[str] = (),
    box: int = BOX,
    centring: str = "mass",
) -> dict[str, Ink]:
    """A sketch on the pad, `draw`, and after each step: `crop`, `box` and `centre`.

    Without skipped steps, the last one is the network input of `ink_from_sketch`.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    if picture is None:
        return walk_strokes(strokes, skip, box, centring)
    ink = ink_from_sketch(strokes, picture)
    return {"draw": ink, **walk(ink, skip, box, centring)}


def is_blank(ink: Ink) -> bool:
    """Whether there is no ink."""
    return not (ink > FAINT).any()


def crop_to_ink(ink: Ink) -> Ink:
    """The smallest rectangle `(h, w)` that contains all the ink; blank ink is unchanged."""
    top, left, bottom, right = ink_bounds(ink)
    return ink[top:bottom, left:right]


def ink_bounds(ink: Ink) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of the ink, half-open; all of it if it is blank."""
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        height, width = ink.shape
        return 0, 0, height, width
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def fit_into_box(ink: Ink, side: int = BOX) -> Ink:
    """Scale `ink` so that its longer side has `side` pixels, keeping the aspect ratio."""
    longest = max(ink.shape)
    height, width = (max(1, round_half_up(length * side / longest)) for length in ink.shape)
    return resize(ink, height, width)


def centre_by_mass(ink: Ink) -> Ink:
    """Place `ink` in a field `(28, 28)` with its centre of mass in the middle.

    It moves by whole pixels, as in MNIST, and never past the edge of the field. The middle is pixel
    index 14: over MNIST's test set the centre of mass averages (13.99, 14.01).
    """
    return _place(ink, *_corner_by_mass(ink))


def _corner_by_mass(ink: Ink) -> tuple[int, int]:
    """Top and left, not limited to the field."""
    exact = ink.astype(np.float64)
    mass = float(exact.sum()) or 1.0
    y = float(exact.sum(axis=1) @ np.arange(ink.shape[0])) / mass
    x = float(exact.sum(axis=0) @ np.arange(ink.shape[1])) / mass
    return round_half_up(FIELD / 2 - y), round_half_up(FIELD / 2 - x)


def centre_by_box(ink: Ink) -> Ink:
    """Place `ink` in the middle of a field `(28, 28)`.

    If the number of empty rows or columns is odd, the top or left gets the extra one, as in
    Fashion-MNIST.
    """
    return _place(ink, *_corner_by_box(ink))


def _corner_by_box(ink: Ink) -> tuple[int, int]:
    height, width = ink.shape
    return (FIELD - height + 1) // 2, (FIELD - width + 1) // 2


def corner(ink: Ink, centring: str = "mass") -> tuple[int, int]:
    """Top and left of `ink`, at most 28×28, in the field where it is centred."""
    by_mass = centring == "mass"
    return _within_field(ink, *(_corner_by_mass(ink) if by_mass else _corner_by_box(ink)))


def squeeze(ink: Ink) -> Ink:
    """All of `ink`, stretched to `(28, 28)` without any other preprocessing."""
    return resize(ink, FIELD, FIELD)


def resize(ink: Ink, height: int, width: int) -> Ink:
    """`ink` with `(height, width)` pixels.

    Along an axis that shrinks, a pixel is the mean over the area that it covers; along one that
    grows, it is interpolated between the centres of the two nearest pixels. An equal size changes
    nothing. A magnified MNIST digit is restored exactly.
    """
    if ink.shape == (height, width):
        return ink
    rows, columns = _shares(ink.shape[0], height), _shares(ink.shape[1], width)
    return (rows @ ink.astype(np.float64) @ columns.T).astype(np.float32)


def _shares(old: int, new: int) -> NDArray[np.float64]:
    """How much each of the `old` pixels contributes to each of the `new`, `(new, old)`."""
    scale = old / new
    index, position = np.arange(old), np.arange(new)[:, None]
    if new <= old:
        ends = np.minimum((position + 1) * scale, index + 1)
        return np.maximum(ends - np.maximum(position * scale, index), 0) / scale
    centre = np.clip((position + 0.5) * scale - 0.5, 0, old - 1)
    return np.maximum(1 - np.abs(centre - index), 0)


def round_half_up(value: float) -> int:
    """The nearest integer; halves, and what lies within 1e-9 below a half, are rounded up.

    Two languages add numbers in different orders. With this margin, the last digit of a sum can't
    decide.
    """
    return math.floor(value + 0.5 + 1e-9)


def levels(ink: Ink) -> Ink:
    """Ink rounded to the 256 levels that a picture on the pad can store."""
    return (np.floor(ink.astype(np.float64) * 255 + 0.5 + 1e-9) / 255).astype(np.float32)


def _place(ink: Ink, top: int, left: int) -> Ink:
    """`ink` in an empty field, with its upper left corner at (top, left) or as close as fits."""
    if max(ink.shape) > FIELD:
        ink = squeeze(ink)
    height, width = ink.shape
    top, left = _within_field(ink, top, left)
    field = np.zeros((FIELD, FIELD), np.float32)
    field[top : top + height, left : left + width] = ink
    return field


def _within_field(ink: Ink, top: int, left: int) -> tuple[int, int]:
    """The corner as close to (top, left) as `ink` fits."""
    height, width = ink.shape
    return min(max(top, 0), FIELD - height), min(max(left, 0), FIELD - width)
