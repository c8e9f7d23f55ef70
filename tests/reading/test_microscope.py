"""The microscope's sums are the network's own; what a unit sees is what it depends on."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lenet import LeNet, LeNetConfig, Predictor
from lenet.drawing.placement import Rectangle
from lenet.errors import SketchpadError
from lenet.network.bitmaps import DIGIT_BITMAPS, bitmaps
from lenet.network.config import PRESETS
from lenet.network.summary import summarise
from lenet.reading.microscope import Explanation, Unit, explain, receptive_field, receptive_maps
from lenet.reading.prediction import Layer
from lenet.reading.tracing import LayerValues, Muted, steps, trace
from tests.network.conftest import NETWORKS
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.networks import RANDOM_CONFIGS, random_network, sparse_image

CONFIGS = [*PRESETS.values(), *(c for c in NETWORKS.values() if c.convolutions)]


def sampled(layers: list[Any], count: int) -> Iterator[Unit]:
    """At most that many units of each layer but the input, each a different one."""
    choose = random.Random(0)
    for layer in layers[1:]:
        places = list(np.ndindex(tuple(layer.sums.shape)[-3:]))
        for place in choose.sample(places, min(count, len(places))):
            yield Unit(layer.name, *place)


def explained(
    model: LeNet, muted: Muted | None = None, count: int = 20
) -> Iterator[tuple[Explanation, Layer, Layer]]:
    """Some units with their layer and the one below, all in float64."""
    predictor = Predictor(model.double(), muted)
    layers = predictor.read_input(sparse_image(torch.manual_seed(0)).numpy()).layers
    by_name = {layer.name: layer for layer in layers}
    for unit in sampled(list(layers), count):
        explanation = explain(predictor, layers, unit)
        yield explanation, by_name[unit.layer], by_name[explanation.previous]


def assert_own_values(explanation: Explanation, layer: Layer) -> None:
    unit = explanation.unit
    place = unit.map, unit.row, unit.column
    found = explanation.sum, explanation.value
    expected = layer.sums[place], layer.values[place]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert explanation.kind == layer.kind


# ------------------------------------------------------------------ sums


@pytest.mark.parametrize("name", SHIPPED)
def test_sums_of_shipped_networks_are_their_own(name: str) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    for explanation, layer, _ in explained(model, count=100):
        assert_own_values(explanation, layer)


@pytest.mark.parametrize("part", range(4))
def test_sums_of_random_networks_are_their_own(part: int) -> None:
    torch.manual_seed(part)
    for config in RANDOM_CONFIGS[part:40:4]:
        for explanation, layer, _ in explained(random_network(config), count=5):
            assert_own_values(explanation, layer)


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
def test_muted_maps_are_0_and_their_sums_remain(config: LeNetConfig) -> None:
    names = [layer.name for layer in summarise(config)[1:-1]]
    muted = {name: [0, 2] for name in names}
    for explanation, layer, _ in explained(random_network(config), muted):
        assert_own_values(explanation, layer)
        assert explanation.muted == (explanation.unit.map in muted.get(layer.name, ()))


def test_sums_in_single_precision_are_close() -> None:
    predictor = Predictor(random_network(PRESETS["lenet5-1998"]))
    layers = predictor.read_input(sparse_image(torch.manual_seed(0)).numpy()).layers
    unit = Unit("C3", 15, 4, 7)
    found = explain(predictor, layers, unit)
    assert found.sum == pytest.approx(float(layers[3].sums[15, 4, 7]), rel=1e-3, abs=1e-3)


# ------------------------------------------------------------------ terms


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_terms_are_the_gradient_of_the_sum(config: LeNetConfig) -> None:
    """A kernel holds what PyTorch derives from the sum, at the place of the patch."""
    torch.manual_seed(0)
    model = random_network(config)
    for explanation, _, before in explained(model, count=3):
        values = torch.from_numpy(before.values)
        expected = gradient(model, explanation, values)
        np.testing.assert_allclose(assembled(explanation, before), expected, atol=1e-12)


def gradient(model: LeNet, explanation: Explanation, values: Tensor) -> Any:
    """The derivative of the unit's sum with respect to the layer below, `(maps, h, w)`."""
    unit = explanation.unit
    layer = next(step.layer for step in steps(model) if step.name == unit.layer)
    x = values[None].requires_grad_()
    dense = explanation.kind in ("dense", "rbf")
    sums = layer(x.flatten(1))[:, :, None, None] if dense else layer(x)
    (found,) = torch.autograd.grad(sums[0, unit.map, unit.row, unit.column], x)
    return found[0].numpy()


def assembled(explanation: Explanation, before: Layer) -> Any:
    """The kernels of all terms, put at their places in the layer below."""
    found = np.zeros_like(before.values)
    for term in explanation.terms:
        kernel = term.kernel
        if explanation.kind == "rbf":  # d/dx of -(x - c)²
            kernel = -2 * (term.patch - term.kernel)
        if term.map is None:
            found += kernel.reshape(found.shape)
            continue
        for (y, x), weight in np.ndenumerate(kernel):
            row, column = term.top + y, term.left + x
            if 0 <= row < found.shape[1] and 0 <= column < found.shape[2]:
                found[term.map, row, column] += weight
                assert term.patch[y, x] == before.values[term.map, row, column]
            else:
                assert term.patch[y, x] == 0
    return found


def test_partial_connections_leave_out_maps() -> None:
    for explanation, *_ in explained(random_network(PRESETS["lenet5-1998"]), count=30):
        if explanation.unit.layer == "C3":
            connections = PRESETS["lenet5-1998"].convolutions[1].connections
            assert connections
            maps = tuple(term.map for term in explanation.terms)
            assert maps == connections[explanation.unit.map]


def test_max_pooling_names_the_first_of_the_largest() -> None:
    predictor = Predictor(LeNet(PRESETS["relu"]))
    layers = predictor.read_input(np.zeros((28, 28), np.float32)).layers
    found = explain(predictor, layers, Unit("S2", 1, 3, 3))
    assert (found.winner, found.terms[0].kernel.tolist()) == (0, [[1, 0], [0, 0]])
    assert not found.trainable


def test_an_rbf_output_compares_with_a_bitmap() -> None:
    for explanation, _, before in explained(random_network(PRESETS["lenet5-1998"])):
        if explanation.kind == "rbf":
            (term,) = explanation.terms
            assert term.kernel.shape == term.patch.shape == (12, 7)
            bitmap = bitmaps(DIGIT_BITMAPS)[explanation.unit.map]
            assert term.kernel.ravel().tolist() == bitmap.tolist()
            assert term.patch.ravel().tolist() == before.values.ravel().tolist()


# ------------------------------------------------------------------ receptive fields


def smooth(config: LeNetConfig) -> LeNet:
    """A network of the same sizes in which no gradient is exactly 0 by chance."""
    pooling = "average" if config.pooling == "max" else config.pooling
    return random_network(replace(config, activation="tanh", pooling=pooling)).double()


@pytest.mark.parametrize("config", [*CONFIGS, *RANDOM_CONFIGS[:24]], ids=lambda _: "")
def test_units_depend_on_what_they_see(config: LeNetConfig) -> None:
    torch.manual_seed(0)
    image = torch.randn(1, 1, 28, 28, dtype=torch.float64).requires_grad_()
    layers = trace(smooth(config), image)
    names = [layer.name for layer in layers]
    for unit in sampled(layers, 2):
        below = layers[: names.index(unit.layer)]
        place = 0, unit.map, unit.row, unit.column
        value = layers[len(below)].sums[place]
        inputs = [layer.values for layer in below]
        gradients = torch.autograd.grad(value, inputs, retain_graph=True, allow_unused=True)
        for layer, found in zip(below, gradients, strict=True):
            assert_seen(config, unit, layer, found)


def assert_seen(config: LeNetConfig, unit: Unit, layer: LayerValues, found: Tensor | None) -> None:
    """The gradient is not 0 in every row, column and map of the field, and 0 outside."""
    field = receptive_field(config, unit, layer.name)
    if found is None or not found.any():
        assert field == Rectangle(0, 0, 0, 0)
        return
    rows, columns, maps = (found[0].any(a).any(b) for a, b in ((0, 1), (0, 0), (1, 1)))
    assert rows.nonzero().ravel().tolist() == list(range(field.top, field.bottom))  # type: ignore
    assert columns.nonzero().ravel().tolist() == list(range(field.left, field.right))  # type: ignore
    assert tuple(maps.nonzero().ravel().tolist()) == receptive_maps(config, unit, layer.name)


@pytest.mark.parametrize("config", [*CONFIGS, *RANDOM_CONFIGS[:24]], ids=lambda _: "")
def test_the_largest_field_has_the_size_in_the_table(config: LeNetConfig) -> None:
    for layer in summarise(config):
        side = layer.shape[-1] if len(layer.shape) == 3 else 1
        fields = [receptive_field(config, Unit(layer.name, 0, i, i)) for i in range(side)]
        assert max(field.bottom - field.top for field in fields) == layer.receptive_field


def test_a_unit_sees_itself() -> None:
    config, unit = PRESETS["relu"], Unit("C3", 5, 2, 9)
    assert receptive_field(config, unit, "C3") == Rectangle(2, 9, 3, 10)
    assert receptive_maps(config, unit, "C3") == (5,)


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (Unit("C2", 0), "Choose one of input, C1"),
        (Unit("C1", 6, 0, 0), "6×28×28 units"),
        (Unit("C1", 0, 28, 0), "no unit"),
        (Unit("F5", 0, 0, -1), "120×1×1 units"),
        (Unit("input", 0, 3, 3), "isn't computed"),
    ],
    ids=str,
)
def test_missing_units_are_reported(predictor: Predictor, unit: Unit, words: str) -> None:
    layers = predictor.read_input(np.zeros((28, 28), np.float32)).layers
    with pytest.raises(SketchpadError, match=words):
        explain(predictor, layers, unit)


def test_layers_above_are_not_seen() -> None:
    with pytest.raises(SketchpadError, match="S2 doesn't see 'C3'"):
        receptive_field(PRESETS["relu"], Unit("S2", 0), "C3")
