"""From pictures and image arrays to ink (see `lenet.drawing.ink`)."""

import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lenet.drawing.ink import Ink
from lenet.errors import SketchpadError

MAX_PIXELS = 50_000_000
"""Pictures with more pixels are rejected before they are decoded."""
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "ICO")
"""Supported formats. None of them can contain code, as PostScript can."""
WORKING_PIXELS = 1000
"""Larger pictures are reduced to about this side; MNIST needs 20."""
MIN_CONTRAST = 0.06
"""A picture with less contrast than this share of the full range counts as blank."""


def open_picture(file: str | Path | BytesIO, name: str = "") -> Image.Image:
    """Open a picture file without decoding it; error messages call it `name`.

    Raises:
        SketchpadError: the file is missing, is not a picture, or is too large.
    """
    name = name or ("The picture" if isinstance(file, BytesIO) else Path(file).name)
    try:
        if isinstance(file, BytesIO):
            size = file.getbuffer().nbytes
        else:
            if not Path(file).is_file():
                raise SketchpadError(f"There is no file {file}. Check its name.")
            size = Path(file).stat().st_size
        if size == 0:
            raise SketchpadError(f"{name} is empty (0 bytes). Choose a picture.")
        with warnings.catch_warnings():
            # Our own limit is stricter and has a clearer message.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise SketchpadError(_too_large(name)) from error
    except SketchpadError:
        raise
    except (UnidentifiedImageError, ValueError, SyntaxError, EOFError) as error:
        raise SketchpadError(
            f"{name} is not a picture in a supported format. Choose a PNG, JPEG, GIF, BMP, WebP or "
            "TIFF file."
        ) from error
    except OSError as error:
        raise SketchpadError(
            f"{name} can't be read ({error.strerror or error}). Choose a different file."
        ) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise SketchpadError(_too_large(name))
    return picture


def _too_large(name: str) -> str:
    return (
        f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels. "
        "Make it smaller: 1000×1000 is plenty."
    )


def ink_from_picture(picture: Image.Image) -> Ink:
    """Ink of a picture in any mode: grey, RGB, RGBA, palette, 16-bit, float. EXIF rotation applies.

    Raises:
        SketchpadError: the picture is too large or truncated, or contains NaN.
    """
    if picture.width * picture.height > MAX_PIXELS:
        raise SketchpadError(_too_large("The picture"))
    if 0 in picture.size:
        raise SketchpadError("The picture has no pixels. Choose a different one.")
    try:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I") or picture.mode == "F":
            return ink_from_array(np.asarray(picture))
        # 8 bits per channel; a palette's transparency becomes alpha.
        picture = picture.convert("RGBA")
    except SketchpadError:
        raise
    except (OSError, ValueError, SyntaxError) as error:
        raise SketchpadError(
            "The picture is damaged or truncated. Save it again or choose a different one."
        ) from error
    factor = max(picture.size) // WORKING_PIXELS
    if factor > 1:
        picture = picture.reduce(factor)
    return _ink_from_channels(np.asarray(picture, np.float32) / np.float32(255))


def ink_from_array(array: NDArray[Any]) -> Ink:
    """Ink of an array `(H, W)`, `(1, H, W)` or `(H, W, C)`.

    C is 1 to 4: grey, grey and alpha, RGB, RGBA. Values are booleans, integers in the range of
    their type, or floats in [0, 1] or [0, 255].

    Raises:
        SketchpadError: wrong shape or type, too large, or not finite.
    """
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise SketchpadError(
            f"An image array must have the shape (H, W) or (H, W, channels), got {array.shape}."
        )
    height, width = array.shape[:2]
    if height * width > MAX_PIXELS:
        raise SketchpadError(_too_large("The array"))
    kind, bytes_each = array.dtype.kind, array.dtype.itemsize
    if kind not in "biuf":
        raise SketchpadError(f"An image array must contain numbers, got {array.dtype}.")
    step = max(1, max(array.shape[:2]) // WORKING_PIXELS)
    if step > 1:
        rows, columns = (range(0, size, step) for size in array.shape[:2])
        array = np.add.reduceat(np.add.reduceat(array.astype(np.float32), rows, 0), columns, 1)
        counts = (np.diff([*starts, size]) for starts, size in ((rows, height), (columns, width)))
        array /= np.multiply.outer(*counts)[..., None]
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise SketchpadError("The image array contains NaN or infinity. Replace them with numbers.")
    largest, smallest = float(values.max()), float(values.min())
    if kind == "f" and (smallest < 0 or largest > 255):
        raise SketchpadError(
            f"The values of an image array must lie in [0, 1] or [0, 255], got {smallest:.3g} to "
            f"{largest:.3g}. Scale them."
        )
    if kind == "b" or (kind == "f" and largest <= 1):
        full = 1.0
    else:
        # Pillow stores 16-bit pictures in wider integers.
        full = 255.0 if largest <= 255 and bytes_each != 2 else 65535.0
        full = max(full, largest)
    return _ink_from_channels(values / full)


def _ink_from_channels(channels: NDArray[np.float32]) -> Ink:
    """Ink as the distance from the background colour, so there is no need to guess the polarity.

    `channels` is `(H, W, 1..4)` in [0, 1]; with 2 or 4, the last is alpha. Colours are first
    weighted by alpha, so a transparent background differs from black ink as much as from white.
    The background is the median of the border; variation along the border (paper, shadows) counts
    as noise.
    """
    if channels.shape[2] in (2, 4):
        channels = np.concatenate([channels[..., :-1] * channels[..., -1:], channels[..., -1:]], 2)
    border = np.concatenate([channels[0], channels[-1], channels[:, 0], channels[:, -1]])
    background = np.median(border, axis=0)
    distance = np.abs(channels - background).max(axis=2)
    noise = 4 * float(np.median(np.abs(border - background).max(axis=1)))
    strongest = float(distance.max())
    if strongest - noise < MIN_CONTRAST:
        return np.zeros(distance.shape, np.float32)
    return np.clip((distance - noise) / (strongest - noise), 0, 1).astype(np.float32)
