"""Whatever is in a checkpoint's files, it is a network that works, or is rejected."""

import json
import struct
from dataclasses import asdict
from typing import Any

import numpy as np
import safetensors.torch
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from lenet import PRESETS, Convolution, LeNet, LeNetConfig, Predictor
from lenet.network.folder import CONFIG, HISTORY, WEIGHTS
from lenet.network.model import parameter_count
from tests.properties.hostile import HUGE, JSON, changed, damaged
from tests.properties.test_strokes import check
from tests.properties.watch import attempt
from tests.support.digits import DIGITS
from tests.support.networks import RANDOM_CONFIGS

SMALL = LeNetConfig(convolutions=(Convolution(2, 3),), pooling="subsampling", dense=(3,))
CONFIGS = [asdict(config) for config in (*PRESETS.values(), SMALL, *RANDOM_CONFIGS[:20])]
MOST_BUILT = 300_000
"""Larger networks are only compared with weights that don't fit."""


def packed(state: dict[str, torch.Tensor]) -> bytes:
    return safetensors.torch.save(state, {"format": "pt"})


def with_header(header: Any, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


torch.manual_seed(0)
STATE = LeNet(SMALL).state_dict()
FILES = [packed(STATE), packed({name: t.half() for name, t in STATE.items()})]
LENGTH = 8 + int.from_bytes(FILES[0][:8], "little")
HEADER, DATA = json.loads(FILES[0][8:LENGTH]), FILES[0][LENGTH:]
SMALL_TEXT = json.dumps(asdict(SMALL)).encode()


def load(files: dict[str, bytes]) -> LeNet:
    return LeNet.from_files(files)


def use(files: dict[str, bytes]) -> None:
    """A network that can be loaded can read a drawing, unless it has no maps to show."""
    network = attempt("checkpoints", load, files)
    if network is None or parameter_count(network) > MOST_BUILT:
        return
    assert all(torch.isfinite(tensor).all() for tensor in network.state_dict().values())
    check(attempt("checkpoints", lambda model: Predictor(model)(DIGITS["3"]), network))


def text_of(value: Any) -> bytes:
    # Python writes NaN, which is not JSON, as people's programs do.
    return json.dumps(value).encode("utf-8", "surrogatepass")


@given(changed(CONFIGS) | JSON)
@example({"convolutions": [{"channels": 4096, "kernel": 1}] * 100})
@example({"convolutions": [], "dense": [4096] * 40})
@example({"convolutions": [{"channels": 4096, "connections": [[0]] * 4096, "kernel": 28}] * 3})
@example({"temperature": 1e-320, "mean": 1e300, "std": HUGE})
@example({"labels": ["x" * 100_000] * 10, "activation": "y" * 100_000, "z" * 100_000: 1})
@example([[]] * 100_000)
def test_any_configuration(value: Any) -> None:
    content = text_of(value)
    use({CONFIG: content, WEIGHTS: FILES[0]})
    config = attempt("configurations", LeNet._parse_config, content)
    if config is None:
        return
    with torch.device("meta"):
        model = LeNet(config)
    if parameter_count(model) <= MOST_BUILT:
        use({CONFIG: content, WEIGHTS: packed(LeNet(config).state_dict())})


@given(damaged([text_of(config) for config in CONFIGS[:5]]))
@example(b"[" * 500_000)
@example(b'{"std": ' + b"9" * 900_000 + b"}")
def test_damaged_configurations(content: bytes) -> None:
    use({CONFIG: content, WEIGHTS: FILES[0]})


@given(changed([HEADER]) | JSON)
@example({f"t{n}": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]} for n in range(10_000)})
@example({"t": {"dtype": "F32", "shape": [2**52] * 10_000, "data_offsets": [0, 4]}})
def test_any_header(header: Any) -> None:
    use({CONFIG: SMALL_TEXT, WEIGHTS: with_header(header, DATA)})


@given(damaged(FILES))
@example(b"\xff" * 8)
@example(struct.pack("<Q", 900_000) + b"[" * 900_000)
def test_damaged_weights(content: bytes) -> None:
    use({CONFIG: SMALL_TEXT, WEIGHTS: content})


@st.composite
def any_tensors(draw: DrawFn) -> bytes:
    """Weights with any numbers in any type."""
    values = st.floats(width=32) | st.floats(-4, 4, width=32)
    state = {}
    for name, tensor in STATE.items():
        dtype = draw(st.sampled_from([torch.float32, torch.float64, torch.bfloat16, torch.int32]))
        drawn = draw(st.lists(values, min_size=1, max_size=4))
        numbers = np.resize(np.array(drawn, np.float64), tensor.shape)
        state[name] = torch.from_numpy(np.nan_to_num(numbers)).to(dtype)
        if draw(st.integers(0, 9)) == 0:
            state[name] = torch.from_numpy(numbers)
    return packed(state)


@given(any_tensors())
def test_any_numbers_as_weights(content: bytes) -> None:
    use({CONFIG: SMALL_TEXT, WEIGHTS: content})


@given(JSON, st.binary(max_size=30))
@example({"results": {"test_accuracy_over_views": HUGE}}, b"")
def test_any_history(value: Any, noise: bytes) -> None:
    for content in (text_of(value), noise):
        use({CONFIG: SMALL_TEXT, WEIGHTS: FILES[0], HISTORY: content})
