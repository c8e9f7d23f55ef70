"""What programs pass in: each kind is read, or rejected in a sentence that names what was found."""

from array import array
from collections import deque
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import count
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from lenet import Predictor
from lenet.drawing import contents
from lenet.drawing.ink import MAX_POINTS
from lenet.errors import SketchpadError
from tests.support.digits import DIGITS, grey

LEVELS = grey(DIGITS["3"])[::10, ::10]
"""`(28, 28)` uint8, light on dark, from 0 to 255"""
SHARE = LEVELS / 255
MASK = LEVELS > 127
OPAQUE = np.full_like(LEVELS, 255)
STROKES = [stroke[:13] for stroke in DIGITS["4"]]


def png() -> bytes:
    file = BytesIO()
    Image.fromarray(LEVELS).save(file, "PNG")
    return file.getvalue()


def just_written() -> BytesIO:
    file = BytesIO()
    Image.fromarray(LEVELS).save(file, "PNG")
    return file  # its position is the end


class Unseekable:
    """What a web server answers with, for example."""

    def __init__(self) -> None:
        self.file = BytesIO(png())

    def read(self, size: int = -1) -> bytes:
        return self.file.read(min(size, 500))


class Table:
    """Something that only knows how to become an array, as a DataFrame does."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]:
        return np.asarray(self.values)


def tensor(values: NDArray[Any], kind: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.tensor(values).to(kind)


def scaled(factor: float, shift: float = 0) -> list[Any]:
    return [[(factor * (x + shift), factor * (y + shift)) for x, y in s] for s in STROKES]


def coloured(values: NDArray[Any]) -> NDArray[Any]:
    return np.repeat(values[..., None], 3, 2)


PICTURES: dict[str, Any] = {
    "bytes": png(),
    "bytearray": bytearray(png()),
    "memoryview": memoryview(png()),
    "memoryview of an array": LEVELS.data,
    "BytesIO": BytesIO(png()),
    "BytesIO at its end": just_written(),
    "stream": Unseekable(),
    "PIL image": Image.fromarray(LEVELS),
    "list of one PIL image": [Image.fromarray(LEVELS)],
    "list of one array": [LEVELS],
    "lists": LEVELS.tolist(),
    "lists of floats": SHARE.tolist(),
    "tuples": tuple(map(tuple, SHARE.tolist())),
    "list of arrays": list(LEVELS),
    "list of tensors": list(tensor(SHARE).requires_grad_()),
    "list of typed arrays": [array("B", row) for row in LEVELS.tolist()],
    "generator of rows": (row for row in LEVELS.tolist()),
    "tensor": tensor(SHARE),
    "tensor with gradient": tensor(SHARE).requires_grad_(),
    "tensor of a graph": tensor(SHARE).requires_grad_() * 1,
    "tensor of bytes": tensor(LEVELS, torch.uint8),
    "tensor, float16": tensor(SHARE, torch.float16),
    "tensor, sparse": tensor(SHARE).to_sparse(),
    "tensor, negated": torch.imag(torch.conj(tensor(SHARE) * -1j)),
    "tensor (1, 1, H, W)": tensor(SHARE)[None, None],
    "tensor (1, 3, H, W)": tensor(SHARE).expand(1, 3, -1, -1),
    "matrix": LEVELS.view(np.matrix),
    "matrix of floats": SHARE.view(np.matrix),
    "masked array without masked values": np.ma.array(LEVELS),
    "table": Table(LEVELS),
    "table of several types": Table(LEVELS.astype(object)),
    "(1, H, W)": LEVELS[None],
    "(H, W, 1)": LEVELS[..., None],
    "(3, H, W)": np.moveaxis(coloured(LEVELS), 2, 0),
    "(H, W, 3)": coloured(LEVELS),
    "(1, H, W, 3)": coloured(LEVELS)[None],
    "(H, W, 2)": np.dstack([LEVELS, OPAQUE]),
    "(H, W, 4)": np.dstack([coloured(LEVELS), OPAQUE]),
    "(4, H, W) of floats": np.stack([SHARE, SHARE, SHARE, OPAQUE / 255]),
    "(H, W, 3) in lists": coloured(LEVELS).tolist(),
    "8 bits, big-endian": LEVELS.astype(">u2"),
    "8 bits in uint16": LEVELS.astype(np.uint16),
    "8 bits in int64": LEVELS.astype(np.int64),
    "16 bits": LEVELS.astype(np.uint16) * 257,
    "32 bits": LEVELS.astype(np.uint32) * 0x01010101,
    "floats from 0 to 255": LEVELS.astype(float),
    "floats from 0 to 1.0000001": SHARE * 1.0000001,
    "floats from 0 to 0.001": SHARE / 1000,
    "floats of 128 bits": SHARE.astype(np.longdouble),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_read_from_anything_that_holds_one(kind: str) -> None:
    levels = contents(PICTURES[kind])
    assert isinstance(levels, np.ndarray)
    assert levels.dtype == np.uint8
    assert (levels[..., 3:] == 255).all()
    assert (levels[..., :3] == LEVELS[..., None]).all()


@pytest.mark.parametrize(
    ("drawing", "expected", "tolerance"),
    [
        (tensor(SHARE, torch.bfloat16), LEVELS, 1),
        ((SHARE * 1023).astype(np.uint16), LEVELS, 1),
        ((SHARE * 4095).astype(np.int32), LEVELS, 1),
        (np.round(SHARE * 16), LEVELS, 8),
        (SHARE * 3.2, LEVELS, 1),
        (2 * SHARE - 1, LEVELS, 1),
        (SHARE / -20, 255 - (128 + LEVELS / 2), 1),
        (np.clip(SHARE * 1.07 - 0.03, -1, 1.04), LEVELS, 10),
        (np.clip(LEVELS * 1.07 - 7, -7, 262), LEVELS, 11),
        (MASK, 255 * MASK, 0),
        (MASK.tolist(), 255 * MASK, 0),
        (2 * MASK.astype(int) - 1, 255 * MASK, 0),
    ],
    ids=[
        "bfloat16",
        "10 bits in 16",
        "12 bits in 32",
        "16 levels",
        "0 to 3.2",
        "-1 to 1",
        "-0.05 to 0",
        "-0.03 to 1.04, as enlarging does",
        "-7 to 262, as enlarging does",
        "truths",
        "lists of truths",
        "integers from -1 to 1",
    ],
)
def test_numbers_of_any_known_range_become_levels(
    drawing: Any, expected: NDArray[Any], tolerance: int
) -> None:
    levels = contents(drawing)
    assert isinstance(levels, np.ndarray)
    assert np.abs(levels[..., 0] - expected.astype(float)).max() <= tolerance


@pytest.mark.parametrize("dark_on_light", [False, True], ids=["light on dark", "dark on light"])
@pytest.mark.parametrize("most", [1, 16])
@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.uint16, np.float32])
def test_few_levels_are_not_blank(
    predictor: Predictor, kind: type, most: int, dark_on_light: bool
) -> None:
    values: NDArray[Any] = np.round(most * (1 - SHARE if dark_on_light else SHARE)).astype(kind)
    assert predictor(values).label == "3"


STROKE_INPUTS: dict[str, Any] = {
    "tuples": tuple(tuple(stroke) for stroke in STROKES),
    "lists of lists": [[list(point) for point in stroke] for stroke in STROKES],
    "with empty strokes": [[], *STROKES, []],
    "deque": deque(STROKES),
    "generator": (stroke for stroke in STROKES),
    "generator of generators": ((point for point in stroke) for stroke in STROKES),
    "zipped columns": (zip(*zip(*stroke, strict=True), strict=True) for stroke in STROKES),
    "values of a dictionary": dict(enumerate(STROKES)).values(),
    "arrays": [np.array(stroke) for stroke in STROKES],
    "float32": [np.array(stroke, np.float32) for stroke in STROKES],
    "tensors with gradient": [torch.tensor(stroke, requires_grad=True) for stroke in STROKES],
    "tables": [Table(stroke) for stroke in STROKES],
    "matrices": [np.array(stroke).view(np.matrix) for stroke in STROKES],
    "array (strokes, points, 2)": np.array(STROKES),
    "tensor (strokes, points, 2)": torch.tensor(STROKES),
    "points as arrays": [[np.array(point) for point in stroke] for stroke in STROKES],
    "points as tensors": [[torch.tensor(point) for point in stroke] for stroke in STROKES],
    "coordinates as tensors": [[(torch.tensor(x), y) for x, y in stroke] for stroke in STROKES],
}


@pytest.mark.parametrize("kind", STROKE_INPUTS)
def test_strokes_are_read_from_anything_that_holds_points(kind: str) -> None:
    strokes = contents(STROKE_INPUTS[kind])
    assert isinstance(strokes, list)
    assert len(strokes) == len(STROKES)
    for points, expected in zip(strokes, STROKES, strict=True):
        assert np.allclose(points, expected, atol=1e-6)


def test_many_strokes_of_a_list_are_not_a_picture() -> None:
    dots = [[(0.05 * n, 0.5), (0.05 * n, 0.6)] for n in range(20)]
    assert contents(dots) == [[[x, y] for x, y in stroke] for stroke in dots]


WITHOUT_POINTS: dict[str, Any] = {
    "list": [],
    "tuple": (),
    "empty stroke": [[]],
    "empty strokes": [[], ()],
    "iterator": iter([]),
    "empty array": [np.empty((0, 2))],
}


@pytest.mark.parametrize("drawing", WITHOUT_POINTS.values(), ids=WITHOUT_POINTS.keys())
def test_without_points_a_drawing_is_blank(predictor: Predictor, drawing: Any) -> None:
    assert predictor(drawing).state == "blank"


def test_a_pen_may_leave_the_pad() -> None:
    assert contents([[(0.5, 0.5), (0.9, 0.5), (1.7, 0.5)]]) == [
        [[0.5, 0.5], [0.9, 0.5], [1.7, 0.5]]
    ]


def endless() -> Iterator[Any]:
    return ([(0.5, 0.5)] for _ in count())


def endless_points() -> Iterator[Any]:
    return (((0.5, 0.5) for _ in count()) for _ in count())


def itself() -> list[Any]:
    values: list[Any] = []
    values.append(values)
    return values


def nested(depth: int) -> list[Any]:
    values: list[Any] = [0.5]
    for _ in range(depth):
        values = [values]
    return values


REJECTED: dict[str, tuple[Any, str]] = {
    "None": (None, "got NoneType"),
    "number": (7, "got int"),
    "dictionary": ({"strokes": STROKES}, "got dict"),
    "function": (len, "got builtin_function_or_method"),
    "class of files": (BytesIO, "got type"),
    "class of arrays": (np.ndarray, "got type"),
    "object": (SimpleNamespace(strokes=STROKES), "got SimpleNamespace"),
    "list of names": (["3.png"], "the list contains text"),
    "list of paths": ([PurePath("3.png")], "the list contains PurePosixPath"),
    "list of None": ([None], "the list contains NoneType"),
    "list of numbers": ([1, 2, 3], r"int64 of shape \(3,\). Reshape it"),
    "NumPy number": (np.float64(0.5), r"float64 of shape \(\)"),
    "flat array": (SHARE.ravel(), r"float64 of shape \(784,\). Reshape it"),
    "text": (StringIO("3"), 'mode "rb"'),
    "object that can't be read": (SimpleNamespace(read=lambda: 1 / 0), 'mode "rb"'),
    "object that can't become an array": (SimpleNamespace(__array__=len), "SimpleNamespace can't"),
    "meta tensor": (torch.zeros(28, 28, device="meta"), "Tensor can't be converted"),
    "complex numbers": (SHARE * 1j, "ndarray contains complex128"),
    "complex tensor": (tensor(SHARE, torch.complex64), "Tensor contains complex64"),
    "array of text": (LEVELS.astype(str), "ndarray contains text"),
    "table of text": (Table(LEVELS.astype(str).astype(object)), "Table contains text"),
    "array of None": (np.full((9, 9), None), "ndarray contains NoneType"),
    "array of large numbers": (np.full((9, 9), 10**30), "more than 64 bits"),
    "dates": (np.zeros((9, 9), "M8[s]"), "datetime64"),
    "masked values": (np.ma.array(LEVELS, mask=MASK), f"{MASK.sum()} values of the MaskedArray"),
    "NaN": (np.where(MASK, np.nan, SHARE), "contains NaN"),
    "infinity": (np.where(MASK, np.inf, SHARE), "NaN or infinity"),
    "normalised": (tensor((SHARE - 0.1307) / 0.3081), "float32 from -0.424 to 2.82. Scale them"),
    "floats up to 1000": (SHARE * 1000, "float64 from 0 to 1e\\+03"),
    "integers below 0": (LEVELS.astype(int) - 128, "int64 from -128 to 127"),
    "empty array": (np.empty(0), r"shape \(0,\)"),
    "empty picture": (np.empty((0, 28)), r"shape \(0, 28\)"),
    "empty stack": (np.empty((0, 28, 28)), r"shape \(0, 28, 28\)"),
    "several pictures": (np.zeros((10, 28, 28)), r"\(10, 28, 28\). It looks like several pictures"),
    "a batch": (torch.zeros(64, 1, 28, 28), r"\(64, 1, 28, 28\). It looks like several pictures"),
    "two images": ([Image.fromarray(LEVELS)] * 2, "list of 2 arrays .* Pass one picture"),
    "three arrays": ([LEVELS] * 3, r"list of 3 arrays of shape \(28, 28\). Pass one picture"),
    "seven channels": (np.zeros((28, 28, 7)), r"shape \(28, 28, 7\)"),
    "uneven rows": ([[0, 1, 1], [0, 1]], "differ in length"),
    "a line of 40,000 pixels": (np.zeros((9, 40_000)), r"40,000×9 pixels, .* than 30,000"),
    "200 megapixels": (np.broadcast_to(np.False_, (20_000, 10_000)), "50 million pixels"),
    "one stroke": (STROKES[0], r"shape \(13, 2\) .* pass a list of strokes"),
    "one stroke as an array": (np.array(STROKES[0]), "pass a list of strokes"),
    "one point": ((0.5, 0.5), r"shape \(2,\)"),
    "rows of x and y": ([list(zip(*STROKES[0], strict=True))], "pass a list of strokes"),
    "strokes and a number": ([*STROKES, 5], r"a stroke of shape \(\)"),
    "points with time": ([[(x, y, 0.5) for x, y in STROKES[0]]], "points have 3 numbers"),
    "uneven points": ([[(0.1, 0.2), (0.3,)]], "differ in length"),
    "points as dictionaries": ([[{"x": 0.1, "y": 0.2}]], "the list contains dict"),
    "points of text": ([[("0.1", "0.2")]], "the list contains text"),
    "missing coordinate": ([[(0.1, None)]], "the list contains NoneType"),
    "infinite coordinate": ([[(0.1, np.inf)]], "not a finite number"),
    "endless strokes": (endless(), "at most 20,000 points, got 20,001"),
    "endless strokes of endless points": (endless_points(), "more than 200,000 values"),
    "one long text among numbers": ([[0.5] * 999 + ["1" * 100_000]] * 99, "list contains text"),
    "one long text among points": (
        [[(0.5, 0.5)] * 999 + [("1" * 100_000, 0.5)]],
        "the list contains text",
    ),
    "nested 4,000 deep": (nested(4000), "nested more than 8 deep"),
    "the same list a billion times": ([[[0.5] * 1000] * 1000] * 1000, "more than 10,000,000"),
    "a list in itself": (itself(), "nested more than 8 deep"),
    "too many points": ([[(0.5, 0.5)] * (MAX_POINTS + 5)], "got 20,005"),
    "strokes in pixels": (scaled(280), "found 56 to 229.6. Divide pixels by the pad's side"),
    "strokes around the middle": (scaled(1, -0.5), "found -0.3 to 0.32"),
    "strokes in integers": (np.array(scaled(28), int), "found 5 to 22"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REJECTED)
def test_anything_else_is_rejected_in_a_sentence(predictor: Predictor, kind: str) -> None:
    drawing, words = REJECTED[kind]
    with pytest.raises(SketchpadError, match=words) as error:
        predictor(drawing)
    assert len(str(error.value)) < 250
