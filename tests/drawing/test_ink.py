import math
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.drawing import ink as i
from lenet.drawing.ink import Strokes
from lenet.errors import SketchpadError

DOT = [[(0.5, 0.5)]]


def distance_to_segment(pixels: int, a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
    """Distance of each pixel's middle from a segment: an oracle for the round pen."""
    y, x = (np.indices((pixels, pixels)) + 0.5) / pixels
    (ax, ay), (bx, by) = a, b
    length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-12)
    t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
    return np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))


@pytest.mark.parametrize(
    ("a", "b"), [((0.2, 0.3), (0.7, 0.8)), ((0.5, 0.5), (0.5, 0.5)), ((0.1, 0.6), (0.9, 0.6))]
)
def test_the_pen_is_round_and_as_wide_as_it_says(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    drawn = i.ink_from_strokes([[a, b]], pen=0.1, pixels=200)
    distance = distance_to_segment(200, a, b)
    assert (drawn[distance < 0.05 - 0.008] == 1).all()
    assert (drawn[distance > 0.05 + 0.008] == 0).all()
    assert ((drawn > 0) & (drawn < 1)).any(), "edges are antialiased"


@pytest.mark.parametrize("size", [0.1, 0.3, 0.8])
def test_without_a_width_the_pen_fits_the_drawing(size: float) -> None:
    drawn = i.ink_from_strokes([[(0.1, 0.1), (0.1, 0.1 + size)]])
    rows, columns = (np.flatnonzero(drawn.any(axis)) for axis in (1, 0))
    share = len(columns) / len(rows)
    assert share == pytest.approx(i.STROKE_WIDTH, abs=1.5 / len(rows))


def test_what_leaves_the_pad_is_cut_off_and_comes_back() -> None:
    strokes = [[(0.5, 0.5), (1.4, 0.5), (1.4, 0.8), (0.5, 0.8)]]
    drawn = i.ink_from_strokes(strokes, pen=0.075)
    assert drawn[140, -1] == 1
    assert drawn[224, -1] == 1
    assert drawn[182, -1] == 0


@pytest.mark.parametrize("strokes", [[], [[]], (), [[], []]])
def test_no_points_are_blank(strokes: Strokes) -> None:
    assert not i.ink_from_strokes(strokes).any()


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ("five", "list of strokes"),
        (7, "list of strokes"),
        (None, "list of strokes"),
        ([[("a", "b")]], "something else"),
        ([[1, 2]], "something else"),
        ([[(0.1, 0.2, 0.3)]], "something else"),
        ([[(0.1, 0.2), (0.3,)]], "something else"),
        ([[(True, False)]], "something else"),
        ([{"x": 1}], "something else"),
        ([[(0.1, math.nan)]], "not a finite number"),
        ([[(math.inf, 0.1)]], "not a finite number"),
        ([[(0.5, 0.5)] * 1_000_000], "1,000,000 points"),
    ],
)
def test_strokes_that_are_none_are_refused_in_a_sentence(strokes: Strokes, words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        i.ink_from_strokes(strokes)


def test_far_away_points_do_no_harm() -> None:
    assert i.ink_from_strokes([[(0.5, 0.5), (1e300, -1e300)]]).shape == (280, 280)


# ------------------------------------------------------------------ pictures


def grey_digit() -> np.ndarray:
    """Light on dark, `(60, 50)` uint8, with soft edges."""
    drawn = i.ink_from_strokes([[(0.3, 0.2), (0.7, 0.3), (0.4, 0.8)]], pixels=60)[:, 5:55]
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
    ink = i.ink_from_picture(as_mode(mode, dark_on_light))
    assert ink.dtype == np.float32
    expected = grey_digit() / 255 if mode != "1" else grey_digit() > 127
    assert np.abs(ink - expected).mean() < 0.01


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_on_a_transparent_ground_alpha_is_the_ink(colour: tuple[int, int, int]) -> None:
    picture = Image.new("RGBA", (50, 60), (*colour, 0))
    picture.putalpha(Image.fromarray(grey_digit()))
    assert np.abs(i.ink_from_picture(picture) - grey_digit() / 255).mean() < 0.01


def test_a_transparent_palette() -> None:
    picture = Image.fromarray(grey_digit()).point(lambda v: int(v > 127)).convert("P")
    picture.putpalette([255, 255, 255, 0, 0, 0])
    picture.info["transparency"] = 0
    assert np.array_equal(i.ink_from_picture(picture), (grey_digit() > 127).astype(np.float32))


def test_colours_of_the_same_lightness_are_told_apart() -> None:
    digit = grey_digit()[..., None] / 255
    mixed = digit * (200, 40, 40) + (1 - digit) * (30, 110, 60)
    picture = mixed.astype(np.uint8)
    assert np.abs(i.ink_from_picture(Image.fromarray(picture)) - digit[..., 0]).mean() < 0.02


def test_paper_under_uneven_light_is_ground() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (60, 50))
    paper = np.linspace(190, 220, 50) + noise - grey_digit() * 0.6
    ink = i.ink_from_picture(Image.fromarray(paper.astype(np.uint8)))
    assert (ink[grey_digit() == 0] < 0.25).mean() > 0.99
    assert (ink[grey_digit() == 255] > 0.5).mean() > 0.99


def test_exif_rotation_is_undone(tmp_path: Path) -> None:
    upright = Image.fromarray(grey_digit())
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown rotated by 90° clockwise
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "photo.png", exif=exif)
    ink = i.ink_from(tmp_path / "photo.png")
    assert ink.shape == (60, 50)
    assert np.abs(ink - grey_digit() / 255).mean() < 0.01


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (3000, 40), (2500, 2600)])
def test_any_size(size: tuple[int, int]) -> None:
    picture = Image.new("L", size)
    assert not i.ink_from_picture(picture).any()
    picture.paste(255, (size[0] // 3, size[1] // 3, size[0] // 2 + 1, size[1] // 2 + 1))
    ink = i.ink_from_picture(picture)
    assert max(ink.shape) <= 2 * i.WORKING_PIXELS
    assert ink.max() == (1 if min(size) > 1 or max(size) > 9 else 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64, bool])
def test_arrays_of_every_type(dtype: type) -> None:
    digit = grey_digit() / 255
    full = {"uint8": 255, "uint16": 65535, "int32": 255}.get(dtype.__name__, 1)
    array = (digit * full).astype(dtype) if dtype is not bool else digit > 0.5
    expected = digit if dtype is not bool else digit > 0.5
    for shaped in (array, array[..., None], array[None], np.repeat(array[..., None], 3, 2)):
        assert np.abs(i.ink_from(shaped) - expected).mean() < 0.01


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, bool])
def test_large_arrays_give_the_same_ink(dtype: type) -> None:
    small = (grey_digit() > 127).astype(np.float64)
    large = np.repeat(np.repeat(small, 45, axis=0), 45, axis=1)  # 2700×2250
    full = {"uint8": 255, "uint16": 65535, "int32": 65535}.get(dtype.__name__, 1)
    ink = i.ink_from((large * full).astype(dtype))
    assert max(ink.shape) <= 2 * i.WORKING_PIXELS
    assert abs(ink.mean() - small.mean()) < 0.01


def test_a_large_16_bit_picture(tmp_path: Path) -> None:
    large = np.repeat(np.repeat(grey_digit().astype(np.uint16) * 257, 40, 0), 40, 1)
    Image.fromarray(large).save(tmp_path / "large.png")
    assert abs(i.ink_from(tmp_path / "large.png").mean() - grey_digit().mean() / 255) < 0.01


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
def test_arrays_that_are_no_images_are_refused(array: np.ndarray, words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        i.ink_from(array)


def bomb() -> bytes:
    """A PNG that says it has 200 million pixels."""
    file = BytesIO()
    Image.new("1", (20_000, 10_000)).save(file, "PNG")
    return file.getvalue()


def cut_off() -> bytes:
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
        (cut_off(), "damaged or cut off"),
    ],
    ids=["empty", "text", "broken", "postscript", "200-megapixels", "cut-off"],
)
def test_files_that_are_no_pictures_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "upload.png").write_bytes(content)
    with pytest.raises(SketchpadError, match=words):
        i.ink_from(tmp_path / "upload.png")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SketchpadError, match="There is no file"):
        i.ink_from(str(tmp_path / "nowhere.png"))
    with pytest.raises(SketchpadError, match="There is no file"):
        i.ink_from(tmp_path)
