"""The browser places a sketch in the network input where Python does."""

import base64
import itertools
from typing import Any

import numpy as np
import pytest

from lenet.drawing.ink import Strokes
from lenet.drawing.placement import Rectangle, placement
from tests.support.digits import DIGITS
from tests.web.conftest import Run
from tests.web.test_ink import changed

pytestmark = pytest.mark.browser

PREPARATIONS = list(itertools.product((20, 28), ("mass", "box")))
RECTANGLE = Rectangle(3, 8, 17, 22)

PLACE = """
const { placement, onPad } = await import("/core/placement.js");
return argument.sketches.map((sketch) => argument.preparations.map(([box, centring]) => {
  const place = placement(sketch, box, centring);
  return place && [place, onPad(place, argument.rectangle, 2)];
}));
"""


def sketches() -> list[tuple[Strokes, bytes | None]]:
    """Strokes, pictures of one byte a pixel, and both; some are blank."""
    random = np.random.default_rng(0)
    drawings = [changed(strokes, random) for strokes in DIGITS.values() for _ in range(5)]
    pictures = []
    for side in (28, 57, 100):
        levels = np.zeros((side, side), np.uint8)
        top, left, height, width = random.integers(1, side // 2, 4)
        levels[top : top + height, left : left + width] = random.integers(1, 256, (height, width))
        pictures.append(levels.tobytes())
    dots = [[[(0.3, 0.8)]], [[(1.0, 0.0)]], [[(2.0, 2.0), (3.0, 3.0)]], []]
    return [
        *((strokes, None) for strokes in [*drawings, *dots]),
        *((strokes, picture) for strokes in (drawings[0], dots[0], []) for picture in pictures),
        ([], bytes(28 * 28)),
    ]


def test_sketches_are_placed_alike(run: Run) -> None:
    everything = sketches()
    found = run(
        PLACE,
        {
            "sketches": [
                {"strokes": strokes, "picture": picture and base64.b64encode(picture).decode()}
                for strokes, picture in everything
            ],
            "preparations": PREPARATIONS,
            "rectangle": RECTANGLE._asdict(),
        },
    )
    for sketch, places in zip(everything, found, strict=True):
        for preparation, place in zip(PREPARATIONS, places, strict=True):
            assert_alike(place, *sketch, *preparation)


def assert_alike(
    found: Any, strokes: Strokes, picture: bytes | None, box: int, centring: str
) -> None:
    expected = placement(strokes, unpacked(picture), box, centring)
    if expected is None:
        assert found is None
        return
    place, on_pad = found
    for one, two in ((place, expected), (on_pad, expected.on_pad(RECTANGLE, 2))):
        assert set(one) == set(two._fields)
        np.testing.assert_allclose([one[name] for name in two._fields], two, atol=1e-6)


def unpacked(picture: bytes | None) -> Any:
    if picture is None:
        return None
    levels = np.frombuffer(picture, np.uint8)
    side = round(len(levels) ** 0.5)
    return (levels.reshape(side, side) / 255).astype(np.float32)
