"""A trace computes what the network computes, and shows every layer."""

import pytest
import torch

from lenet import LeNet, LeNetConfig
from lenet.errors import SketchpadError
from lenet.network.summary import summarise
from lenet.reading.prediction import Predictor
from lenet.reading.tracing import steps, trace
from tests.network.conftest import NETWORKS


@pytest.fixture(params=list(NETWORKS.values()), ids=list(NETWORKS))
def model(request: pytest.FixtureRequest) -> LeNet:
    torch.manual_seed(0)
    return LeNet(request.param).eval()


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(3, 1, 28, 28, generator=torch.manual_seed(1))


@torch.inference_mode()
def test_the_trace_is_what_the_network_computes(model: LeNet, images: torch.Tensor) -> None:
    logits, maps = model(images)
    layers = trace(model, images)
    assert torch.equal(layers[-1].values.flatten(1), logits)
    traced = [layer.values for layer in layers if layer.kind == "convolution"]
    assert all(torch.equal(one, two) for one, two in zip(traced, maps, strict=True))
    assert torch.equal(layers[0].values, model.normalise(images))


@torch.inference_mode()
def test_layers_have_the_names_and_shapes_of_the_table(model: LeNet, images: torch.Tensor) -> None:
    for layer, row in zip(trace(model, images), summarise(model.config), strict=True):
        assert layer.name == row.name
        shape = row.shape if len(row.shape) == 3 else (*row.shape, 1, 1)
        assert layer.sums.shape == layer.values.shape == (3, *shape)


@torch.inference_mode()
def test_the_activation_turns_sums_into_values(model: LeNet, images: torch.Tensor) -> None:
    for step, layer in zip(steps(model), trace(model, images)[1:], strict=True):
        expected = step.activation(layer.sums) if step.activation else layer.sums
        assert torch.equal(layer.values, expected)


@torch.inference_mode()
def test_a_muted_map_is_0_and_changes_what_follows(model: LeNet, images: torch.Tensor) -> None:
    plain = trace(model, images)
    for at, layer in enumerate(plain[1:-1], start=1):
        muted = trace(model, images, {layer.name: [0]})
        assert not muted[at].values[:, 0].any()
        assert torch.equal(muted[at].values[:, 1:], layer.values[:, 1:])
        for before, after in zip(plain[:at], muted[:at], strict=True):
            assert torch.equal(before.values, after.values)


def test_a_predictor_can_mute_maps() -> None:
    torch.manual_seed(0)
    model = LeNet(LeNetConfig())
    image = torch.rand(28, 28).numpy()
    muted = Predictor(model, {"C1": [0, 2]}).read_input(image)
    assert [bool(one.any()) for one in muted.maps[0][:3]] == [False, True, False]
    assert (muted.probabilities != Predictor(model).read_input(image).probabilities).any()


@pytest.mark.parametrize(
    ("muted", "words"),
    [
        ({"C2": [0]}, "Choose one of C1, S2"),
        ({"input": [0]}, "can't be muted"),
        ({"output": [0]}, "can't be muted"),
        ({"C1": [6]}, "maps 0 to 5"),
        ({"C1": [-1]}, "maps 0 to 5"),
    ],
    ids=str,
)
def test_what_cannot_be_muted_is_reported(muted: dict[str, list[int]], words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        Predictor(LeNet(LeNetConfig()), muted)
