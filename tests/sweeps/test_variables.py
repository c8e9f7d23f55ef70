import dataclasses
from typing import Any

import pytest
import torch

from lenet.errors import SketchpadError
from lenet.network.config import PRESETS, LeNetConfig
from lenet.network.model import LeNet
from lenet.network.parts import POOLINGS
from lenet.sweeps.variables import parse_values, vary


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("kernel=1..10", "kernel", list(range(1, 11))),
        ("kernel=5..5", "kernel", [5]),
        ("channels=2, 6,2", "channels", [2, 6]),
        ("padding=0,half", "padding", [0, "half"]),
        ("dense_layers=0..1", "dense-layers", [0, 1]),
        ("activation=sigmoid,relu", "activation", ["sigmoid", "relu"]),
        ("learning-rate=1e-3,.5,2", "learning-rate", [0.001, 0.5, 2.0]),
        ("learning-rate=1..2", "learning-rate", [1, 2]),
    ],
)
def test_ranges_and_lists_are_parsed(text: str, name: str, values: list[Any]) -> None:
    read, found = parse_values(text)
    assert (read, list(found)) == (name, values)


def test_a_pooling_registered_later_can_vary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POOLINGS, "extremes", POOLINGS["max"])
    assert parse_values("pooling=extremes") == ("pooling", ["extremes"])


RELU = PRESETS["relu"]


def sizes(config: LeNetConfig) -> list[tuple[int, int, int, bool]]:
    return [(c.channels, c.kernel, c.padding, c.pooled) for c in config.convolutions]


@pytest.mark.parametrize(
    ("name", "value", "convolutions"),
    [
        ("convolutions", 1, [(6, 5, 2, True)]),
        ("convolutions", 4, [(6, 5, 2, True), (16, 5, 0, True), *[(16, 5, 2, False)] * 2]),
        ("channels", 6, sizes(RELU)),
        ("channels", 3, [(3, 5, 2, True), (8, 5, 0, True)]),
        ("kernel", 3, [(6, 3, 2, True), (16, 3, 0, True)]),
        ("padding", 1, [(6, 5, 1, True), (16, 5, 1, True)]),
        ("padding", "half", [(6, 5, 2, True), (16, 5, 2, True)]),
    ],
)
def test_convolutions_vary(name: str, value: Any, convolutions: list[Any]) -> None:
    varied = vary(RELU, name, value)
    assert sizes(varied) == convolutions
    assert dataclasses.replace(varied, convolutions=RELU.convolutions) == RELU


@pytest.mark.parametrize(
    ("name", "value", "dense"),
    [
        ("dense-layers", 0, ()),
        ("dense-layers", 1, (120,)),
        ("dense-layers", 3, (120, 84, 84)),
        ("dense-width", 60, (60, 42)),
        ("dense-width", 1, (1, 1)),
    ],
)
def test_dense_layers_vary(name: str, value: int, dense: tuple[int, ...]) -> None:
    assert vary(RELU, name, value) == dataclasses.replace(RELU, dense=dense)


def test_activation_pooling_and_initialisation_vary() -> None:
    varied = vary(vary(vary(RELU, "activation", "tanh"), "pooling", "average"), "kernel", 3)
    assert (varied.activation, varied.pooling) == ("tanh", "average")
    assert vary(RELU, "initialisation", "xavier").initialisation == "xavier"


@pytest.mark.parametrize(
    ("name", "value"),
    [("kernel", 30), ("kernel", 0), ("channels", 5000), ("convolutions", 101), ("dense-width", 0)],
)
def test_impossible_networks_are_rejected(name: str, value: int) -> None:
    with pytest.raises(SketchpadError, match=rf"kernel 30|got {value}"):
        vary(RELU, name, value)


@pytest.mark.parametrize("preset", ["relu", "conv3", "lenet5-1998"])
def test_networks_without_a_convolution_work(preset: str) -> None:
    model = LeNet(vary(PRESETS[preset], "convolutions", 0))
    assert model(torch.rand(2, 1, 28, 28)).logits.shape == (2, 10)
