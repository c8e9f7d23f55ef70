from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lenet.drawing import contents
from lenet.drawing import picture as p
from lenet.drawing.contrast import bounded
from lenet.drawing.ink import ink_on_pad
from lenet.errors import SketchpadError
from tests.support.digits import DIGITS, grey

Levels = NDArray[np.uint8]


def grey_digit() -> Levels:
    """Light on dark, `(60, 50)`, with soft edges."""
    drawn = ink_on_pad([[(0.3, 0.2), (0.7, 0.3), (0.4, 0.8)]], 60)[:, 5:55]
    return (drawn * 255).astype(np.uint8)


MODES = [
    "1", "L", "LA", "La", "P", "PA", "RGB", "RGBX", "RGBA", "RGBa", "CMYK", "YCbCr", "HSV", "LAB",
    "I", "I;16", "I;16B", "F",
]  # fmt: skip


def as_mode(mode: str, level: Levels) -> Image.Image:
    picture = Image.fromarray(level)
    if mode == "1":
        return picture.point(lambda v: 255 * (v > 127)).convert("1")
    if mode.startswith("I;16"):
        deep = level.astype(np.uint16) * 257
        return Image.frombytes(mode, picture.size, deep.astype("<u2" if mode == "I;16" else ">u2"))
    if mode == "I":
        return Image.fromarray(level.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(level.astype(np.float32) / 255)
    if mode == "P":
        return picture.convert("RGB").quantize(64)
    if mode in ("PA", "La"):
        return picture.convert("LA" if mode == "La" else "P").convert(mode)
    if mode == "RGBa":
        return picture.convert("RGBA").convert(mode)
    return picture.convert(mode)


@pytest.mark.parametrize("dark_on_light", [False, True], ids=["light-on-dark", "dark-on-light"])
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_gives_the_same_levels(mode: str, dark_on_light: bool) -> None:
    level = 255 - grey_digit() if dark_on_light else grey_digit()
    picture = as_mode(mode, level)
    assert picture.mode == mode
    levels = p.levels_from_picture(picture)
    assert levels.dtype == np.uint8
    assert (levels[..., 3:] == 255).all()
    expected = 255 * (level > 127) if mode == "1" else level
    difference = levels[..., :3].astype(int) - expected[..., None]
    assert np.abs(difference).mean() < 2.5


def test_transparency_becomes_alpha() -> None:
    picture = Image.new("RGBA", (50, 60), (200, 30, 30, 0))
    picture.putalpha(Image.fromarray(grey_digit()))
    levels = p.levels_from_picture(picture)
    assert (levels[..., :3] == (200, 30, 30)).all()
    assert np.array_equal(levels[..., 3], grey_digit())


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_transparent_colour_becomes_alpha(mode: str) -> None:
    drawn = grey_digit() > 127
    picture = Image.fromarray(drawn.astype(np.uint8)).convert(mode)
    picture.info["transparency"] = (0, 0, 0) if mode == "RGB" else 0
    assert np.array_equal(p.levels_from_picture(picture)[..., 3], 255 * drawn)


def test_exif_rotation_is_undone(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown rotated by 90° clockwise
    turned = Image.fromarray(grey_digit()).transpose(Image.Transpose.ROTATE_90)
    turned.save(tmp_path / "photo.png", exif=exif)
    assert np.array_equal(p.levels_from_file(tmp_path / "photo.png")[..., 0], grey_digit())


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([0, 255, 256, 511, 65535], [0, 0, 1, 1, 255]),
        ([0, 300, 768, 1023, 1023], [0, 1, 3, 3, 3]),
        ([0, 3, 77, 254, 255], [0, 3, 77, 254, 255]),
    ],
    ids=["16 bits", "10 bits, as browsers show them", "8 bits, which browsers don't show"],
)
def test_of_16_bits_8_are_kept(tmp_path: Path, values: list[int], levels: list[int]) -> None:
    Image.fromarray(np.array([values], np.uint16)).save(tmp_path / "deep.png")
    assert p.levels_from_file(tmp_path / "deep.png")[0, :, 0].tolist() == levels


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 50), (50, 1), (300, 40), (2500, 2600)])
@pytest.mark.parametrize("digits", [True, False])
def test_blank_pictures_of_any_size_are_blank(size: tuple[int, int], digits: bool) -> None:
    levels = p.levels_from_picture(Image.new("L", size, 180))
    assert not p.ink_from_levels(levels, digits).any()


HALVES = np.repeat(np.arange(90)[:, None] // 45, 90, 1)
NOISE = np.random.default_rng(0).random((60, 60))


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (HALVES, "Nothing in the picture looks like a digit"),
        (NOISE, "Nothing stands out in the picture"),
        (np.hstack([grey(DIGITS["3"]), grey(DIGITS["5"])]) / 255, "more than one digit"),
    ],
    ids=["halves", "noise", "two digits"],
)
def test_what_is_not_one_digit_is_rejected(share: NDArray[Any], words: str) -> None:
    levels = (255 * share[..., None]).astype(np.uint8)
    with pytest.raises(SketchpadError, match=words):
        p.ink_from_levels(levels)


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG with 200 million pixels in a small file."""
    return encoded(Image.new("1", (20_000, 10_000)))


def many_scans(kind: str = "JPEG") -> bytes:
    """A progressive JPEG that repeats its last scan."""
    file = BytesIO()
    several = {"save_all": True, "append_images": [noise()]} if kind == "MPO" else {}
    noise().save(file, kind, progressive=True, **several)
    content = file.getvalue()
    end = content.index(b"\xff\xd9", content.index(p.SCAN))
    last = content.rindex(p.SCAN, 0, end)
    return content[:last] + 100 * content[last:end] + content[end:]


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (99, 99), np.uint8))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Dear Sir or Madam", "not a picture"),
        (b"\x89PNG\r\n\x1a\n broken", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (bomb(), "more than 50 million pixels"),
        (encoded(Image.new("L", (2, 40_000))), "no side may have more than 30,000"),
        (many_scans(), "more than 100 scans"),
        (many_scans("MPO"), "more than 100 scans"),
        (b"P2 9 9 255 " + b"# a comment\n" * 9, "not a picture"),
        (encoded(noise(), "ICO"), "not a picture"),
        (encoded(noise())[:900], "damaged or truncated"),
        (encoded(noise(), "JPEG")[:900], "damaged or truncated"),
        (encoded(noise(), "GIF")[:900], "damaged or truncated"),
        (encoded(noise(), "WEBP")[:900], "can't be read"),
    ],
    ids=[
        *("empty", "text", "broken", "postscript", "200-megapixels", "thin", "scans", "mpo", "ppm"),
        "ico",
        *("png", "jpeg", "gif", "webp"),
    ],
)
def test_invalid_picture_files_are_rejected(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "upload.png"
    file.write_bytes(content)
    for drawing in (file, str(file), content, memoryview(content), BytesIO(content)):
        with pytest.raises(SketchpadError, match=words):
            contents(drawing)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere.png", "no file nowhere.png"),
        ("", "is a folder"),
        (".", "is a folder"),
        ("a" * 1000, "aaa… can't be read"),
        ("https://example.com/3.png", "an address, not a file"),
        (f"data:image/png;base64,{'A' * 5000}", "AAA… is an address"),
    ],
    ids=["missing", "empty", "folder", "too long", "web", "data"],
)
def test_what_is_not_the_name_of_a_file_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SketchpadError, match=words) as error:
        contents(name)
    assert len(str(error.value)) < 250


def test_a_file_name_in_bytes_is_the_content_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SketchpadError, match="not a picture"):
        contents(bytes(tmp_path / "3.png"))


def test_an_open_file_is_read_from_its_start_and_stays_open(tmp_path: Path) -> None:
    Image.fromarray(grey_digit()).save(tmp_path / "7.png")
    with open(tmp_path / "7.png", "rb") as file:
        for _ in range(2):
            assert np.array_equal(p.levels_from_open_file(file)[..., 0], grey_digit())
        assert not file.closed
    with pytest.raises(SketchpadError, match=r"7\.png is closed"):
        contents(file)
    with (
        open(tmp_path / "7.png", encoding="utf-8") as text,
        pytest.raises(SketchpadError, match='mode "rb"'),
    ):
        contents(text)


def test_a_file_without_end_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "MAX_BYTES", 3_000_000)
    file = SimpleNamespace(read=bytes, name="zeros.png")
    with pytest.raises(SketchpadError, match=r"zeros\.png has more than 3 MB"):
        contents(file)


def large(mode: str) -> Image.Image:
    """More than four million pixels, `(2003, 2111)`, with a digit."""
    drawn = np.array(Image.fromarray(grey_digit()).resize((2003, 2111)))
    picture = Image.fromarray(drawn).convert(mode)
    if mode == "RGBA":
        picture.putalpha(Image.fromarray(drawn[::-1]))
    return picture


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_a_large_picture_is_reduced_strip_by_strip(
    monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    picture = large(mode)
    monkeypatch.setattr(p, "STRIP", 500_000)
    levels = p.levels_from_picture(picture)
    assert levels.shape[:2] == (1055, 1001)
    whole = np.asarray(picture.convert({1: "L", 3: "RGB", 4: "RGBA"}[levels.shape[2]]))
    assert np.array_equal(levels, bounded(np.atleast_3d(whole)))


def test_a_large_jpeg_is_decoded_at_the_size_it_is_reduced_to() -> None:
    file = BytesIO()
    picture = large("RGB").resize((4000, 3000))
    picture.save(file, "JPEG", quality=95)
    assert p.open_picture(BytesIO(file.getvalue())).size == (2000, 1500)
    levels = p.levels_from_bytes(file.getvalue())
    expected = bounded(np.asarray(picture))
    assert np.abs(levels.astype(int) - expected).mean() < 1


def test_a_turned_picture_is_read_upright() -> None:
    exif = Image.Exif()
    exif[p.ORIENTATION] = 6
    file = BytesIO()
    Image.fromarray(grey_digit()).save(file, "PNG", exif=exif)
    levels = p.levels_from_bytes(file.getvalue())
    assert np.array_equal(levels[..., 0], np.rot90(grey_digit(), -1))


@pytest.mark.skipif("AVIF" not in p.FORMATS, reason="this Pillow can't read AVIF")
def test_an_avif_without_its_item_is_rejected() -> None:
    file = BytesIO()
    Image.new("L", (40, 40)).save(file, "AVIF")
    with pytest.raises(SketchpadError, match="not a picture in a supported format"):
        p.levels_from_bytes(file.getvalue().replace(b"pitm", b"none"))
