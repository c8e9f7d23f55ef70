"""Muting and evaluating in the browser equal the library in float64."""

import base64
import random
from typing import Any

import numpy as np
import pytest
import torch

from lenet import LeNet
from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.page.examples import sheets
from lenet.reading.muting import Effect, evaluate, rank
from lenet.reading.prediction import Array, Predictor
from lenet.reading.tracing import Muted
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.networks import random_config
from tests.web.conftest import Run
from tests.web.test_network import files

pytestmark = pytest.mark.browser

LOAD = """
const { readCheckpoint } = await import("/core/checkpoint.js");
const { Predictor } = await import("/core/reading.js");
const { bytes } = await import("/core/bytes.js");
const { TASKS } = await import("/core/tasks.js");
const { checkpoint, muted } = argument;
const predictor = new Predictor(
  readCheckpoint(checkpoint.config, bytes(checkpoint.weights).buffer), muted);
const finish = (task) => {
  const steps = [];
  while (true) {
    const { done, value } = task.next();
    if (done) return { steps, value };
    steps.push([value.done, value.total]);
  }
};
"""
RANK = """
const data = new Float32Array(bytes(argument.image).buffer);
const input = { height: 28, width: 28, data };
return finish(TASKS.rank(predictor, { input, penalty: argument.penalty }));
"""
EVALUATE = "return finish(TASKS.evaluate(predictor, {...argument, levels: bytes(argument.levels)}))"


def base64_of(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(values.tobytes()).decode()


def assert_equal_ranks(
    run: Run, model: LeNet, image: Array, muted: Muted, penalty: float = 0.0
) -> None:
    expected = rank(Predictor(model.double(), muted), image, penalty)
    found = run(
        LOAD + RANK,
        {
            "checkpoint": files(model),
            "image": base64_of(image),
            "muted": muted,
            "penalty": penalty,
        },
    )
    assert found["steps"] == [[n, len(expected)] for n in range(1, len(expected) + 1)]
    effects = [Effect(**effect) for effect in found["value"]]
    assert [e.effect for e in effects] == sorted((e.effect for e in effects), reverse=True)
    # Equal effects may come in any order.
    in_order = [sorted(list_, key=lambda e: (e.layer, e.map)) for list_ in (effects, expected)]
    for one, other in zip(*in_order, strict=True):
        assert (one.layer, one.map, one.label, one.nearest) == (
            other.layer,
            other.map,
            other.label,
            other.nearest,
        )
        assert one.effect == pytest.approx(other.effect, rel=1e-9, abs=1e-9)
        assert one.probability == pytest.approx(other.probability, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", SHIPPED)
def test_maps_of_shipped_networks_have_the_same_effects(run: Run, name: str) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    sheet = next(s for s in sheets().values() if s.labels == model.config.labels)
    assert_equal_ranks(run, model, sheet.images[7, 1], {})
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    assert_equal_ranks(run, model, sheet.images[2, 3], {"C1": [2], "S2": [0, 3], "C3": [5]}, 3.0)


@pytest.mark.parametrize("seed", range(4))
def test_maps_of_random_networks_have_the_same_effects(run: Run, seed: int) -> None:
    torch.manual_seed(seed)
    model = LeNet(readable_config(random.Random(seed)))
    model.calibrate(0.8, 1.5)
    image = np.random.default_rng(seed).random((28, 28), np.float32)
    assert_equal_ranks(run, model, image, {"C1": [0]})


def readable_config(choose: random.Random) -> LeNetConfig:
    """A random network that fits; with at least one convolution, as predictors need."""
    while True:
        config = random_config(choose)
        try:
            Predictor(LeNet(config), {"C1": [0]})
            return config
        except SketchpadError:
            continue


@pytest.mark.parametrize("name", SHIPPED)
def test_evaluations_are_equal(run: Run, name: str) -> None:
    model = LeNet.from_pretrained(ROOT / "checkpoints" / name)
    sheet = next(s for s in sheets().values() if s.labels == model.config.labels)
    levels = np.rint(sheet.images.reshape(-1, 28, 28) * 255).astype(np.uint8)
    levels[:3] = np.random.default_rng(0).integers(0, 255, (3, 28, 28))
    truths = [n // 8 for n in range(80)]
    muted = {"C1": [1], "C3": [0, 1, 2]}
    images = torch.from_numpy(levels)[:, None]
    expected = evaluate(Predictor(model.double(), muted), images, torch.tensor(truths))
    found = run(
        LOAD + EVALUATE,
        {
            "checkpoint": files(model),
            "levels": base64_of(levels),
            "truths": truths,
            "muted": muted,
        },
    )
    assert found["steps"] == [[n, 80] for n in range(1, 81)]
    assert found["value"]["answers"] == expected.answers.tolist()
    assert found["value"]["confusion"] == expected.confusion.tolist()
    assert found["value"]["right"] == expected.right
