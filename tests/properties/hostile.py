"""Strategies for what no program expects, and for damage to what it does."""

import json
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

HUGE = 10**400
"""A whole number that no float can hold."""

ODD_NUMBERS = st.sampled_from(
    [
        *(0, -0.0, 1, -1, 0.5, 28, 4096, 2**31, 2**53, 2**63, 1e-320, 1e300, HUGE),
        *(math.nan, math.inf, -math.inf),
    ]
)
NUMBERS = st.one_of(ODD_NUMBERS, st.floats(), st.integers(), st.booleans())
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["", "0", "NaN", "é", "\0", "x" * 100_000]))
JSON = st.recursive(
    st.one_of(st.none(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=12,
)
OTHERS = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [
            *(None, ..., object(), int, range(5), 1j),
            *(Decimal("0.5"), Decimal("NaN"), Fraction(1, 3)),
            *(np.float16(0.5), np.float32("nan"), np.int8(-1), np.uint64(2**63), np.bool_(True)),
            *(np.str_("x"), np.datetime64("2020-01-01"), np.void(b"ab"), np.complex64(1)),
        ]
    ),
)
"""Values of Python that JSON has not."""
SCALARS = st.one_of(NUMBERS, TEXTS, OTHERS)


@st.composite
def damaged(draw: DrawFn, originals: Sequence[bytes]) -> bytes:
    """A file that has been cut, changed, lengthened, or joined with part of another."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(0, 4))):
        # Headers come first, so most of the damage is there.
        near = draw(st.booleans())
        at = draw(st.integers(0, min(len(content), 100) if near else len(content)))
        kind = draw(st.sampled_from(["cut", "byte", "bytes", "drop", "repeat", "join"]))
        if kind == "cut":
            del content[at:]
        elif kind == "byte":
            content[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == "bytes":
            content[at : at + draw(st.sampled_from([0, 2, 4, 8]))] = draw(st.binary(max_size=8))
        elif kind == "drop":
            del content[at : at + draw(st.integers(1, 64))]
        elif kind == "repeat":
            content[at:at] = content[at : at + draw(st.integers(1, 64))] * draw(st.integers(1, 40))
        else:
            content[at:] = draw(st.sampled_from(originals))[at:]
    return bytes(content)


@st.composite
def changed(draw: DrawFn, originals: Sequence[Any], values: SearchStrategy[Any] = JSON) -> Any:
    """Nested lists and dictionaries in which some values have been replaced, added or removed."""
    found = json.loads(json.dumps(draw(st.sampled_from(originals))))
    for _ in range(draw(st.integers(0, 3))):
        found = _changed_once(draw, found, values)
    return found


def _changed_once(draw: DrawFn, value: Any, values: SearchStrategy[Any]) -> Any:
    is_leaf = not isinstance(value, list | dict) or not value
    if is_leaf or draw(st.integers(0, 4)) == 0:
        return draw(values)
    keys = list(range(len(value))) if isinstance(value, list) else sorted(value)
    key = draw(st.sampled_from(keys))
    change: Callable[[], Any] = draw(
        st.sampled_from([value.copy, lambda: _without(value, key), lambda: _doubled(value, key)])
    )
    found = change()
    if len(found) == len(value):
        found[key] = _changed_once(draw, value[key], values)
    return found


def _without(value: Any, key: Any) -> Any:
    found = value.copy()
    del found[key]
    return found


def _doubled(value: Any, key: Any) -> Any:
    if isinstance(value, list):
        return [*value, value[key]]
    return {**value, f"{key}2": value[key]}
