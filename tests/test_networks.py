import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.errors import SketchpadError
from lenet.networks import PRESETS, Convolution, LeNet, LeNetConfig, parameter_count, pick_device


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_the_tutorials_shapes_and_parameters(preset: str) -> None:
    model = LeNet(PRESETS[preset])
    logits, maps = model(torch.rand(3, 1, 28, 28))
    assert logits.shape == (3, 10)
    assert [tuple(m.shape) for m in maps] == [(3, 6, 28, 28), (3, 16, 10, 10)]
    assert parameter_count(model) == 61_706


def test_presets_differ_as_the_tutorials_do() -> None:
    classic, relu = PRESETS["classic"], PRESETS["relu"]
    assert (classic.activation, classic.pooling, classic.initialisation) == (
        "sigmoid",
        "average",
        "xavier",
    )
    assert (relu.activation, relu.pooling, relu.initialisation) == ("relu", "max", "he")
    assert [classic.convolutions, classic.dense] == [relu.convolutions, relu.dense]


@pytest.mark.parametrize("preset", PRESETS)
def test_gradients_reach_every_parameter(preset: str) -> None:
    torch.manual_seed(0)
    model = LeNet(PRESETS[preset])
    F.cross_entropy(model(torch.rand(8, 1, 28, 28)).logits, torch.arange(8)).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def by_hand(model: LeNet, image: Tensor) -> Tensor:
    """The classic network once more, in sums and loops: an oracle for the module."""
    state = model.state_dict()
    x = (image - model.config.mean) / model.config.std
    for layer in (0, 1):
        weight, bias = (state[f"convolutions.{layer}.{part}"] for part in ("weight", "bias"))
        padding = model.config.convolutions[layer].padding
        padded = torch.zeros(x.shape[0], x.shape[1] + 2 * padding, x.shape[2] + 2 * padding)
        padded[:, padding : padding + x.shape[1], padding : padding + x.shape[2]] = x
        side = padded.shape[1] - 4
        out = torch.empty(weight.shape[0], side, side)
        for row in range(side):
            for column in range(side):
                window = padded[:, row : row + 5, column : column + 5]
                out[:, row, column] = (weight * window).sum((1, 2, 3)) + bias
        out = 1 / (1 + torch.exp(-out))
        x = (out[:, ::2, ::2] + out[:, 1::2, ::2] + out[:, ::2, 1::2] + out[:, 1::2, 1::2]) / 4
    x = x.reshape(-1)
    for layer in (0, 2, 4):
        x = state[f"dense.{layer}.weight"] @ x + state[f"dense.{layer}.bias"]
        if layer < 4:
            x = 1 / (1 + torch.exp(-x))
    return x


def test_the_classic_network_computes_what_the_tutorial_says() -> None:
    torch.manual_seed(1)
    model, image = LeNet(PRESETS["classic"]), torch.rand(1, 28, 28)
    torch.testing.assert_close(by_hand(model, image), model(image[None]).logits[0])


def test_starts_have_the_published_spread() -> None:
    torch.manual_seed(0)
    dense = {name: LeNet(PRESETS[name]).get_parameter("dense.0.weight") for name in PRESETS}
    limit = (6 / (400 + 120)) ** 0.5  # Glorot and Bengio 2010, equation 16
    assert dense["classic"].abs().max() <= limit
    assert dense["classic"].std().item() == pytest.approx(limit / 3**0.5, rel=0.02)
    assert dense["relu"].std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)  # He et al.


def test_other_configurations_work() -> None:
    config = LeNetConfig(
        convolutions=(Convolution(4, 3, 1), Convolution(8, 3), Convolution(5, 2)),
        dense=(),
        activation="tanh",
        labels=("coat", "bag"),
    )
    logits, maps = LeNet(config)(torch.rand(2, 1, 28, 28))
    assert logits.shape == (2, 2)
    assert [m.shape[1] for m in maps] == [4, 8, 5]
    assert config.map_sizes() == [(28, 14), (12, 6), (5, 2)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": "swish"}, "choose one of sigmoid, relu, tanh"),
        ({"pooling": "median"}, "average, max"),
        ({"initialisation": "zero"}, "xavier, he"),
        ({"dense": (0,)}, "from 1 to 4096"),
        ({"dense": 7}, "damaged"),
        ({"convolutions": (Convolution(6, 40),)}, "kernel 40, padding 0.*28×28"),
        ({"convolutions": (Convolution(6), Convolution(16), Convolution(120))}, "Convolution 3"),
        ({"convolutions": ({"channels": 6, "size": 5},)}, "damaged"),
        ({"convolutions": ("6",)}, "channels, kernel and padding"),
        ({"convolutions": (Convolution(6, 5, -1),)}, "Paddings"),
        ({"labels": ("0",)}, "two labels"),
        ({"std": 0}, "above 0"),
        ({"mean": "grey"}, "numbers"),
        ({"threshold": "low"}, "numbers"),
        ({"temperature": 0}, "above 0"),
    ],
)
def test_impossible_configurations_are_refused_in_a_sentence(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(SketchpadError, match=words):
        dataclasses.replace(PRESETS["relu"], **change)


def test_devices() -> None:
    assert pick_device("cpu").type == "cpu"
    assert pick_device().type in ("cuda", "mps", "cpu")
    with pytest.raises(SketchpadError, match="choose auto"):
        pick_device("abacus")
