"""Numbers as strokes or as the levels of a picture: their shape decides.

| | nested lists | array, tensor, table |
|---|---|---|
| `(H, W)` | a picture | a picture |
| `(strokes, points, 2)` | strokes | strokes; from `MIN_ROWS` rows on a picture, grey and alpha |
| other shapes | as `levels_from_array` says | as `levels_from_array` says |
"""

from collections.abc import Iterable, Mapping, Sized
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.arrays import levels_from_array, plain_array
from lenet.drawing.contrast import Levels
from lenet.drawing.ink import MAX_POINTS, Strokes
from lenet.errors import SketchpadError

MIN_ROWS = 8
"""With fewer rows than this, two to four numbers are a point rather than a colour: few digits have
so many strokes, and few pictures are so small."""
MAX_DEPTH = 8
"""Lists may be nested this deeply, which is more than any picture needs. One that contains itself
has no end."""
MAX_READ = 200_000
"""Most values read from generators: strokes need far fewer, and generators may be endless."""
MAX_LISTED = 10_000_000
"""Most values in lists, each as often as it occurs. An array of this size takes far less time."""
NUMBERS = (int, float, np.bool_, np.integer, np.floating)
EXPECTED = "A drawing must be strokes, which are lists of points (x, y), or the rows of a picture"


def from_array(values: Any) -> Strokes | Levels:
    """Strokes or levels of an array, a tensor, a table, or anything that NumPy converts.

    Raises:
        SketchpadError: it contains anything but numbers, or has an unsuitable shape or range.
    """
    array = plain_array(values)
    if array.ndim == 3 and array.shape[2] == 2 and array.size > 0 and len(array) < MIN_ROWS:
        return _strokes(array)
    return _picture(array)


def from_lists(values: Iterable[Any]) -> Strokes | Levels:
    """Strokes or levels of lists of numbers; any iterable may take the place of a list.

    Raises:
        SketchpadError: it contains anything but numbers, or has an unsuitable shape or range.
    """
    rows = _Reader().listed(values)
    shape = _shape(rows)
    if not shape:
        return []
    if len(shape) == 3 and shape[2] == 2:
        return _strokes(rows)
    if len(rows) > 1 and isinstance(rows[0], np.ndarray) and rows[0].ndim > 1:
        raise SketchpadError(
            f"{EXPECTED}, got a list of {len(rows)} arrays of shape {rows[0].shape}. "
            "Pass one picture at a time."
        )
    return _picture(_rectangular(rows))


class _Reader:
    """Reads iterables of any kind, and counts what they hold.

    It passes on nothing but numbers: one long text in a list would make NumPy reserve its length
    for every value.
    """

    def __init__(self) -> None:
        self.read = self.listed_so_far = 0

    def listed(self, values: Iterable[Any], depth: int = 1) -> list[Any]:
        """`values` as nested lists of numbers and arrays."""
        if depth > MAX_DEPTH:
            raise SketchpadError(f"{EXPECTED}. These lists are nested more than {MAX_DEPTH} deep.")
        rows = self._list(values) if isinstance(values, Sized) else self._read(values)
        kinds = set(map(type, rows))
        if kinds <= {float, int} or all(issubclass(kind, NUMBERS) for kind in kinds):
            return rows
        return [self._plain(row, depth) for row in rows]

    def _list(self, values: Iterable[Any]) -> list[Any]:
        rows = list(values)
        self.listed_so_far += len(rows)
        if self.listed_so_far > MAX_LISTED:
            raise SketchpadError(
                f"{EXPECTED}, got lists of more than {MAX_LISTED:,} values. Pass an array."
            )
        return rows

    def _read(self, values: Iterable[Any]) -> list[Any]:
        """What a generator yields, but no more than makes too many points."""
        rows = list(islice(values, MAX_POINTS + 1))
        self.read += len(rows)
        if self.read > MAX_READ:
            raise SketchpadError(
                f"{EXPECTED}, got generators of more than {MAX_READ:,} values. Pass an array."
            )
        return rows

    def _plain(self, value: Any, depth: int) -> Any:
        """A row, a stroke or a point as a list or an array; a number is unchanged."""
        if isinstance(value, NUMBERS):
            return value
        # Pillow's pictures have only the second of these.
        if hasattr(value, "__array__") or hasattr(value, "__array_interface__"):
            return plain_array(value)
        if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
            return self.listed(value, depth + 1)
        content = "text" if isinstance(value, str | bytes) else type(value).__name__
        raise SketchpadError(
            f"A drawing must contain numbers, but the list contains {content}. "
            "Pass booleans, integers or floats."
        )


def _shape(rows: Any) -> tuple[int, ...]:
    """The shape of nested lists, by the first element on each level that isn't empty."""
    if isinstance(rows, np.ndarray):
        return rows.shape if rows.size else ()
    if not isinstance(rows, list):
        return ()
    filled = (row for row in rows if not _is_empty(row))
    first = next(filled, None)
    return () if first is None and _is_empty(rows) else (len(rows), *_shape(first))


def _is_empty(rows: Any) -> bool:
    """Whether nested lists contain nothing at all."""
    if isinstance(rows, np.ndarray):
        return not rows.size
    return isinstance(rows, list) and all(_is_empty(row) for row in rows)


def _rectangular(rows: Any) -> NDArray[Any]:
    """Nested lists as an array of numbers."""
    try:
        array = np.asarray(rows)
    except ValueError as error:
        raise SketchpadError(f"{EXPECTED}. The parts of this list differ in length.") from error
    return plain_array(array, "list")


def _strokes(rows: Iterable[Any]) -> Strokes:
    """Rows as strokes on the pad."""
    strokes = [points for points in map(_rectangular, rows) if points.size]
    for points in strokes:
        if points.ndim != 2 or points.shape[1] != 2:
            raise SketchpadError(f"{EXPECTED}, got a stroke of shape {points.shape}.")
    _check_units(np.concatenate(strokes))
    return [points.tolist() for points in strokes]


def _check_units(points: NDArray[Any]) -> None:
    """Reject points `(n, 2)` that don't go from 0 to 1, such as pixels.

    A pen may leave the pad, but most of a drawing lies on it.
    """
    outside = ((points < 0) | (points > 1)).any(axis=1)
    if np.isfinite(points).all() and 2 * outside.sum() > len(points):
        raise SketchpadError(
            "The coordinates of strokes go from 0 to 1, found "
            f"{points.min():.4g} to {points.max():.4g}. Divide pixels by the pad's side."
        )


def _picture(array: NDArray[Any]) -> Levels:
    """The levels of a picture, unless these are points with more than two numbers."""
    if array.ndim == 3 and array.shape[2] in (3, 4) and 0 < len(array) < MIN_ROWS:
        raise SketchpadError(
            f"{EXPECTED}, got shape {array.shape}, where points have {array.shape[2]} numbers. "
            "Drop all but x and y."
        )
    return levels_from_array(array)
