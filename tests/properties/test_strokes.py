"""Whatever a program passes as strokes is read or rejected with a sentence."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from hypothesis.strategies import DrawFn

from lenet import Prediction, Predictor
from tests.properties.hostile import HUGE, NUMBERS, SCALARS, changed
from tests.properties.watch import attempt
from tests.support.digits import DIGITS

DRAWN = [[[list(point) for point in stroke] for stroke in strokes] for strokes in DIGITS.values()]

COORDINATES = st.one_of(st.floats(-0.5, 1.5), st.floats(width=32), st.integers(-2, 2), NUMBERS)
STROKES = st.lists(st.lists(st.tuples(COORDINATES, COORDINATES), max_size=8), max_size=6)


def iterated(values: list[Any]) -> Iterator[Any]:
    yield from values


ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        *(st.lists(inner, max_size=6).map(kind) for kind in (list, tuple, iterated)),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.frozensets(st.integers(0, 5), max_size=3),
    ),
    max_leaves=30,
)


@st.composite
def any_array(draw: DrawFn) -> Any:
    """An array or a tensor of any type and shape, or one that is said to be huge."""
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=9))
    kind = draw(st.sampled_from(["array", "object", "tensor", "huge", "floats"]))
    if kind == "array":
        return draw(arrays.arrays(arrays.scalar_dtypes(), shape))
    if kind == "object":
        return draw(arrays.arrays(object, shape, elements=SCALARS))
    if kind == "floats":
        return draw(arrays.arrays(np.float32, shape, elements=st.floats(0, 1, width=32)))
    if kind == "huge":
        sides = st.lists(st.sampled_from([1, 3, 20, 60_000, 2**20]), min_size=2, max_size=3)
        huge = np.broadcast_to(np.float32(draw(st.floats(0, 1, width=32))), draw(sides))
        return huge if huge.size > 10**8 or huge.size < 10**5 else huge[:5]
    dtype = draw(st.sampled_from([torch.bfloat16, torch.bool, torch.int64, torch.complex64]))
    tensor = torch.ones(shape, dtype=dtype)
    change = draw(st.sampled_from(["none", "sparse", "meta", "gradient"]))
    if change == "sparse" and tensor.ndim:
        return tensor.to_sparse()
    if change == "meta":
        return tensor.to("meta")
    return tensor.float().requires_grad_() if change == "gradient" else tensor


def check(prediction: Prediction | None) -> None:
    """A prediction is complete and its numbers make sense."""
    if prediction is None:
        return
    total = 0 if prediction.state == "blank" else 1
    assert prediction.state in ("digit", "not a digit", "blank")
    assert np.isfinite(prediction.probabilities).all()
    assert abs(prediction.probabilities.sum() - total) < 1e-4
    assert np.isfinite(prediction.evidence)
    assert prediction.network_input.shape == (28, 28)
    assert ((prediction.network_input >= 0) & (prediction.network_input <= 1)).all()


@given(STROKES)
@example([[(HUGE, 0)]])
@example([[(0.5, 0.5)] * 20_000])
@example([[(0.1, 0.2), (0.8, 0.9)]] * 5_000)
@example([[]] * 100_000)
def test_any_points(predictor: Predictor, strokes: Any) -> None:
    check(attempt("strokes", predictor, strokes))
    check(attempt("strokes", predictor.read_sketch, strokes))


@given(changed(DRAWN, SCALARS))
@example([[(0, "x" * 100_000)] * 1_000])
@example([["x" * 100_000] * 10])
def test_drawings_with_foreign_values(predictor: Predictor, strokes: Any) -> None:
    check(attempt("strokes", predictor, strokes))
    check(attempt("strokes", predictor.read_sketch, strokes))


@given(ANYTHING)
def test_any_value(predictor: Predictor, value: Any) -> None:
    check(attempt("values", predictor, value))


@given(any_array())
@example(np.broadcast_to(np.float32(0), (2**31, 20)))
@example(np.broadcast_to(np.float32(0), (20, 2**31, 2)))
@pytest.mark.filterwarnings("ignore")  # of converting numbers, which is NumPy's business
def test_any_array(predictor: Predictor, value: Any) -> None:
    check(attempt("arrays", predictor, value))
    check(attempt("arrays", predictor.read_sketch, value))
