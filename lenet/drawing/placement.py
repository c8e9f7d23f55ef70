"""Where a sketch on the pad ends up in the network input, and back.

`lenet/page/web/core/placement.js` computes the same.
"""

from typing import NamedTuple

from lenet.drawing.ink import BOX, Ink, Strokes, fit_strokes, ink_from_sketch
from lenet.drawing.preprocessing import corner, crop_to_ink, fit_into_box, ink_bounds, is_blank


class Rectangle(NamedTuple):
    """A part of a plane; pixel i reaches from i to i + 1."""

    top: float
    left: float
    bottom: float
    right: float


class Placement(NamedTuple):
    """The pad as a rectangle in the network input, which it may exceed.

    The point (x, y) of the pad, from 0 to 1, lies at (x · width + left, y · height + top), in
    pixels. Width and height may differ slightly, because both sides of a picture are rounded to
    whole pixels.
    """

    left: float
    top: float
    width: float
    height: float

    def on_pad(self, rectangle: Rectangle, border: int = 0) -> Rectangle:
        """Where on the pad a rectangle of the network input with its border comes from.

        Parts outside the pad are below 0 or above 1.
        """
        top, left, bottom, right = (side - border for side in rectangle)
        return Rectangle(
            (top - self.top) / self.height,
            (left - self.left) / self.width,
            (bottom - self.top) / self.height,
            (right - self.left) / self.width,
        )


def placement(
    strokes: Strokes, picture: Ink | None = None, box: int = BOX, centring: str = "mass"
) -> Placement | None:
    """Where strokes, or strokes on top of a square picture, are placed; None if nothing is drawn.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    ink = ink_from_sketch(strokes, picture, box)
    if is_blank(ink):
        return None
    x, y, scale = _pad_in_ink(strokes, picture, box)
    top, left, *_ = ink_bounds(ink)
    cropped = crop_to_ink(ink)
    boxed = fit_into_box(cropped, box)
    down, right = corner(boxed, centring)
    tall, wide = (new / old for new, old in zip(boxed.shape, cropped.shape, strict=True))
    return Placement((x - left) * wide + right, (y - top) * tall + down, scale * wide, scale * tall)


def _pad_in_ink(strokes: Strokes, picture: Ink | None, box: int) -> tuple[float, float, float]:
    """Left, top and side of the pad, in pixels of the sketch's ink."""
    if picture is not None:
        return 0, 0, len(picture)
    fit = fit_strokes(strokes, box)
    assert fit, "there is ink, so there are strokes"
    x, y = (fit.sides / 2 - fit.middle * fit.scale).tolist()
    return x, y, fit.scale
