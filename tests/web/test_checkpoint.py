"""The browser reads the checkpoints that Python reads, and rejects the same damaged ones."""

import base64
import json
import pickle
import struct
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor

from lenet.errors import SketchpadError
from lenet.network.config import Convolution, LeNetConfig
from lenet.network.folder import CONFIG, WEIGHTS
from lenet.network.model import LeNet
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.web.conftest import Run

pytestmark = pytest.mark.browser

READ = """
const { bytes } = await import("/core/bytes.js");
const { readCheckpoint } = await import("/core/checkpoint.js");
const read = ({ config, weights }) => readCheckpoint(config, bytes(weights).buffer);
"""

SMALL = LeNetConfig(
    convolutions=(Convolution(2, 3), Convolution(1, 3, connections=((1,),))),
    pooling="subsampling",
    dense=(3,),
    labels=("a", "b"),
)
STATE = LeNet(SMALL).state_dict()
BIAS = "convolutions.0.bias"


def saved(**tensors: Tensor) -> bytes:
    return safetensors.torch.save(STATE | tensors)


def read(run: Run, weights: bytes, config: str | None = None) -> Any:
    """What the browser reads, or the error."""
    return run(
        READ
        + """
        try {
          const { tensors } = read(argument);
          return [...tensors].map(([name, { shape, data }]) => [name, shape, [...data]]);
        } catch (error) {
          return { name: error.name, message: error.message };
        }
        """,
        {
            "config": json.dumps(asdict(SMALL)) if config is None else config,
            "weights": base64.b64encode(weights).decode(),
        },
    )


def assert_rejected(run: Run, words: str, weights: bytes, config: str | None = None) -> None:
    found = read(run, weights, config)
    assert isinstance(found, dict), "it was accepted"
    assert found["name"] == "SketchpadError", found
    assert words in found["message"]
    assert found["message"] == rejected_by_python(weights, config)


def rejected_by_python(weights: bytes, config: str | None = None) -> str:
    """Python's sentence."""
    text = json.dumps(asdict(SMALL)) if config is None else config
    with pytest.raises(SketchpadError) as caught:
        LeNet.from_files({CONFIG: text.encode(), WEIGHTS: weights})
    return str(caught.value)


# ------------------------------------------------------------------ intact


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_checkpoints_are_read(run: Run, name: str) -> None:
    folder = ROOT / "checkpoints" / name
    weights, config = (folder / WEIGHTS).read_bytes(), (folder / CONFIG).read_text()
    state = LeNet.from_pretrained(folder).state_dict()
    found = {name: (shape, data) for name, shape, data in read(run, weights, config)}
    assert found.keys() == state.keys()
    for name, (shape, data) in found.items():
        assert shape == list(state[name].shape)
        np.testing.assert_array_equal(data, state[name].flatten())


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_every_type_of_number_is_converted_as_in_python(
    run: Run, tmp_path: Path, dtype: torch.dtype
) -> None:
    info = torch.finfo(dtype)
    largest = min(info.max, torch.finfo(torch.float32).max)
    special = torch.tensor([largest, -info.tiny, info.tiny / 4, -0.0, 1 + info.eps], dtype=dtype)
    weight = torch.cat([special, torch.randn(13).to(dtype)]).view(2, 1, 3, 3)
    state = {name: tensor.to(dtype) for name, tensor in STATE.items()}
    weights = safetensors.torch.save(state | {"convolutions.0.weight": weight})
    LeNet(SMALL).save_pretrained(tmp_path / "small")
    (tmp_path / "small" / WEIGHTS).write_bytes(weights)
    expected = LeNet.from_pretrained(tmp_path / "small").state_dict()
    for name, _, data in read(run, weights):
        np.testing.assert_array_equal(np.float32(data), expected[name].flatten())


def test_metadata_and_the_order_of_tensors_do_not_matter(run: Run) -> None:
    backwards = dict(reversed(STATE.items()))
    weights = safetensors.torch.save(backwards, {"format": "pt", "author": "somebody"})
    assert sorted(read(run, weights)) == sorted(read(run, saved()))


# ------------------------------------------------------------------ damaged


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The weights with a changed header."""
    original = saved()
    (length,) = struct.unpack("<Q", original[:8])
    header = json.loads(original[8 : 8 + length])
    change(header)
    return with_header(json.dumps(header).encode(), original[8 + length :])


def with_header(header: bytes, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + data


def metadata(value: object) -> bytes:
    """The weights with different metadata."""
    return edited(lambda header: header.update(__metadata__=value))


def entry(**changes: object) -> bytes:
    """The weights with a changed entry for one bias."""
    return edited(lambda header: header[BIAS].update(changes))


DAMAGED = {
    "truncated": (saved()[:-100], "bytes but has"),
    "one byte less": (saved()[:-1], "bytes but has"),
    "one byte more": (saved() + b"x", "bytes but has"),
    "empty": (b"", "it is too short"),
    "seven bytes": (saved()[:7], "it is too short"),
    "no data": (saved()[:200], "it is too short"),
    "pickle": (pickle.dumps({"convolutions.0.weight": 1}), "it is too short"),
    "a page": (b"<!doctype html><title>Not found</title>", "it is too short"),
    "longest header": (b"\xff" * 8 + saved()[8:], "it is too short"),
    "not JSON": (with_header(b"{"), "they can't be read"),
    "not text": (with_header(b"\xff\xfe{}"), "they can't be read"),
    "too long": (with_header(b"{}" + b" " * 1_000_000), "its header has more than 1,000,000 bytes"),
    "null": (with_header(b"null"), "they can't be read"),
    "a number": (with_header(b"3"), "they can't be read"),
    "a list": (with_header(b"[1]"), "they can't be read"),
    "not a number": (with_header(b'{"a": NaN}'), "they can't be read"),
    "no tensors": (with_header(b"{}"), "convolutions.0.weight is missing"),
    "a list as metadata": (metadata([]), "they can't be read"),
    "text as metadata": (metadata("x"), "they can't be read"),
    "false as metadata": (metadata(False), "they can't be read"),
    "a number in the metadata": (metadata({"a": 1}), "they can't be read"),
    "null in the metadata": (metadata({"a": None}), "they can't be read"),
    "no entry": (edited(lambda header: header.update({BIAS: None})), f"{BIAS} must hold one of"),
    "whole numbers": (entry(dtype="I32"), f"{BIAS} must hold one of F64, F32, F16, BF16"),
    "no type": (entry(dtype=None), f"{BIAS} must hold one of"),
    "no shape": (entry(shape=None), f"{BIAS} has no shape"),
    "text as shape": (entry(shape="2"), f"{BIAS} has no shape"),
    "negative shape": (entry(shape=[-1, -2]), f"{BIAS} has no shape"),
    "fraction as shape": (entry(shape=[0.5, 4]), f"{BIAS} has no shape"),
    "huge shape": (entry(shape=[2**50, 2**50]), f"{BIAS} is misplaced"),
    "no offsets": (entry(data_offsets=None), f"{BIAS} has no shape or place"),
    "three offsets": (entry(data_offsets=[0, 8, 16]), f"{BIAS} has no shape or place"),
    "huge offsets": (entry(data_offsets=[0, 2**52]), f"{BIAS} is misplaced"),
    "overlapping": (entry(data_offsets=[4, 12]), "is misplaced"),
    "backwards": (entry(data_offsets=[8, 0]), "is misplaced"),
    "different type": (entry(dtype="F16"), f"{BIAS} is misplaced"),
    "missing": (
        safetensors.torch.save({name: t for name, t in STATE.items() if name != BIAS}),
        f"{BIAS} is missing",
    ),
    "unexpected": (saved(extra=torch.zeros(1)), "extra is not part of this network"),
    "wrong shape": (saved(**{BIAS: torch.zeros(3)}), f"{BIAS} should be 2 but is 3"),
    "wrong dimensions": (saved(**{BIAS: torch.zeros(1, 2)}), f"{BIAS} should be 2 but is 1×2"),
    "empty tensor": (saved(**{BIAS: torch.zeros(0)}), f"{BIAS} should be 2 but is 0"),
    "different network": (
        safetensors.torch.save(LeNet(LeNetConfig(dense=(5,))).state_dict()),
        "convolutions.0.weight should be 2×1×3×3 but is 6×1×5×5",
    ),
}


@pytest.mark.parametrize(("weights", "words"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_weights_are_rejected(run: Run, weights: bytes, words: str) -> None:
    assert_rejected(run, words, weights)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_weights_that_are_not_finite_are_rejected(run: Run, value: float) -> None:
    bias = torch.tensor([0, value], dtype=torch.float64)
    assert_rejected(run, f"{BIAS} holds a value that is not finite", saved(**{BIAS: bias}))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("", "configuration is damaged: it can't be read"),
        ("{", "configuration is damaged: it can't be read"),
        ("<!doctype html>", "configuration is damaged: it can't be read"),
        ('{"std": NaN}', "configuration is damaged: it can't be read"),
        ("[1, 2]", "configuration is damaged: it must be an object"),
        ('{"activation": "swish"}', "Unknown activation 'swish'"),
        ("{}", "convolutions.0.weight should be 6×1×5×5 but is 2×1×3×3"),
        # Rejected before memory for the weights is requested.
        ('{"dense": [4096, 4096]}', "convolutions.0.weight should be 6×1×5×5 but is 2×1×3×3"),
        ('{"dense": [4096, 4096, 4096]}', "at most 30,000,000 weights, got 35,236,342."),
    ],
)
def test_damaged_configurations_are_rejected(run: Run, config: str, words: str) -> None:
    assert_rejected(run, words, saved(), config)
