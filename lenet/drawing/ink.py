"""From what a person gives to ink: strokes, pictures, arrays and files.

*Ink* is an array `(H, W)` float32 in [0, 1]: 0 where nothing is drawn, 1 under the middle of the
pen, whatever the colours were. It is all zeros when nothing is drawn.
"""

import warnings
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from lenet.errors import SketchpadError

Ink: TypeAlias = NDArray[np.float32]
Strokes: TypeAlias = Sequence[Sequence[tuple[float, float]]]
Drawing: TypeAlias = Strokes | Image.Image | NDArray[Any] | str | Path

PAD_PIXELS = 280
"""Side of the ink made from strokes."""
PEN_WIDTH = 0.075
"""Width of the pen that a person sees on the pad, as a share of the pad's side."""
STROKE_WIDTH = 0.11
"""Width of strokes as the network sees them, as a share of the drawing's longer side: a small
digit is not blotted, a large one not thin. In MNIST's box of 20 pixels it makes 2.2."""
MAX_POINTS = 20_000
"""More points than this in one sketch are refused."""
MAX_PIXELS = 50_000_000
"""Pictures with more pixels than this are refused, before they are unpacked."""
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "ICO")
"""Picture formats that are read; none of them is a program, as PostScript would be."""
WORKING_PIXELS = 1000
"""Longer pictures are reduced to about this side; MNIST needs 20."""
FAINTEST = 0.06
"""A picture with less contrast than this share of the full range is blank."""


def ink_from(drawing: Drawing) -> Ink:
    """Ink `(H, W)` of a drawing of any kind that `Predictor` accepts.

    Raises:
        SketchpadError: the drawing can't be read.
    """
    if isinstance(drawing, str | Path):
        with open_picture(drawing) as picture:
            return ink_from_picture(picture)
    if isinstance(drawing, Image.Image):
        return ink_from_picture(drawing)
    if isinstance(drawing, np.ndarray):
        return ink_from_array(drawing)
    return ink_from_strokes(drawing)


def ink_from_strokes(strokes: Strokes, pen: float | None = None, pixels: int = PAD_PIXELS) -> Ink:
    """Draw strokes with a round pen of width `pen` on a pad of `pixels`×`pixels`.

    Each stroke is a sequence of points (x, y), from (0, 0) in the upper left corner of the pad to
    (1, 1) in the lower right one. What leaves the pad is not seen. Edges are antialiased.
    Without a width, the pen fits the size of the drawing (`STROKE_WIDTH`).

    Raises:
        SketchpadError: not strokes, not numbers, or more than `MAX_POINTS` points.
    """
    # A hair outside of the pad is enough to draw its edge right.
    paths = [np.clip(points, -1, 2) for points in _checked(strokes)]
    scale = 2 * pixels  # twice as fine, then averaged: antialiasing
    width = max(1, round((_fitting_pen(paths) if pen is None else pen) * scale))
    radius = (width - 1) / 2  # Pillow's boxes include their last pixel
    canvas = Image.new("L", (scale, scale))
    draw = ImageDraw.Draw(canvas)
    for points in paths:
        path = (points * scale).tolist()
        for (x0, y0), (x1, y1) in pairwise(path):
            draw.line((x0, y0, x1, y1), fill=255, width=width)
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return _to_unit(canvas.reduce(2))


def _fitting_pen(paths: list[NDArray[np.float64]]) -> float:
    """The width that makes `STROKE_WIDTH` of the drawing's longer side, the pen included."""
    if not paths:
        return PEN_WIDTH
    points = np.clip(np.concatenate(paths), 0, 1)
    extent = float(np.ptp(points, axis=0).max())
    # A dot, or the first moment of a stroke, has no size yet.
    return max(extent * STROKE_WIDTH / (1 - STROKE_WIDTH), 0.01)


def _checked(strokes: Strokes) -> list[NDArray[np.float64]]:
    """The strokes as arrays `(n, 2)` of finite numbers, empty ones left out."""
    wrong = "Strokes are a list of strokes, each a list of (x, y) with numbers from 0 to 1"
    try:
        count = sum(len(stroke) for stroke in strokes)
        if count > MAX_POINTS:
            raise SketchpadError(
                f"The sketch has {count:,} points, more than the {MAX_POINTS:,} that are read: "
                "leave out some of them."
            )
        arrays = [np.asarray(stroke) for stroke in strokes if len(stroke)]
    except SketchpadError:
        raise
    except (TypeError, ValueError) as error:
        raise SketchpadError(f"{wrong}; these are something else.") from error
    for points in arrays:
        if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in "iuf":
            raise SketchpadError(f"{wrong}; one of these is something else.")
        if not np.isfinite(points).all():
            raise SketchpadError(f"{wrong}; one of these is not a finite number.")
    return [points.astype(np.float64) for points in arrays]


def open_picture(file: str | Path | BytesIO, name: str = "") -> Image.Image:
    """Open a picture file without unpacking it yet; messages call it `name`.

    Raises:
        SketchpadError: there is no such file, it is no picture, or it is too large.
    """
    name = name or ("The picture" if isinstance(file, BytesIO) else Path(file).name)
    try:
        if isinstance(file, BytesIO):
            size = file.getbuffer().nbytes
        else:
            if not Path(file).is_file():
                raise SketchpadError(f"There is no file {file}.")
            size = Path(file).stat().st_size
        if size == 0:
            raise SketchpadError(f"{name} is empty (0 bytes): choose a picture.")
        with warnings.catch_warnings():
            # Ours is the stricter limit, and speaks to a person.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise SketchpadError(_too_large(name)) from error
    except SketchpadError:
        raise
    except (UnidentifiedImageError, ValueError, SyntaxError, EOFError) as error:
        raise SketchpadError(
            f"{name} is not a picture that can be read: choose a PNG, JPEG, GIF, BMP, WebP or TIFF."
        ) from error
    except OSError as error:
        raise SketchpadError(f"{name} can't be read: {error.strerror or error}.") from error
    if picture.width * picture.height > MAX_PIXELS:
        raise SketchpadError(_too_large(name))
    return picture


def _too_large(name: str) -> str:
    return (
        f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels: "
        "make it smaller; 1000×1000 is plenty."
    )


def ink_from_picture(picture: Image.Image) -> Ink:
    """Ink of a picture of any mode: grey, RGB, RGBA, palette, 16-bit, float, EXIF-rotated.

    Raises:
        SketchpadError: the picture is too large, truncated, or holds NaN.
    """
    if picture.width * picture.height > MAX_PIXELS:
        raise SketchpadError(_too_large("The picture"))
    if 0 in picture.size:
        raise SketchpadError("The picture has no pixels: choose another.")
    try:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I") or picture.mode == "F":
            return ink_from_array(np.asarray(picture))
        # 8 bits for each of the channels; transparency of palettes becomes alpha.
        picture = picture.convert("RGBA")
    except SketchpadError:
        raise
    except (OSError, ValueError, SyntaxError) as error:
        raise SketchpadError("The picture is damaged or cut off: save or copy it again.") from error
    factor = max(picture.size) // WORKING_PIXELS
    if factor > 1:
        picture = picture.reduce(factor)
    return _ink_from_channels(_to_unit(picture))


def ink_from_array(array: NDArray[Any]) -> Ink:
    """Ink of an array `(H, W)`, `(H, W, C)` with C of 1 to 4 (grey, grey and alpha, RGB, RGBA),
    or `(1, H, W)`.

    Booleans, integers in the range of their type, or floats in [0, 1] or [0, 255].

    Raises:
        SketchpadError: another shape or type, too large, or not finite.
    """
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise SketchpadError(
            f"An image array has the shape (H, W) or (H, W, channels), not {array.shape}."
        )
    height, width = array.shape[:2]
    if height * width > MAX_PIXELS:
        raise SketchpadError(_too_large("The array"))
    kind, bytes_each = array.dtype.kind, array.dtype.itemsize
    if kind not in "biuf":
        raise SketchpadError(f"An image array holds numbers, not {array.dtype}.")
    step = max(1, max(array.shape[:2]) // WORKING_PIXELS)
    if step > 1:
        rows, columns = (range(0, size, step) for size in array.shape[:2])
        array = np.add.reduceat(np.add.reduceat(array.astype(np.float32), rows, 0), columns, 1)
        counts = (np.diff([*starts, size]) for starts, size in ((rows, height), (columns, width)))
        array /= np.multiply.outer(*counts)[..., None]
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise SketchpadError("The image array holds NaN or infinity: replace them by numbers.")
    largest, smallest = float(values.max()), float(values.min())
    if kind == "f" and (smallest < 0 or largest > 255):
        raise SketchpadError(
            f"The image array goes from {smallest:.3g} to {largest:.3g}: "
            "scale it to [0, 1] or [0, 255]."
        )
    if kind == "b" or (kind == "f" and largest <= 1):
        full = 1.0
    else:
        # Pillow keeps 16-bit pictures in wider integers.
        full = 255.0 if largest <= 255 and bytes_each != 2 else 65535.0
        full = max(full, largest)
    return _ink_from_channels(values / full)


def _ink_from_channels(channels: NDArray[np.float32]) -> Ink:
    """Ink as the distance from the ground's colour, so that polarity needs no guess.

    `channels` is `(H, W, 1..4)` in [0, 1]; with 2 or 4, the last is alpha. Colours are weighted by
    alpha first: a transparent ground then differs from black ink on it as from white. The
    ground is the median of the border; what varies there (paper, shadows) is taken as noise.
    """
    if channels.shape[2] in (2, 4):
        channels = np.concatenate([channels[..., :-1] * channels[..., -1:], channels[..., -1:]], 2)
    border = np.concatenate([channels[0], channels[-1], channels[:, 0], channels[:, -1]])
    ground = np.median(border, axis=0)
    distance = np.abs(channels - ground).max(axis=2)
    noise = 4 * float(np.median(np.abs(border - ground).max(axis=1)))
    strongest = float(distance.max())
    if strongest - noise < FAINTEST:
        return np.zeros(distance.shape, np.float32)
    return np.clip((distance - noise) / (strongest - noise), 0, 1).astype(np.float32)


def _to_unit(picture: Image.Image) -> Ink:
    return np.asarray(picture, np.float32) / np.float32(255)
