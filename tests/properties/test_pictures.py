"""Whatever is in a picture file, or in a picture of Pillow's, is read or rejected."""

from io import BytesIO
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from PIL import Image

from lenet import Predictor
from lenet.drawing.picture import FORMATS
from tests.properties.hostile import damaged
from tests.properties.test_strokes import check
from tests.properties.watch import attempt
from tests.support.digits import DIGITS, grey

pytestmark = pytest.mark.filterwarnings("ignore")  # of Pillow's about damaged files

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F")
SMALL = Image.fromarray(255 - grey(DIGITS["3"])).resize((40, 40))
TURNED = Image.Exif()
TURNED[0x0112] = 6


def files() -> list[bytes]:
    """A digit in every format, in each of the modes that it can store."""
    found = []
    for kind, mode in product(FORMATS, MODES):
        picture = SMALL.point(lambda level: level * 257, "I").convert("I;16")
        picture = picture if mode == "I;16" else SMALL.convert("RGB").convert("L").convert(mode)
        for options in ({}, {"exif": TURNED, "progressive": True, "lossless": True}):
            file = BytesIO()
            try:
                picture.save(file, kind, **options)
            except (OSError, ValueError, KeyError):  # the format doesn't have this mode
                continue
            found.append(file.getvalue())
    return found


FILES = files()
LARGE = bytearray(next(file for file in FILES if file.startswith(b"BM")))
LARGE[18:26] = (30_000).to_bytes(4, "little") + (1_600).to_bytes(4, "little")


def test_every_format_takes_part() -> None:
    found = {Image.open(BytesIO(file)).format for file in FILES}
    assert found == set(FORMATS)


@given(damaged(FILES))
@example(bytes(LARGE))
def test_damaged_files(predictor: Predictor, content: bytes) -> None:
    check(attempt("pictures", predictor, content))


@st.composite
def any_picture(draw: DrawFn) -> Image.Image:
    """A picture of any mode and size, of noise or of a single colour."""
    modes = [*MODES, "PA", "La", "RGBX", "RGBa", "YCbCr", "HSV", "LAB", "I", "I;16B"]
    mode = draw(st.sampled_from(modes))
    size = draw(st.tuples(*[st.sampled_from([0, 1, 2, 5, 28, 97, 300, 3_000])] * 2))
    if size[0] * size[1] > 10**6:
        size = (size[0], 1)
    picture = Image.new(mode, size)
    if draw(st.booleans()):
        noise = np.random.default_rng(draw(st.integers(0, 999)))
        picture.frombytes(noise.bytes(len(picture.tobytes())))
    if draw(st.booleans()):
        picture.info["transparency"] = draw(
            st.sampled_from([0, 300, b"", b"\x00\xff", (1, 2, 3), (1,), "x", None])
        )
    if draw(st.booleans()):
        picture.info["exif"] = draw(st.sampled_from([b"", b"Exif\0\0", TURNED.tobytes()]))
    return picture


@given(any_picture())
def test_any_picture_of_pillows(predictor: Predictor, picture: Any) -> None:
    check(attempt("pictures", predictor, picture))
