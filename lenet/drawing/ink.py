"""From pen strokes to ink.

*Ink* is an array `(H, W)` float32 in [0, 1]: 0 where nothing is drawn, 1 under the middle of the
pen, whatever the original colours. A blank drawing is all zeros.

The ink of strokes is defined by a formula. A pixel's ink is clamp(½ + r − d, 0, 1), where r is the
pen's radius and d is the distance from the pixel's centre to the nearest stroke, both in pixels.
`lenet/page/web/core/ink.js` computes the same.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.taps import stray_taps
from lenet.errors import SketchpadError

Ink: TypeAlias = NDArray[np.float32]
Strokes: TypeAlias = Sequence[Sequence[tuple[float, float]]]
Points: TypeAlias = NDArray[np.float64]

BOX = 20
"""Longer side of a drawing, as in MNIST."""
PEN_WIDTH = 0.075
"""Width of the pen as shown on the pad, as a share of the pad's side."""
STROKE_WIDTH = 0.11
"""Width of strokes as the network sees them, as a share of the drawing's longer side, so that small
digits don't blot and large ones aren't thin. In MNIST's box of 20 pixels it is 2.2 pixels."""
MIN_PEN = 0.01
"""Smallest pen width as a share of the pad's side; a dot becomes a disc that fills the box."""
MAX_POINTS = 20_000
"""Sketches with more points are rejected."""
MAX_PICTURE_SIDE = 1_000
"""Longest side of a picture below strokes."""

EXPECTED = "Strokes must be a list of strokes, each a list of points (x, y) from 0 to 1"
DIFFERENT = f"{EXPECTED}. This input has a different structure."
FAR = 1e6
"""Coordinates are limited to ±`FAR`, so that no product overflows."""
CHUNK = 1 << 16
"""How many distances are computed at a time."""


def ink_from_strokes(strokes: Strokes, box: int = BOX, pen: float | None = None) -> Ink:
    """Ink of strokes alone: the longer side, pen included, is `box` pixels.

    Stray taps (`lenet.drawing.taps`) are left out. Each stroke is a sequence of points (x, y), from
    (0, 0) in the upper left corner of the pad to (1, 1) in the lower right corner. What lies
    outside the pad doesn't count. `pen` is the pen's width as a share of the pad's side; by default
    it depends on the drawing (`STROKE_WIDTH`). The shorter side is rounded up to whole pixels, with
    the drawing in the middle of them. Without a drawing, the ink is a blank square.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    segments = fitted_segments(strokes).points
    if not len(segments):
        return np.zeros((box, box), np.float32)
    fit = _fit(segments, box, pen)
    width, height = fit.sides.astype(int).tolist()
    placed = (segments - fit.middle) * fit.scale + fit.sides / 2
    return _draw(placed, fit.scale * fit.pen / 2, height, width)


class Fit(NamedTuple):
    """How strokes on the pad fill a box: (point - middle) · scale + sides / 2, in pixels."""

    middle: Points
    """`(2,)`, the drawing's middle on the pad"""
    scale: float
    """pixels of the box for the side of the pad"""
    sides: Points
    """`(2,)`, the width and height of the ink in pixels"""
    pen: float
    """width of the pen as a share of the pad's side"""


def fit_strokes(strokes: Strokes, box: int = BOX, pen: float | None = None) -> Fit | None:
    """Where `ink_from_strokes` puts the points of strokes; None without a drawing.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    segments = fitted_segments(strokes).points
    return _fit(segments, box, pen) if len(segments) else None


def _fit(segments: Points, box: int, pen: float | None) -> Fit:
    """How segments `(n, 2, 2)` fill a box."""
    low, high = segments.min((0, 1)), segments.max((0, 1))
    extent = float((high - low).max())
    pen = fitting_pen(extent) if pen is None else pen
    scale = box / (extent + pen)
    # Less than 1e-9 of a pixel may be due to rounding, so it adds no pixel.
    sides = np.minimum(np.ceil((high - low + pen) * scale - 1e-9), box)
    return Fit((low + high) / 2, scale, sides, pen)


def ink_on_pad(
    strokes: Strokes, pixels: int, pen: float | None = PEN_WIDTH, stray: bool = True
) -> Ink:
    """Ink of the whole pad, `(pixels, pixels)`; if `pen` is None, it depends on the drawing.

    `stray=False` leaves out stray taps.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    segments = _segments(strokes)
    if not len(segments.points):
        return np.zeros((pixels, pixels), np.float32)
    fitted = _without_stray_taps(segments).points
    pen = fitting_pen(float(np.ptp(fitted, axis=(0, 1)).max())) if pen is None else pen
    drawn = segments.points if stray else fitted
    return _draw(drawn * pixels, pixels * pen / 2, pixels, pixels)


def ink_from_sketch(strokes: Strokes, picture: Ink | None = None, box: int = BOX) -> Ink:
    """Ink of strokes, on top of a square picture `(n, n)` in [0, 1] if there is one.

    Over a picture, strokes are drawn at its resolution with the pad's pen.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points; or the picture
            is not such an array.
    """
    if picture is None:
        return ink_from_strokes(strokes, box)
    _check_picture(picture)
    return np.maximum(picture, ink_on_pad(strokes, len(picture)))


def _check_picture(picture: Ink) -> None:
    shape = picture.shape if isinstance(picture, np.ndarray) else ()
    is_square = len(shape) == 2 and shape[0] == shape[1] and 0 < shape[0] <= MAX_PICTURE_SIDE
    is_ink = is_square and picture.dtype.kind == "f" and picture.min() >= 0 and picture.max() <= 1
    if not is_ink:
        raise SketchpadError(
            "The picture below the strokes must be a square array of floats from 0 to 1, with "
            f"sides up to {MAX_PICTURE_SIDE:,}. Resize or scale it."
        )


def bounds_on_pad(strokes: Strokes) -> tuple[Points, Points] | None:
    """The smallest and largest (x, y) of what lies on the pad, without the pen; None if nothing.

    Stray taps are left out.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    segments = fitted_segments(strokes).points
    return (segments.min((0, 1)), segments.max((0, 1))) if len(segments) else None


def fitting_pen(extent: float) -> float:
    """The pen width that equals `STROKE_WIDTH` of the drawing's longer side, pen included."""
    # A dot or the start of a stroke has no size yet.
    return max(extent * STROKE_WIDTH / (1 - STROKE_WIDTH), MIN_PEN)


def _draw(segments: Points, radius: float, height: int, width: int) -> Ink:
    """Ink `(height, width)` of segments `(n, 2, 2)` in pixels, drawn with a round pen."""
    squared = np.full((height, width), np.inf)
    count = max(1, CHUNK // squared.size)
    for first in range(0, len(segments), count):
        chunk = _squared_distances(segments[first : first + count], height, width)
        squared = np.minimum(squared, chunk.min(0))
    return np.clip(0.5 + radius - np.sqrt(squared), 0, 1).astype(np.float32)


def _squared_distances(segments: Points, height: int, width: int) -> Points:
    """Squared distances `(n, height, width)` of pixel centres from segments `(n, 2, 2)`."""
    start, end = segments[:, 0, :, None, None], segments[:, 1, :, None, None]
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    is_line, divisor = length > 0, np.where(length > 0, length, 1)
    # A dot has no direction, so any will do.
    across, down = np.where(is_line, step[:, 0], 1) / divisor, step[:, 1] / divisor
    middle = (start + end) / 2
    right = np.arange(width) + 0.5 - middle[:, 0]
    below = np.arange(height)[:, None] + 0.5 - middle[:, 1]
    beyond = np.maximum(np.abs(right * across + below * down) - length / 2, 0)
    sideways = right * down - below * across
    return beyond**2 + sideways**2


class Segments(NamedTuple):
    """What lies on the pad."""

    points: Points
    """`(n, 2, 2)`: [[x, y], [x, y]]; a dot has length 0"""
    strokes: NDArray[np.intp]
    """`(n,)`, the stroke of each segment, counted from 0 without empty ones"""


def fitted_segments(strokes: Strokes) -> Segments:
    """What lies on the pad, without stray taps.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    return _without_stray_taps(_segments(strokes))


def has_stray_taps(strokes: Strokes) -> bool:
    """Whether a stray tap is left out of what is read.

    Raises:
        SketchpadError: the input is not a list of strokes, or has too many points.
    """
    return bool(stray_taps(*_segments(strokes)).any())


def _without_stray_taps(segments: Segments) -> Segments:
    kept = ~stray_taps(*segments)
    return Segments(segments.points[kept], segments.strokes[kept])


def _segments(strokes: Strokes) -> Segments:
    paths = [np.clip(points, -FAR, FAR) for points in _checked(strokes)]
    paths = [path if len(path) > 1 else np.repeat(path, 2, 0) for path in paths]
    pairs = [np.stack([path[:-1], path[1:]], 1) for path in paths]
    owners = np.repeat(np.arange(len(pairs)), [len(pair) for pair in pairs])
    points, seen = _clip_to_pad(np.concatenate([np.empty((0, 2, 2)), *pairs]))
    return Segments(points, owners[seen])


def _clip_to_pad(segments: Points) -> tuple[Points, NDArray[np.bool_]]:
    """The parts of segments `(n, 2, 2)` that lie in [0, 1]², and which have one, `(n,)`.

    Liang and Barsky (1984).
    """
    start, end = segments[:, 0], segments[:, 1]
    step = end - start
    first, last = np.zeros(len(segments)), np.ones(len(segments))
    outside = np.zeros(len(segments), bool)
    for axis in (0, 1):
        across, position = step[:, axis], start[:, axis]
        for direction, room in ((-across, position), (across, 1 - position)):
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                crossing = room / direction
            first = np.where(direction < 0, np.maximum(first, crossing), first)
            last = np.where(direction > 0, np.minimum(last, crossing), last)
            outside |= (direction == 0) & (room < 0)
    seen = ~outside & (first <= last)
    start, end, step, first, last = start[seen], end[seen], step[seen], first[seen], last[seen]
    end = np.where(last[:, None] < 1, start + last[:, None] * step, end)
    start = start + first[:, None] * step
    # Rounding may put a point just outside the pad.
    return np.clip(np.stack([start, end], 1), 0, 1), seen


def _checked(strokes: Strokes) -> list[Points]:
    """The non-empty strokes as arrays `(n, 2)` of finite numbers."""
    try:
        # A generator has no length and could be read only once.
        count = len(strokes)
        if 0 < count <= MAX_POINTS:  # an array may have billions of rows
            count = sum(map(len, strokes))
    except TypeError as error:
        raise SketchpadError(DIFFERENT) from error
    if count > MAX_POINTS:
        raise SketchpadError(
            f"A sketch must have at most {MAX_POINTS:,} points, got {count:,}. Remove some strokes."
        )
    return [_points(stroke) for stroke in strokes if len(stroke)]


def _points(stroke: Sequence[tuple[float, float]]) -> Points:
    """A stroke as an array `(n, 2)`."""
    try:
        # NumPy sees only what is known to be pairs of numbers: one long text among them would make
        # it reserve that length for every number.
        is_array = hasattr(stroke, "__array__")
        points = np.asarray(stroke if is_array else [_pair(point) for point in stroke])
    except (ValueError, TypeError, RuntimeError) as error:
        raise SketchpadError(DIFFERENT) from error
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in "iuf":
        raise SketchpadError(DIFFERENT)
    if not np.isfinite(points).all():
        raise SketchpadError(f"{EXPECTED}. At least one coordinate is not a finite number.")
    return points.astype(np.float64)


def _pair(point: Sequence[float]) -> tuple[float, float]:
    """A point as two numbers."""
    x, y = point
    for value in (x, y):
        if not isinstance(value, int | float | np.integer | np.floating):
            raise TypeError(f"{type(value).__name__} is not a coordinate")
    return x, y
