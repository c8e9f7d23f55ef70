"""What the page knows about a network in addition to its checkpoint."""

import json
from typing import Any

import numpy as np
import pytest
import torch

from lenet import LeNet, LeNetConfig, Predictor, SketchpadError
from lenet.network.config import DIGITS, PRESETS
from lenet.network.summary import SIZE_FORMULA, summarise
from lenet.page.about import about, colour_scale, layer_ranges
from lenet.page.examples import example_images


def test_networks_differ_in_classes_and_test_images(
    predictor: Predictor, things: Predictor
) -> None:
    digits, clothes = about(predictor, "Digits"), about(things, "Things")
    assert (digits["digits"], clothes["digits"]) == (True, False)
    assert digits["labels"] == DIGITS
    assert clothes["labels"][2:5] == ("Pullover", "Dress", "Coat")
    assert digits["examples"] == "examples/mnist.json"
    assert clothes["examples"] == "examples/fashion-mnist.json"
    assert digits["testSheet"] == "examples/mnist-1000.png"
    assert clothes["testSheet"] == "examples/fashion-mnist-1000.png"


def test_the_network_is_described_layer_by_layer(predictor: Predictor) -> None:
    found = about(predictor, "LeNet with ReLU")
    layers = summarise(PRESETS["relu"])
    table = found["layers"]
    assert found["title"] == "LeNet with ReLU"
    assert [row["name"] for row in table["layers"]] == [layer.name for layer in layers]
    assert table["layers"][1]["window"] == {"n": 28, "k": 5, "p": 4, "s": 1}
    assert table["parameters"] == 61_706
    assert found["sizeFormula"] == SIZE_FORMULA


def test_the_colour_scales_of_a_layer_cover_the_test_images(predictor: Predictor) -> None:
    ranges = layer_ranges(predictor)
    images = example_images(DIGITS).reshape(-1, 28, 28)
    layers = list(zip(*(predictor.read_input(image).layers for image in images), strict=True))
    names = ["input", "C1", "S2", "C3", "S4", "F5", "F6", "output"]
    assert [scale["name"] for scale in ranges] == names
    for scale, readings in zip(ranges, layers, strict=True):
        for kind in ("sums", "values"):
            low, high = scale[kind]
            lowest = min(getattr(layer, kind).min() for layer in readings)
            highest = max(getattr(layer, kind).max() for layer in readings)
            assert low == (0 if lowest >= 0 else -high)
            assert high == pytest.approx(max(highest, -lowest), rel=1e-4)


def test_the_colour_scale_is_measured_on_the_networks_classes(things: Predictor) -> None:
    for coat in example_images(things.labels)[4]:
        layers = things.read_input(coat).layers
        for layer, scale in zip(layers, layer_ranges(things), strict=True):
            assert layer.values.max() <= scale["values"][1] * 1.0001


def test_classes_without_test_images_are_measured_on_digits() -> None:
    pets = Predictor(LeNet(LeNetConfig(labels=("cat", "dog"))))
    assert not example_images(("cat", "dog")).size
    assert about(pets, "Pets")["examples"] is None
    assert about(pets, "Pets")["testSheet"] is None
    assert all(scale["values"][1] > 0 for scale in layer_ranges(pets))


@pytest.mark.parametrize(
    ("values", "scale"),
    [([0, 3], (0, 3)), ([-1, 3], (-3, 3)), ([-5, 3], (-5, 5)), ([0, 0], (0, 1))],
    ids=str,
)
def test_a_colour_scale_starts_at_0_or_is_symmetric(values: Any, scale: Any) -> None:
    assert colour_scale(np.array(values, np.float32)) == scale


def test_a_network_that_computes_no_numbers_is_reported() -> None:
    model = LeNet(LeNetConfig())
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(SketchpadError, match="not finite"):
        about(Predictor(model), "Broken")


def test_it_is_plain_json(mixed: Any) -> None:
    one_layer = Predictor.from_pretrained(mixed / "one-layer")
    found = about(one_layer, "One layer")
    assert [scale["name"] for scale in found["ranges"]][:2] == ["input", "C1"]
    json.dumps(found, allow_nan=False)


def test_the_test_images_are_read_correctly(predictor: Predictor) -> None:
    first = example_images(DIGITS)[:, 0]
    assert [predictor.read_input(digit).nearest for digit in first] == list("0123456789")
