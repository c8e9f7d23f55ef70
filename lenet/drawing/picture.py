"""From picture files and Pillow's pictures to levels (see `lenet.drawing.contrast`), and to ink."""

import warnings
from contextlib import suppress
from importlib.util import find_spec
from io import BytesIO
from os import PathLike, fsdecode
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from lenet.drawing.arrays import MAX_PIXELS, check_size, levels_from_array, too_large
from lenet.drawing.contrast import Levels, bounding_factor, reduced
from lenet.drawing.finding import find, silhouette
from lenet.drawing.ink import Ink
from lenet.errors import SketchpadError

FORMATS = (
    *("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"),
    *(["AVIF"] if find_spec("PIL.AvifImagePlugin") else []),
)
"""Supported formats. None of them can contain code, as PostScript can, or text that takes long to
read, as PPM can, or a picture larger than it says, as ICO can."""
MAX_SCANS = 100
"""Most scans in a JPEG. Progressive ones have about ten, each of which covers the whole picture."""
SCAN = b"\xff\xda"
"""The marker before each scan of a JPEG."""
MAX_BYTES = 5 * MAX_PIXELS
"""Most bytes read from an open file, which may have no end: enough for the largest picture with
four channels, uncompressed."""
PART = 1 << 20
"""Bytes read at once; some files answer with fewer."""
STRIP = 4_000_000
"""Pixels of a large picture that are looked at together, so that it takes little memory."""
ORIENTATION = 0x0112
"""The EXIF tag that says how a camera was turned."""
VARIED = 0.5
"""A blank sheet varies by less than this, from black to white, even if a shadow falls on it."""
NAME_LENGTH = 80
"""Longer names are shortened in messages."""


def ink_from_levels(levels: Levels, digits: bool = True) -> Ink:
    """Ink of the digit in a picture; blank if nothing stands out. If not `digits`, of the thing.

    Raises:
        SketchpadError: what stands out is not a digit, or there are several.
    """
    found = find(levels) if digits else silhouette(levels)
    if found.count == 1:
        return found.ink
    if found.count > 1:
        problem = "This looks like more than one digit. Crop the picture to one of them."
    elif found.frames["taken"].any():
        problem = "Nothing in the picture looks like a digit. Crop the picture to one digit."
    elif np.ptp(found.frames["picture"]) > VARIED:
        problem = "Nothing stands out in the picture. Use a darker pen or more light."
    else:
        return found.ink  # blank
    raise SketchpadError(problem)


def ink_from_bytes(content: bytes, digits: bool = True) -> Ink:
    """Ink of the digit in a picture file's content, as `ink_from_levels`.

    Raises:
        SketchpadError: it is not a picture, or what stands out is not a digit.
    """
    return ink_from_levels(levels_from_bytes(content, "The file"), digits)


def levels_from_file(path: str | PathLike[Any]) -> Levels:
    """Levels of a picture file.

    Raises:
        SketchpadError: the file is missing, is not a picture, is damaged, or is too large.
    """
    path = fsdecode(path)
    if path.startswith(("data:", "http:", "https:")):
        raise SketchpadError(
            f"{_short(path)} is an address, not a file. Download the picture and pass its name."
        )
    with open_picture(Path(path)) as picture:
        return levels_from_picture(picture)


def levels_from_bytes(content: bytes | bytearray | memoryview, name: str = "") -> Levels:
    """Levels of a picture file's content; error messages call it `name`.

    Raises:
        SketchpadError: it is not a picture, is damaged, or is too large.
    """
    return levels_from_picture(open_picture(BytesIO(content), name))


def levels_from_open_file(file: Any) -> Levels:
    """Levels of a picture in an open file, from its start if it can be rewound.

    Raises:
        SketchpadError: it is closed, open as text, not a picture, damaged, or too large.
    """
    name = getattr(file, "name", "")
    name = Path(name).name if isinstance(name, str) and name else "The file"
    try:
        with suppress(AttributeError, OSError):
            file.seek(0)  # it has often just been written
        content = _read(file)
    except Exception as error:  # any object may have a method `read`
        raise SketchpadError(
            f'{name} is closed or can\'t be read as bytes. Open it with the mode "rb".'
        ) from error
    if len(content) > MAX_BYTES:
        raise SketchpadError(
            f"{_short(name)} has more than {MAX_BYTES // 1_000_000} MB. Make the picture smaller."
        )
    return levels_from_bytes(content, name)


def _read(file: Any) -> bytearray:
    """The content of an open file, or the start of it if that is already too much."""
    content = bytearray()
    while len(content) <= MAX_BYTES and (part := file.read(PART)):
        content += part
    return content


def open_picture(file: Path | BytesIO, name: str = "") -> Image.Image:
    """Open a picture file without decoding it; error messages call it `name`.

    Raises:
        SketchpadError: the file is missing, is not a picture, or is too large.
    """
    name = _short(name or ("The picture" if isinstance(file, BytesIO) else file.name))
    try:
        if isinstance(file, BytesIO):
            size = file.getbuffer().nbytes
        else:
            if not file.is_file():
                raise _missing(file)
            size = file.stat().st_size
        if size == 0:
            raise SketchpadError(f"{name} is empty (0 bytes). Choose a picture.")
        with warnings.catch_warnings():
            # Our own limit is stricter and has a clearer message.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise too_large(name) from error
    except SketchpadError:
        raise
    except Exception as error:  # what Pillow raises depends on the format and on the damage
        if isinstance(error, OSError) and not isinstance(error, UnidentifiedImageError):
            raise SketchpadError(
                f"{name} can't be read ({error.strerror or error}). Choose a different file."
            ) from error
        raise SketchpadError(
            f"{name} is not a picture in a supported format. Choose a PNG, JPEG, GIF, BMP, WebP or "
            "TIFF file."
        ) from error
    try:
        check_size(picture.size, name)
        if isinstance(picture, JpegImageFile):  # also MPO, several JPEGs in a file
            _check_scans(picture, file, name)
            _decode_reduced(picture)
    except SketchpadError:
        picture.close()
        raise
    return picture


def _check_scans(picture: JpegImageFile, file: Path | BytesIO, name: str) -> None:
    """Reject a JPEG that repeats its scans to keep a decoder busy."""
    if not picture.info.get("progressive"):
        return
    content = file.getvalue() if isinstance(file, BytesIO) else file.read_bytes()
    if content.count(SCAN) > MAX_SCANS:
        raise SketchpadError(
            f"{name} has more than {MAX_SCANS} scans. Save it again, or choose a different picture."
        )


def _decode_reduced(picture: JpegImageFile) -> None:
    """Make the decoder of a large JPEG skip the detail that would be averaged out anyway."""
    factor = bounding_factor(picture.height, picture.width)
    if factor in (2, 4, 8):  # what a JPEG can be reduced by
        picture.draft(None, (-(-picture.width // factor), -(-picture.height // factor)))


def _missing(path: Path) -> SketchpadError:
    if path.is_dir():
        return SketchpadError(f"{path} is a folder. Choose a picture in it.")
    return SketchpadError(f"There is no file {_short(str(path))}. Check its name.")


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def levels_from_picture(picture: Image.Image) -> Levels:
    """Levels of a picture in any mode: grey, RGB, RGBA, palette, 16-bit, float.

    EXIF rotation applies. A large picture is reduced, as by `contrast.bounded`. Of 16 bits, the
    upper 8 are kept, as in browsers, or the lower 8 if the upper are empty.

    Raises:
        SketchpadError: the picture is too large or truncated, or contains NaN.
    """
    check_size(picture.size, "The picture")
    if 0 in picture.size:
        raise SketchpadError("The picture has no pixels. Choose a different one.")
    try:
        # Without rotation, this would copy the picture.
        is_turned = picture.getexif().get(ORIENTATION, 1) != 1
        return _bounded_levels(ImageOps.exif_transpose(picture) if is_turned else picture)
    except SketchpadError:
        raise
    except Exception as error:  # what Pillow raises depends on the format and on the damage
        raise SketchpadError(
            "The picture is closed, damaged or truncated. Save it again or choose a different one."
        ) from error


def _bounded_levels(picture: Image.Image) -> Levels:
    """The levels of a picture, reduced strip by strip if it is large."""
    width, height = picture.size
    factor = bounding_factor(height, width)
    if factor == 1 or picture.mode.startswith("I;16"):  # whose range is that of the whole picture
        return _levels(picture)
    if picture.mode in ("I", "F"):
        return _levels(picture.reduce(factor))
    rows = max(STRIP // (width * factor), 1) * factor
    end = height // factor * factor
    strips = (picture.crop((0, top, width, min(top + rows, end))) for top in range(0, end, rows))
    return np.concatenate([reduced(_levels(strip), factor) for strip in strips])


def _levels(picture: Image.Image) -> Levels:
    if picture.mode.startswith("I;16"):
        values = np.asarray(picture)
        return (values >> 8 if values.max() > 255 else values).astype(np.uint8)[..., None]
    if picture.mode in ("I", "F"):
        return levels_from_array(np.asarray(picture))
    if picture.mode == "La":  # Pillow converts it to nothing else
        picture = picture.convert("LA")
    if picture.mode not in ("L", "RGB") or "transparency" in picture.info:
        picture = picture.convert("RGBA")  # a palette's transparency becomes alpha
    levels = np.asarray(picture)
    return levels if levels.ndim == 3 else levels[..., None]
