"""The summary of a network, compared with the network itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from lenet.__main__ import main
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS, Convolution, LeNetConfig
from lenet.network.diagram import diagram
from lenet.network.layers import PartialConvolution
from lenet.network.model import LeNet, parameter_count
from lenet.network.parts import ACTIVATIONS, POOLINGS
from lenet.network.summary import (
    Window,
    configuration_of,
    layer_table,
    summarise,
    to_json,
)
from lenet.tables import as_text
from tests.network.conftest import NETWORKS
from tests.support import ROOT

CHECKPOINT = str(ROOT / "checkpoints" / "mnist-classic")
ACTIVATION_TYPES = tuple(type(part.make()) for part in ACTIVATIONS.values())


def modules(model: LeNet) -> dict[str, nn.Module]:
    """The module that computes each layer, by the layer's name; "input" has an empty one."""
    found: dict[str, nn.Module] = {"input": nn.Identity()}
    for convolution, pooling in zip(model.convolutions, model.poolings, strict=True):
        found[f"C{len(found)}"] = convolution
        if not isinstance(pooling, nn.Identity):
            found[f"S{len(found)}"] = pooling
    *dense, output = [m for m in model.dense if not isinstance(m, ACTIVATION_TYPES)]
    for module in dense:
        found[f"F{len(found)}"] = module
    return {**found, "output": output}


@contextmanager
def outputs(model: LeNet) -> Iterator[dict[str, Tensor]]:
    """Records each layer's output and the first layer's input while the model runs."""
    recorded: dict[str, Tensor] = {}

    def record_output(name: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hook(_: nn.Module, __: Any, output: Tensor) -> None:
            recorded[name] = output

        return hook

    def record_input(_: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        recorded["input"] = inputs[0].detach().requires_grad_()
        return (recorded["input"],)

    first = model.convolutions[0] if model.convolutions else model.dense
    hooks = [
        first.register_forward_pre_hook(record_input),
        *(m.register_forward_hook(record_output(name)) for name, m in modules(model).items()),
    ]
    try:
        yield recorded
    finally:
        for hook in hooks:
            hook.remove()


def test_names_and_shapes_match_the_network(config: LeNetConfig) -> None:
    model = LeNet(config)
    with outputs(model) as recorded:
        model(torch.rand(1, 1, 28, 28))
    layers = summarise(config)
    assert [layer.name for layer in layers] == list(modules(model))
    for layer in layers[1:]:
        assert layer.shape == recorded[layer.name].shape[1:], layer.name
    assert recorded["input"].numel() == layers[0].shape[1] * layers[0].shape[2]


def test_parameter_counts_match_the_network(config: LeNetConfig) -> None:
    model = LeNet(config)
    for layer in summarise(config):
        module = modules(model)[layer.name]
        assert layer.parameters == parameter_count(module), layer.name
    assert to_json(summarise(config))["parameters"] == parameter_count(model)


def test_multiplications_are_half_of_pytorchs_flops(config: LeNetConfig) -> None:
    """PyTorch counts a multiplication and an addition per weight, and ignores pooling."""
    model = LeNet(config)
    with FlopCounterMode(display=False, depth=9) as counter:
        model(torch.rand(1, 1, 28, 28))
    counted = {
        name.removeprefix("LeNet."): sum(flops.values())
        for name, flops in counter.get_flop_counts().items()
    }
    names = {module: name for name, module in model.named_modules()}
    layers = {layer.name: layer for layer in summarise(config)}
    for name, module in modules(model).items():
        if isinstance(module, nn.Conv2d | nn.Linear):
            assert 2 * layers[name].multiplications == counted[names[module]], name


def test_a_partial_convolution_multiplies_only_its_connections() -> None:
    for config in (PRESETS["lenet5-1998"], NETWORKS["partial, padded"]):
        layers = {layer.name: layer for layer in summarise(config)}
        (name, module), *more = [
            (name, module)
            for name, module in modules(LeNet(config)).items()
            if isinstance(module, PartialConvolution)
        ]
        kernels, height, width = module.weight.shape
        _, rows, columns = layers[name].shape
        assert layers[name].multiplications == kernels * height * width * rows * columns
        assert more == []
    assert layers["C3"].multiplications == (1 + 2 + 1 + 3) * 5 * 5 * 13 * 13


@pytest.mark.parametrize(("pooling", "products"), [("average", 1), ("max", 0), ("subsampling", 1)])
def test_each_pooling_has_its_number_of_multiplications(pooling: str, products: int) -> None:
    layers = summarise(replace(PRESETS["relu"], pooling=pooling))
    assert [layer.multiplications for layer in layers if layer.name in ("S2", "S4")] == [
        products * 6 * 14 * 14,
        products * 16 * 5 * 5,
    ]


@pytest.mark.parametrize("name", POOLINGS)
def test_the_description_of_each_pooling_matches_its_module(name: str) -> None:
    pooling, maps = POOLINGS[name], torch.rand(2, 3, 9, 7)
    module = pooling.make(3)
    assert module(maps).shape == (2, 3, 4, 3)
    assert sum(p.numel() for p in module.parameters()) == 3 * pooling.parameters
    assert pooling.name in summarise(replace(PRESETS["relu"], pooling=name))[2].description
    if pooling.folded:
        patches = maps[..., :8, :6].unfold(2, 2, 2).unfold(3, 2, 2).reshape(2, 3, 12, 4)
        torch.testing.assert_close(pooling.folded(patches).flatten(2), module(maps).flatten(2))


def test_receptive_fields_cover_the_pixels_that_affect_a_unit(config: LeNetConfig) -> None:
    # Every pixel of a patch affects its average, but only one its maximum; ReLU blocks some.
    pooling = "average" if config.pooling == "max" else config.pooling
    torch.manual_seed(0)
    model = LeNet(replace(config, activation="tanh", pooling=pooling)).double()
    image = torch.rand(1, 1, 28, 28, dtype=torch.float64)
    first, *layers = summarise(config)
    with outputs(model) as recorded:
        model(image)
    for layer in layers:
        output = recorded[layer.name][0, 0]
        # Units on the diagonal see squares, which may be smaller at the edge.
        units = [output] if output.ndim == 0 else output.diagonal()
        squares = []
        for unit in units:
            (gradient,) = torch.autograd.grad(unit, recorded["input"], retain_graph=True)
            pixels = gradient.view(first.shape[1:]).nonzero()
            if len(pixels):  # a unit in the padding may see nothing
                height, width = (pixels.amax(0) - pixels.amin(0) + 1).tolist()
                assert height == width
                squares.append(height)
        assert max(squares) == layer.receptive_field, layer.name


def test_counts_match_the_paper() -> None:
    """Section II.B: parameters, and connections including the biases."""
    layers = {layer.name: layer for layer in summarise(PRESETS["lenet5-1998"])}
    assert list(layers) == ["input", "C1", "S2", "C3", "S4", "C5", "F6", "output"]
    trainable = [layer.parameters for layer in layers.values()]
    assert trainable == [0, 156, 12, 1_516, 32, 48_120, 10_164, 0]
    connections = {
        name: layers[name].multiplications + torch.Size(layers[name].shape).numel()
        for name in ("C1", "C3", "C5", "F6")
    }
    assert connections == {"C1": 122_304, "C3": 151_600, "C5": 48_120, "F6": 10_164}
    assert layers["input"].shape == (1, 32, 32)
    assert layers["C5"].receptive_field == 32


def test_each_layer_fills_in_the_size_formula() -> None:
    formulas = [layer.formula for layer in summarise(PRESETS["relu"])]
    assert formulas == [
        "",
        "⌊(28 − 5 + 4 + 1)/1⌋ = 28",
        "⌊(28 − 2 + 0 + 2)/2⌋ = 14",
        "⌊(14 − 5 + 0 + 1)/1⌋ = 10",
        "⌊(10 − 2 + 0 + 2)/2⌋ = 5",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 2, 4])
@pytest.mark.parametrize(("size", "kernel"), [(28, 5), (13, 2), (7, 7), (9, 4)])
def test_the_size_formula_agrees_with_pytorch(
    size: int, kernel: int, padding: int, stride: int
) -> None:
    output = nn.functional.conv2d(
        torch.zeros(1, 1, size, size),
        torch.zeros(1, 1, kernel, kernel),
        padding=padding // 2,
        stride=stride,
    )
    assert Window(size, kernel, padding, stride).positions == output.shape[-1]


def test_descriptions_mention_every_feature() -> None:
    descriptions = [layer.description for layer in summarise(PRESETS["lenet5-1998"])]
    assert descriptions == [
        "image 28×28, border 2",
        "convolution 5×5, 6 maps, squash",
        "trainable subsampling 2×2, stride 2, squash",
        "convolution 5×5, 16 maps, 60 of 96 connections, squash",
        "trainable subsampling 2×2, stride 2, squash",
        "convolution 5×5, 120 maps, squash",
        "dense, 84 units, squash",
        "RBF, distances to 10 bitmaps",
    ]
    one = summarise(LeNetConfig(convolutions=(Convolution(1, 3, 1),), dense=(1,)))
    assert one[1].description == "convolution 3×3, 1 map, padding 1, relu"
    assert one[3].description == "dense, 1 unit, relu"


# ------------------------------------------------------------------ text and drawing


def test_numbers_in_the_table_are_aligned() -> None:
    heading, *rows, total = as_text(layer_table(summarise(PRESETS["relu"]))).splitlines()
    end = heading.index("parameters") + len("parameters")
    counts = [row[:end].split()[-1] for row in rows]
    assert counts == ["0", "156", "0", "2,416", "0", "48,120", "10,164", "850"]
    assert total.split() == ["total", "61,706", "416,520"]
    assert {row[end] for row in [*rows, total]} == {" "}, "all counts end in the same column"


@pytest.mark.parametrize("name", [*PRESETS, CHECKPOINT], ids=[*PRESETS, "checkpoint"])
def test_the_command_line_prints_the_table(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", name]) == 0
    assert capsys.readouterr().out == as_text(layer_table(summarise(configuration_of(name)))) + "\n"


def test_a_checkpoint_has_the_layers_of_its_preset() -> None:
    assert summarise(configuration_of(CHECKPOINT)) == summarise(PRESETS["classic"])


def test_the_command_line_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "conv3", "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert (output["parameters"], output["multiplications"]) == (61_706, 416_520)
    assert output["layers"][5]["shape"] == [120, 1, 1]
    assert output["layers"][5]["window"] == {"n": 5, "k": 5, "p": 0, "s": 1}
    assert output["layers"][6]["window"] is None


def test_the_command_line_writes_a_drawing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "relu.svg"
    assert main(["summary", "relu", "--svg", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == diagram(summarise(PRESETS["relu"]), "relu")
    assert main(["summary", "relu", "--svg", str(tmp_path / "no" / "relu.svg")]) == 1
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vgg", "There is no network 'vgg'. Choose one of classic, relu, conv3, lenet5-1998"),
        ("checkpoints/nothing", "There is no checkpoint checkpoints/nothing"),
        ("tests", "The checkpoint tests can't be used. It is incomplete"),
    ],
)
def test_unknown_networks_are_reported(
    name: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SketchpadError, match=words):
        configuration_of(name)
    assert main(["summary", name]) == 1
    assert words in capsys.readouterr().err
