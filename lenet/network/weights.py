"""The content of a model.safetensors, checked before memory is requested for it.

The file consists of eight bytes with the header's length, the header in JSON, and the numbers of
all tensors without gaps (https://huggingface.co/docs/safetensors).
"""

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from lenet.errors import SketchpadError

NUMBER_TYPES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
"""Bytes of each type of number."""
MAX_HEADER_BYTES = 1_000_000
"""The header of the deepest network takes 20 KB, that of the largest one less."""

Shapes = Mapping[str, tuple[int, ...]]


class Entry(NamedTuple):
    """What the header says about a tensor."""

    name: str
    shape: tuple[int, ...]
    bytes: int
    """of a number"""
    start: int
    end: int
    """its place in the data, in bytes"""


def read_weights(content: bytes, shapes: Shapes) -> dict[str, Tensor]:
    """The tensors in a model.safetensors, in float32.

    Raises:
        SketchpadError: it is damaged, or its tensors don't have exactly these names and shapes.
    """
    entries = _read_header(content)
    _check_shapes({entry.name: entry.shape for entry in entries}, shapes)
    try:
        tensors = safetensors.torch.load(content)
    except SafetensorError as error:
        raise _unreadable() from error
    return {entry.name: _finite(entry.name, tensors[entry.name].float()) for entry in entries}


def parse_json(content: bytes) -> Any:
    """The value of a JSON text, which has no NaN.

    Raises:
        ValueError: it isn't JSON, or is nested too deeply.
    """
    try:
        return json.loads(content, parse_constant=_reject)
    except RecursionError as error:
        raise ValueError from error


def _reject(constant: str) -> None:
    raise ValueError(constant)


def _read_header(content: bytes) -> list[Entry]:
    """The header's entries in the order of their data."""
    length = int.from_bytes(content[:8], "little")
    start = 8 + length
    if len(content) < 8 or start > len(content):
        raise _damaged("it is too short")
    if length > MAX_HEADER_BYTES:
        raise _damaged(f"its header has more than {MAX_HEADER_BYTES:,} bytes")
    try:
        header = parse_json(content[8:start])
    except ValueError as error:
        raise _unreadable() from error
    if not isinstance(header, dict):
        raise _unreadable()
    tensors = {name: value for name, value in header.items() if name != "__metadata__"}
    entries = [_read_entry(name, value) for name, value in tensors.items()]
    entries.sort(key=lambda entry: (entry.start, entry.end))
    end = 0
    for entry in entries:
        size = math.prod(entry.shape) * entry.bytes
        if entry.start != end or entry.end - entry.start != size:
            raise _damaged(f"{entry.name} is misplaced")
        end = entry.end
    if start + end != len(content):
        raise _damaged(f"it should have {start + end} bytes but has {len(content)}")
    return entries


def _read_entry(name: str, value: Any) -> Entry:
    found = value if isinstance(value, dict) else {}
    dtype, shape, offsets = (found.get(key) for key in ("dtype", "shape", "data_offsets"))
    if not isinstance(dtype, str) or dtype not in NUMBER_TYPES:
        raise _damaged(f"{name} must hold one of {', '.join(NUMBER_TYPES)}")
    if not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise _damaged(f"{name} has no shape or place")
    return Entry(name, tuple(shape), NUMBER_TYPES[dtype], *offsets)


def _are_sizes(value: Any) -> TypeGuard[list[int]]:
    # JavaScript has no larger whole numbers.
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 2**53 for n in value)


def _check_shapes(found: Shapes, expected: Shapes) -> None:
    for name, shape in expected.items():
        if name not in found:
            raise _damaged(f"{name} is missing")
        if found[name] != tuple(shape):
            raise _damaged(f"{name} should be {_size(shape)} but is {_size(found[name])}")
    for name in found:
        if name not in expected:
            raise _damaged(f"{name} is not part of this network")


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _finite(name: str, tensor: Tensor) -> Tensor:
    if not torch.isfinite(tensor).all():
        raise _damaged(f"{name} holds a value that is not finite")
    return tensor


def _unreadable() -> SketchpadError:
    return _damaged("they can't be read")


def _damaged(reason: str) -> SketchpadError:
    return SketchpadError(
        f"The network's weights are damaged: {reason}. Train or download the network again."
    )
