"""The microscope in the browser computes what the microscope in Python computes in float64."""

import random
from typing import Any

import numpy as np
import pytest
import torch

from lenet import LeNet, LeNetConfig, Predictor
from lenet.network.config import PRESETS
from lenet.network.summary import summarise
from lenet.reading.microscope import (
    Explanation,
    Unit,
    explain,
    receptive_field,
    receptive_maps,
)
from lenet.reading.tracing import Muted, steps
from tests.network.conftest import NETWORKS
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.networks import RANDOM_CONFIGS, random_network, sparse_image
from tests.web.conftest import Run
from tests.web.test_network import base64_of, files

pytestmark = pytest.mark.browser

PREPARE = """
const { bytes } = await import("/core/bytes.js");
const { readCheckpoint } = await import("/core/checkpoint.js");
const { Predictor } = await import("/core/reading.js");
const { planOf } = await import("/core/plan.js");
const microscope = await import("/core/microscope.js");
const { config, weights, image, muted } = argument;
const predictor = new Predictor(readCheckpoint(config, bytes(weights).buffer), muted);
const data = new Float64Array(bytes(image).buffer);
const { layers } = predictor.readInput({ height: 28, width: 28, data });
"""

EXPLAIN = (
    PREPARE
    + """
return argument.units.map((unit) => {
  const { terms, ...explanation } = microscope.explain(predictor, layers, unit);
  const lists = terms.map(({ patch, kernel, products, ...term }) =>
    ({ ...term, patch: [...patch], kernel: [...kernel], products: [...products] }));
  return { ...explanation, terms: lists, fields: argument.names
    .slice(0, argument.names.indexOf(unit.layer) + 1)
    .map((to) => [microscope.receptiveField(predictor.config, unit, to),
      microscope.receptiveMaps(predictor.config, unit, to)]) };
});
"""
)


def packed(model: LeNet, muted: Muted | None = None, **values: Any) -> dict[str, Any]:
    image = sparse_image(torch.manual_seed(3)).double()
    return {**files(model), "image": base64_of(image), "muted": muted or {}, **values}


def sampled(model: LeNet, count: int) -> list[Unit]:
    """A few units of each layer but the input, among them the first and the last."""
    choose = random.Random(0)
    units = []
    for layer in summarise(model.config)[1:]:
        shape = (*layer.shape, 1, 1)[:3]
        ends = [(0, 0, 0), tuple(length - 1 for length in shape)]
        others = [tuple(choose.randrange(length) for length in shape) for _ in range(count)]
        units += [Unit(layer.name, *place) for place in ends + others]
    return units


def assert_explained_alike(run: Run, model: LeNet, count: int, muted: Muted | None = None) -> None:
    units = sampled(model, count)
    names = [layer.name for layer in summarise(model.config)]
    values = [vars(unit) for unit in units]
    found = run(EXPLAIN, packed(model, muted, units=values, names=names))
    predictor = Predictor(model.double(), muted)
    layers = predictor.read_input(sparse_image(torch.manual_seed(3)).numpy()).layers
    for unit, explanation in zip(units, found, strict=True):
        assert_equal(explanation, explain(predictor, layers, unit))
        for name, (field, maps) in zip(names, explanation["fields"], strict=False):
            assert field == receptive_field(model.config, unit, name)._asdict()
            assert tuple(maps) == receptive_maps(model.config, unit, name)


def assert_equal(found: dict[str, Any], expected: Explanation) -> None:
    assert found["unit"] == vars(expected.unit)
    for name in ("kind", "previous", "activation", "winner", "muted", "trainable"):
        assert found[name] == getattr(expected, name), name
    for name in ("bias", "sum", "value"):
        assert_close(found[name], getattr(expected, name))
    for one, two in zip(found["terms"], expected.terms, strict=True):
        size = one["height"], one["width"]
        assert (one["map"], one["top"], one["left"]) == (two.map, two.top, two.left)
        assert_close(one["sum"], two.sum)
        for name in ("patch", "kernel", "products"):
            assert_close(np.reshape(one[name], size), getattr(two, name))


def assert_close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_networks_are_explained_alike(run: Run, name: str) -> None:
    assert_explained_alike(run, LeNet.from_pretrained(ROOT / "checkpoints" / name), 20)


@pytest.mark.parametrize("part", range(2))
def test_random_networks_are_explained_alike(run: Run, part: int) -> None:
    torch.manual_seed(part)
    for config in RANDOM_CONFIGS[part:30:2]:
        assert_explained_alike(run, random_network(config), 2)


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
def test_muted_networks_are_explained_alike(run: Run, config: LeNetConfig) -> None:
    muted = {layer.name: [0, 3] for layer in summarise(config)[1:-1]}
    assert_explained_alike(run, random_network(config), 10, muted)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_unit_has_the_value_of_its_layer(run: Run, name: str) -> None:
    worst, count = run(
        PREPARE
        + """
        let [worst, count] = [0, 0];
        for (const { name: layer, shape, sums, data } of layers.slice(1)) {
          const [, height, width] = shape;
          sums.forEach((sum, i) => {
            const map = Math.floor(i / (height * width));
            const [row, column] = [Math.floor(i / width) % height, i % width];
            const found = microscope.explain(predictor, layers, { layer, map, row, column });
            const errors = [found.sum - sum, found.value - data[i]].map(Math.abs);
            [worst, count] = [Math.max(worst, ...errors), count + 1];
          });
        }
        return [worst, count];
        """,
        packed(model := LeNet.from_pretrained(ROOT / "checkpoints" / name)),
    )
    assert worst < 1e-9
    sizes = [int(np.prod(layer.shape)) for layer in summarise(model.config)[1:]]
    assert count == sum(sizes)


@pytest.mark.parametrize(
    "config", [*NETWORKS.values(), *RANDOM_CONFIGS[:30]], ids=lambda config: ""
)
def test_the_plan_is_the_table(run: Run, config: LeNetConfig) -> None:
    model = random_network(config)
    found = run(
        """
        const { planOf } = await import("/core/plan.js");
        const { makeConfig } = await import("/core/config.js");
        return planOf(makeConfig(JSON.parse(argument)));
        """,
        files(model)["config"],
    )
    kinds = ["input", *(step.kind for step in steps(model))]
    activated = [False, *(step.activation is not None for step in steps(model))]
    state = model.state_dict()
    for plan, layer, kind, follows in zip(found, summarise(config), kinds, activated, strict=True):
        assert (plan["name"], plan["kind"], plan["activated"]) == (layer.name, kind, follows)
        assert (plan["maps"], plan["side"]) == (*layer.shape, 1)[:2]
        assert layer.window is None or plan["window"] == layer.window._asdict()
        tensors = plan["tensors"] or {}
        assert sum(state[name].numel() for name in tensors.values()) == layer.parameters


def test_units_that_exist(run: Run) -> None:
    units = [
        ["C1", 5, 27, 27], ["F5", 119, 0, 0], ["input", 0, 3, 3],
        ["C1", 6, 0, 0], ["C1", 0, 28, 0], ["F5", 0, 0, 1], ["C2", 0, 0, 0], ["C1", 0.5, 0, 0],
    ]  # fmt: skip
    found = run(
        """
        const { isUnit } = await import("/core/microscope.js");
        const { makeConfig } = await import("/core/config.js");
        return argument.map(([layer, map, row, column]) =>
          isUnit(makeConfig({}), { layer, map, row, column }));
        """,
        units,
    )
    assert found == [True, True, True, False, False, False, False, False]
