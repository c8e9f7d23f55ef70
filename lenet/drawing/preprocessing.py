"""From ink to network input, prepared in the same way as the training images.

LeCun, Bottou, Bengio and Haffner 1998, section III.A: the digit is scaled to fit a box of 20×20
pixels, keeping its aspect ratio, with grey levels from antialiasing. It is placed in a 28×28 field
with its centre of mass in the middle. Fashion-MNIST's clothes fill the 28 pixels of the field and
are centred by their box (Xiao, Rasul, Vollgraf 2017, section 2).
"""

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BOX = 20
FIELD = 28
FAINT = 0.02
"""Ink fainter than this is ignored when the digit's bounding box is measured."""

Array = NDArray[np.float32]
Step = Callable[[Array], Array]


def network_input(ink: Array, box: int = BOX, centring: str = "mass") -> Array:
    """Turn ink `(H, W)` in [0, 1] into an image like MNIST's, `(28, 28)`; blank stays blank.

    The longer side becomes `box` pixels; `centring` ("mass" or "box") says what is centred.
    """
    return walk(ink, box=box, centring=centring)["centre"]


def walk(
    ink: Array, skip: Collection[str] = (), box: int = BOX, centring: str = "mass"
) -> dict[str, Array]:
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


def is_blank(ink: Array) -> bool:
    """Whether there is no ink."""
    return not (ink > FAINT).any()


def crop_to_ink(ink: Array) -> Array:
    """The smallest rectangle `(h, w)` that contains all the ink; blank ink is unchanged."""
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit_into_box(ink: Array, side: int = BOX) -> Array:
    """Scale `ink` so that its longer side has `side` pixels, keeping the aspect ratio."""
    height, width = ink.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Area averaging restores a magnified MNIST digit exactly, but can't enlarge.
    resampling = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BICUBIC
    scaled = Image.fromarray(ink).resize(size, resampling)
    return np.clip(np.asarray(scaled, np.float32), 0, 1)


def centre_by_mass(ink: Array) -> Array:
    """Place `ink` in a field `(28, 28)` with its centre of mass in the middle.

    It moves by whole pixels, as in MNIST, and never past the edge of the field. The middle is pixel
    index 14: over MNIST's test set the centre of mass averages (13.99, 14.01).
    """
    mass = float(ink.sum()) or 1.0
    y = float(ink.sum(axis=1) @ np.arange(ink.shape[0])) / mass
    x = float(ink.sum(axis=0) @ np.arange(ink.shape[1])) / mass
    return _place(ink, round(FIELD / 2 - y), round(FIELD / 2 - x))


def centre_by_box(ink: Array) -> Array:
    """Place `ink` in the middle of a field `(28, 28)`.

    If the number of empty rows or columns is odd, the top or left gets the extra one, as in
    Fashion-MNIST.
    """
    height, width = ink.shape
    return _place(ink, (FIELD - height + 1) // 2, (FIELD - width + 1) // 2)


def squeeze(ink: Array) -> Array:
    """All of `ink`, stretched to `(28, 28)` without any other preprocessing."""
    if ink.shape == (FIELD, FIELD):
        return ink
    resampling = Image.Resampling.BOX if max(ink.shape) >= FIELD else Image.Resampling.BICUBIC
    scaled = Image.fromarray(ink).resize((FIELD, FIELD), resampling)
    return np.clip(np.asarray(scaled, np.float32), 0, 1)


def _place(ink: Array, top: int, left: int) -> Array:
    """`ink` in an empty field, with its upper left corner at (top, left) or as close as fits."""
    if max(ink.shape) > FIELD:
        ink = squeeze(ink)
    height, width = ink.shape
    top, left = min(max(top, 0), FIELD - height), min(max(left, 0), FIELD - width)
    field = np.zeros((FIELD, FIELD), np.float32)
    field[top : top + height, left : left + width] = ink
    return field
