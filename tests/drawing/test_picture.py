from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.drawing import ink_from
from lenet.drawing import picture as p
from lenet.drawing.ink import ink_on_pad
from lenet.errors import SketchpadError


def grey_digit() -> np.ndarray:
    """Light on dark, `(60, 50)` uint8, with soft edges."""
    drawn = ink_on_pad([[(0.3, 0.2), (0.7, 0.3), (0.4, 0.8)]], 60)[:, 5:55]
    return (drawn * 255).astype(np.uint8)


def as_mode(mode: str, dark_on_light: bool) -> Image.Image:
    grey = grey_digit()
    level = 255 - grey if dark_on_light else grey
    picture = Image.fromarray(level)
    if mode == "1":
        return picture.point(lambda v: 255 * (v > 127)).convert("1")
    if mode == "I;16":
        return Image.fromarray(level.astype(np.uint16) * 257)
    if mode == "I":
        return Image.fromarray(level.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(level.astype(np.float32) / 255)
    if mode == "P":
        return picture.convert("RGB").quantize(64)
    return picture.convert(mode)


@pytest.mark.parametrize("dark_on_light", [False, True], ids=["light-on-dark", "dark-on-light"])
@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "I;16", "F"]
)
def test_every_mode_and_polarity_gives_the_same_ink(mode: str, dark_on_light: bool) -> None:
    ink = p.ink_from_picture(as_mode(mode, dark_on_light))
    assert ink.dtype == np.float32
    expected = grey_digit() / 255 if mode != "1" else grey_digit() > 127
    assert np.abs(ink - expected).mean() < 0.01


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_on_a_transparent_background_alpha_is_the_ink(colour: tuple[int, int, int]) -> None:
    picture = Image.new("RGBA", (50, 60), (*colour, 0))
    picture.putalpha(Image.fromarray(grey_digit()))
    assert np.abs(p.ink_from_picture(picture) - grey_digit() / 255).mean() < 0.01


def test_a_transparent_palette_colour_is_background() -> None:
    picture = Image.fromarray(grey_digit()).point(lambda v: int(v > 127)).convert("P")
    picture.putpalette([255, 255, 255, 0, 0, 0])
    picture.info["transparency"] = 0
    assert np.array_equal(p.ink_from_picture(picture), (grey_digit() > 127).astype(np.float32))


def test_colours_of_equal_lightness_are_distinguished() -> None:
    digit = grey_digit()[..., None] / 255
    mixed = digit * (200, 40, 40) + (1 - digit) * (30, 110, 60)
    picture = mixed.astype(np.uint8)
    assert np.abs(p.ink_from_picture(Image.fromarray(picture)) - digit[..., 0]).mean() < 0.02


def test_unevenly_lit_paper_counts_as_background() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (60, 50))
    paper = np.linspace(190, 220, 50) + noise - grey_digit() * 0.6
    ink = p.ink_from_picture(Image.fromarray(paper.astype(np.uint8)))
    assert (ink[grey_digit() == 0] < 0.25).mean() > 0.99
    assert (ink[grey_digit() == 255] > 0.5).mean() > 0.99


def test_exif_rotation_is_undone(tmp_path: Path) -> None:
    upright = Image.fromarray(grey_digit())
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown rotated by 90° clockwise
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "photo.png", exif=exif)
    ink = ink_from(tmp_path / "photo.png")
    assert ink.shape == (60, 50)
    assert np.abs(ink - grey_digit() / 255).mean() < 0.01


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (3000, 40), (2500, 2600)])
def test_pictures_of_any_size_are_accepted(size: tuple[int, int]) -> None:
    picture = Image.new("L", size)
    assert not p.ink_from_picture(picture).any()
    picture.paste(255, (size[0] // 3, size[1] // 3, size[0] // 2 + 1, size[1] // 2 + 1))
    ink = p.ink_from_picture(picture)
    assert max(ink.shape) <= 2 * p.WORKING_PIXELS
    assert ink.max() == (1 if min(size) > 1 or max(size) > 9 else 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64, bool])
def test_every_array_type_gives_the_same_ink(dtype: type) -> None:
    digit = grey_digit() / 255
    full = {"uint8": 255, "uint16": 65535, "int32": 255}.get(dtype.__name__, 1)
    array = (digit * full).astype(dtype) if dtype is not bool else digit > 0.5
    expected = digit if dtype is not bool else digit > 0.5
    for shaped in (array, array[..., None], array[None], np.repeat(array[..., None], 3, 2)):
        assert np.abs(ink_from(shaped) - expected).mean() < 0.01


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, bool])
def test_large_arrays_are_reduced_without_changing_the_mean(dtype: type) -> None:
    small = (grey_digit() > 127).astype(np.float64)
    large = np.repeat(np.repeat(small, 45, axis=0), 45, axis=1)  # 2700×2250
    full = {"uint8": 255, "uint16": 65535, "int32": 65535}.get(dtype.__name__, 1)
    ink = ink_from((large * full).astype(dtype))
    assert max(ink.shape) <= 2 * p.WORKING_PIXELS
    assert abs(ink.mean() - small.mean()) < 0.01


def test_a_large_16_bit_picture_keeps_its_mean(tmp_path: Path) -> None:
    large = np.repeat(np.repeat(grey_digit().astype(np.uint16) * 257, 40, 0), 40, 1)
    Image.fromarray(large).save(tmp_path / "large.png")
    assert abs(ink_from(tmp_path / "large.png").mean() - grey_digit().mean() / 255) < 0.01


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(5), "shape"),
        (np.zeros((4, 4, 7)), "shape"),
        (np.zeros((0, 4)), "shape"),
        (np.full((4, 4), np.nan), "NaN"),
        (np.full((4, 4), np.inf), "NaN or infinity"),
        (np.array([[-3.0, 5.0]]), "-3 to 5"),
        (np.array([["a", "b"]]), "numbers"),
        (np.full((2100, 2100), "a"), "numbers"),
        (np.zeros((20_000, 10_000), bool), "50 million pixels"),
    ],
)
def test_invalid_arrays_are_rejected(array: np.ndarray, words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        ink_from(array)


def bomb() -> bytes:
    """A PNG with 200 million pixels in a small file."""
    file = BytesIO()
    Image.new("1", (20_000, 10_000)).save(file, "PNG")
    return file.getvalue()


def truncated() -> bytes:
    file = BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (99, 99), np.uint8)).save(file, "PNG")
    return file.getvalue()[:900]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Dear Sir or Madam", "not a picture"),
        (b"\x89PNG\r\n\x1a\n broken", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (bomb(), "more than 50 million pixels"),
        (truncated(), "damaged or truncated"),
    ],
    ids=["empty", "text", "broken", "postscript", "200-megapixels", "truncated"],
)
def test_invalid_picture_files_are_rejected(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "upload.png").write_bytes(content)
    with pytest.raises(SketchpadError, match=words):
        ink_from(tmp_path / "upload.png")


def test_a_missing_file_or_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SketchpadError, match="There is no file"):
        ink_from(str(tmp_path / "nowhere.png"))
    with pytest.raises(SketchpadError, match="There is no file"):
        ink_from(tmp_path)
