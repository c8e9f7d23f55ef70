"""What the browser finds in a picture against what Python finds."""

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks import made_pictures
from lenet.drawing import finding
from lenet.drawing.contrast import Levels
from lenet.drawing.finding import Found
from tests.support import ROOT
from tests.support.digits import DIGITS
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

IMPORTS = """
const { bytes, base64 } = await import("/core/bytes.js");
const contrast = await import("/core/contrast.js");
const ruling = await import("/core/ruling.js");
const components = await import("/core/components.js");
const foreign = await import("/core/foreign.js");
const grouping = await import("/core/grouping.js");
const sheets = await import("/core/sheet.js");
const strokeWidth = await import("/core/stroke-width.js");
const finding = await import("/core/finding.js");
const levels = ([height, width, text]) =>
  ({ height, width, data: new Uint8ClampedArray(bytes(text).buffer) });
const whole = ([height, width, text]) =>
  ({ height, width, data: new Int16Array(bytes(text).buffer) });
const ink = ([height, width, text]) =>
  ({ height, width, data: new Float32Array(bytes(text).buffer) });
// The largest difference between two planes; null if they don't have the same size.
const difference = (one, other) => {
  if (one.height !== other.height || one.width !== other.width) return null;
  return one.data.reduce((most, value, i) => Math.max(most, Math.abs(value - other.data[i])), 0);
};
"""
Packed = tuple[int, int, str]
"""Height, width and the bytes of an array in base64."""


def packed(plane: NDArray[Any]) -> Packed:
    height, width = plane.shape[:2]
    return height, width, base64.b64encode(np.ascontiguousarray(plane).tobytes()).decode()


def packed_levels(picture: Levels) -> Packed:
    """As ImageData has them: always four channels."""
    channels = picture.shape[2]
    colour = np.repeat(picture, 3, axis=2) if channels == 1 else picture[..., :3]
    opaque = np.full_like(colour[..., :1], 255)
    return packed(np.concatenate([colour, picture[..., 3:] if channels == 4 else opaque], axis=2))


def packed_found(found: Found) -> dict[str, Any]:
    return {
        "ink": packed(found.ink),
        "count": found.count,
        "frames": [(name, packed(plane)) for name, plane in found.frames.items()],
    }


def as_levels(picture: Image.Image) -> Levels:
    """Levels of a picture `(H, W, C)`."""
    plain = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB")
    array = np.asarray(plain)
    return array if array.ndim == 3 else array[:, :, None]


KINDS = [*made_pictures.KINDS, *made_pictures.SEVERAL, *made_pictures.BLANK]


def made_picture(kind: str) -> Levels:
    random = np.random.default_rng([14, KINDS.index(kind)])
    digits = [(int(label), [np.asarray(s) for s in strokes]) for label, strokes in DIGITS.items()]
    random.shuffle(digits)
    return as_levels(made_pictures.make(kind, digits, random))


def other_pictures() -> dict[str, Levels]:
    """Pictures at the limits: of one pixel, of one colour, of noise, masks, transparent ones."""
    random = np.random.default_rng(0)
    drawn = made_picture("drawn")
    noise = random.integers(0, 256, (150, 120, 3), np.uint8)
    shades = np.linspace(0, 255, 300).astype(np.uint8)
    alpha = random.integers(0, 256, (*drawn.shape[:2], 1), np.uint8)
    return {
        "one pixel": np.full((1, 1, 1), 200, np.uint8),
        "two pixels": np.array([[[0], [255]]], np.uint8),
        "a row": random.integers(0, 256, (1, 900, 1), np.uint8),
        "a column": random.integers(0, 256, (700, 1, 3), np.uint8),
        "a strip": random.integers(0, 256, (8, 700, 1), np.uint8),
        "black": np.zeros((40, 30, 1), np.uint8),
        "white": np.full((500, 210, 3), 255, np.uint8),
        "noise": noise,
        "noise in a large picture": np.repeat(np.repeat(noise, 7, 0), 9, 1)[:1001, :997],
        "a gradient": np.broadcast_to(shades[:, None], (200, 300, 1)),
        "a mask": (drawn[..., :1] < 128).astype(np.uint8),
        "seven levels": drawn[..., :1] // 40,
        "transparent": np.concatenate([drawn[..., :3].repeat(3 // drawn.shape[2], 2), alpha], 2),
        "nothing but alpha": np.concatenate([np.zeros_like(alpha).repeat(3, 2), alpha], 2),
        "more than four million pixels": drawn.repeat(10, 0).repeat(10, 1)[:2111, :2003],
    }


OTHERS = other_pictures()
CASES = sorted((ROOT / "tests/cases/pictures").glob("*.[jp][pn]g"))


FINDERS = {"find": finding.find, "silhouette": finding.silhouette}


def compare(run: Run, pictures: dict[str, Levels]) -> None:
    """Compare the ink, the number of digits and each frame of pictures, silhouettes included."""
    for name, picture in pictures.items():
        expected = [packed_found(function(picture)) for function in FINDERS.values()]
        answers = run(
            IMPORTS
            + """
            const { picture, expected, finders } = argument;
            return finders.map((finder, i) => {
              const found = finding[finder](levels(picture));
              return {
                count: found.count,
                ink: difference(found.ink, ink(expected[i].ink)),
                frames: found.frames.map(([name, plane], n) =>
                  [name, difference(plane, ink(expected[i].frames[n][1]))]),
              };
            });
            """,
            {
                "picture": packed_levels(picture),
                "expected": expected,
                "finders": list(FINDERS),
            },
        )
        for finder, answer, found in zip(FINDERS, answers, expected, strict=True):
            what = (name, finder)
            assert answer["count"] == found["count"], what
            assert [frame for frame, _ in answer["frames"]] == [f for f, _ in found["frames"]], what
            for step, most in [*answer["frames"], ("the result", answer["ink"])]:
                assert most is not None, (*what, step)
                assert most <= 1e-6, (*what, step)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_digit_is_found(shared_run: Run, kind: str) -> None:
    compare(shared_run, {kind: made_picture(kind)})


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_is_found_at_the_limits(shared_run: Run, name: str) -> None:
    compare(shared_run, {name: OTHERS[name]})


def test_the_same_is_found_in_the_cases(shared_run: Run) -> None:
    assert CASES
    compare(shared_run, {case.name: as_levels(Image.open(case)) for case in CASES})
