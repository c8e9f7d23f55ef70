"""From arrays, tensors and tables of numbers to the levels of a picture (see `contrast`)."""

import sys
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from lenet.drawing.contrast import Levels
from lenet.errors import SketchpadError

if TYPE_CHECKING:
    import torch

MAX_PIXELS = 50_000_000
"""Pictures with more pixels are rejected before they are decoded."""
MAX_SIDE = 30_000
"""Pictures with a longer side are rejected, too, because thin ones cost more than their pixels.
Panoramas of phones have less than 20,000."""
MIN_SIDE = 5
"""Arrays with a shorter side are rejected. A digit of the smallest pixel fonts has 3×5 pixels with
an empty border, and the points of a stroke have two or three columns."""
OVERSHOOT = 0.1
"""How far floats may exceed their range, as a share of the largest. Cubic interpolation does."""
FAINT = 1 / 8
"""Floats that use at most this share of their range are stretched to all of it, so that they don't
look blank: 16 levels of 255, for example."""


def plain_array(values: Any, name: str = "") -> NDArray[Any]:
    """`values` as an array of NumPy's own class, without gradient and in main memory.

    Error messages call it `name`, by default its type.

    Its own class, because a subclass may change what an index means: `np.matrix` corrupts the
    memory of the process when it gets a third axis.

    Raises:
        SketchpadError: it is not an array of numbers, or some of them are missing.
    """
    name = name or type(values).__name__
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise SketchpadError(
            f"{np.ma.count_masked(values):,} values of the {name} are masked. "
            "Replace them with numbers, as in array.filled(0)."
        )
    try:
        # Whatever the object does to become an array is its own code, so it may raise anything.
        array = _from_tensor(values) if _is_tensor(values) else np.asarray(values)
        if array.dtype.kind == "O":
            array = np.array(array.tolist())  # numbers of several types, as in a DataFrame
    except Exception as error:
        raise SketchpadError(
            f"The {name} can't be converted to a NumPy array. Pass an array of numbers instead."
        ) from error
    if array.dtype.kind not in "biuf":
        raise SketchpadError(
            f"A drawing must contain numbers, but the {name} contains {_content(array)}. "
            "Pass booleans, integers or floats."
        )
    return array


def _is_tensor(values: Any) -> "TypeGuard[torch.Tensor]":
    # Without PyTorch, which takes seconds to import, there are no tensors.
    found = sys.modules.get("torch")
    return found is not None and isinstance(values, found.Tensor)


def _from_tensor(tensor: "torch.Tensor") -> NDArray[Any]:
    """A tensor of any type, layout and device as an array."""
    if tensor.is_floating_point() and tensor.element_size() < 4:
        tensor = tensor.float()  # NumPy has no bfloat16
    return tensor.to_dense().numpy(force=True)


def _content(array: NDArray[Any]) -> str:
    """What an array contains instead of numbers."""
    if array.dtype.kind in "US":
        return "text"
    if array.dtype.kind != "O":
        return str(array.dtype)
    kinds = {type(value).__name__ for value in array.flat if not isinstance(value, int | float)}
    return ", ".join(sorted(kinds)[:3]) or "integers of more than 64 bits"


def levels_from_array(array: NDArray[Any]) -> Levels:
    """Levels of an array of numbers: `(H, W)`, `(H, W, C)` or `(C, H, W)`, C from 1 to 4.

    Leading axes of length 1 are dropped. Two channels are grey and alpha, four are RGBA. Two
    channels must come last: `(2, H, W)` may be two pictures. Values are booleans; integers from 0,
    of which 8 bits are kept; or floats in [0, 1], [−1, 1] or [0, 255].

    Raises:
        SketchpadError: wrong shape or range, too large, or not finite.
    """
    levels = _levels(_channels_last(array))
    if levels.shape[2] == 2:
        levels = levels[..., [0, 0, 0, 1]]
    return levels


def _channels_last(array: NDArray[Any]) -> NDArray[Any]:
    """An array `(H, W, C)`."""
    shape = array.shape
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[..., None]
    elif array.ndim == 3 and array.shape[2] > 4 and array.shape[0] in (3, 4):
        array = np.moveaxis(array, 0, 2)
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4):
        several = " It looks like several pictures: pass one at a time." if array.ndim > 2 else ""
        raise SketchpadError(
            "A picture must have the shape (H, W), (H, W, channels) or (channels, H, W), "
            f"got {array.dtype} of shape {shape}.{several or ' Reshape it.'}"
        )
    height, width = array.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise SketchpadError(
            f"{array.dtype} of shape {shape} is too small for a picture, whose sides have at least "
            f"{MIN_SIDE} pixels. If it is a stroke, pass a list of strokes, each a list of points "
            "(x, y)."
        )
    check_size((width, height), "The array")
    return array


def check_size(size: tuple[int, int], name: str) -> None:
    """Reject a picture with too many pixels, or with too many in a row.

    Raises:
        SketchpadError: it has more than `MAX_PIXELS`, or a side of more than `MAX_SIDE`.
    """
    width, height = size
    if width * height > MAX_PIXELS:
        raise too_large(name)
    if max(size) > MAX_SIDE:
        raise SketchpadError(
            f"{name} has {width:,}×{height:,} pixels, and no side may have more than {MAX_SIDE:,}. "
            "Crop it to the digit."
        )


def too_large(name: str) -> SketchpadError:
    """The error for a picture with more than `MAX_PIXELS`."""
    return SketchpadError(
        f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels. "
        "Make it smaller: 1000×1000 is plenty."
    )


def _levels(values: NDArray[Any]) -> Levels:
    """`values` as uint8, whatever their type and range."""
    with np.errstate(invalid="ignore"):
        smallest, largest = values.min().item(), values.max().item()
    if not np.isfinite([smallest, largest]).all():
        raise SketchpadError("The array contains NaN or infinity. Replace them with numbers.")
    if values.dtype.kind != "f" and smallest >= 0:
        if values.dtype.kind == "b":
            return values * np.uint8(255)
        # The upper 8 of the bits in use: 10 bits are often stored in 16.
        return (values >> max(int(largest).bit_length() - 8, 0)).astype(np.uint8)
    low, high = _range(values, smallest, largest)
    scaled = values.astype(np.float64)
    # In place, because a large picture takes more than a gigabyte.
    scaled -= low
    scaled *= 255 / (high - low)
    np.clip(scaled, 0, 255, out=scaled)
    scaled += 0.5
    return scaled.astype(np.uint8)


def _range(values: NDArray[Any], smallest: float, largest: float) -> tuple[float, float]:
    """What is black and what is white in `values`."""
    signed = smallest < -OVERSHOOT * largest
    size = max(-smallest, largest)
    full = next((full for full in (1, 255) if size <= full * (1 + OVERSHOOT)), None)
    if full is None or (signed and full > 1):
        raise SketchpadError(
            "The numbers of a picture must lie in [0, 1], [−1, 1] or [0, 255], "
            f"got {values.dtype} from {smallest:.3g} to {largest:.3g}. Scale them."
        )
    white = size if 0 < size <= FAINT * full else full
    return -white if signed else 0, white
