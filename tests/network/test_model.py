import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.errors import SketchpadError
from lenet.network.config import PRESETS, Convolution, LeNetConfig
from lenet.network.model import LeNet, parameter_count


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_the_tutorials_shapes_and_parameters(preset: str) -> None:
    model = LeNet(PRESETS[preset])
    logits, maps = model(torch.rand(3, 1, 28, 28))
    assert logits.shape == (3, 10)
    assert [tuple(m.shape) for m in maps[:2]] == [(3, 6, 28, 28), (3, 16, 10, 10)]
    assert parameter_count(model) == (60_000 if preset == "lenet5-1998" else 61_706)


def test_the_1998_network_has_the_parameter_counts_of_the_paper() -> None:
    """Section II.B states the trainable parameters of each layer."""
    model = LeNet(PRESETS["lenet5-1998"])
    (c1, c3, c5), (s2, s4, _) = model.convolutions, model.poolings
    f6, _, rbf = model.dense
    counted = [parameter_count(module) for module in (c1, s2, c3, s4, c5, f6, rbf)]
    assert counted == [156, 12, 1516, 32, 48_120, 10_164, 0]


def test_the_1998_network_sees_background_at_minus_0_1_and_ink_at_1_175() -> None:
    config = PRESETS["lenet5-1998"]
    seen = [(value - config.mean) / config.std for value in (0.0, 1.0)]
    assert seen == pytest.approx([-0.1, 1.175])
    model = LeNet(config)
    # The whole 32×32 field is background, including the border, so C1 is constant.
    c1 = model(torch.zeros(1, 1, 28, 28)).maps[0]
    assert c1.std((2, 3)).max() < 1e-6


def test_conv3_is_the_relu_network_with_its_first_dense_layer_as_a_convolution() -> None:
    conv3, relu = LeNet(PRESETS["conv3"]), LeNet(PRESETS["relu"])
    weights = [value.view(-1) for value in conv3.state_dict().values()]
    shapes = relu.state_dict()
    relu.load_state_dict(
        {name: w.view(shapes[name].shape) for name, w in zip(shapes, weights, strict=True)}
    )
    images = torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(conv3(images).logits, relu(images).logits)


def test_the_third_convolution_does_not_fit_without_a_border() -> None:
    with pytest.raises(SketchpadError, match=r"Convolution 3 .* does not fit into 4×4 maps"):
        dataclasses.replace(PRESETS["conv3"], border=0)


def test_classic_and_relu_differ_as_the_tutorials_describe() -> None:
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
    """The classic network as explicit sums and loops: an oracle for the module."""
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


def test_the_classic_network_equals_the_tutorials_formulas() -> None:
    torch.manual_seed(1)
    model, image = LeNet(PRESETS["classic"]), torch.rand(1, 28, 28)
    torch.testing.assert_close(by_hand(model, image), model(image[None]).logits[0])


def test_initialisations_have_the_published_spread() -> None:
    torch.manual_seed(0)
    dense = {name: LeNet(PRESETS[name]).get_parameter("dense.0.weight") for name in PRESETS}
    limit = (6 / (400 + 120)) ** 0.5  # Glorot and Bengio 2010, equation 16
    assert dense["classic"].abs().max() <= limit
    assert dense["classic"].std().item() == pytest.approx(limit / 3**0.5, rel=0.02)
    assert dense["relu"].std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)  # He et al.


def test_a_network_of_a_different_shape_works() -> None:
    config = LeNetConfig(
        convolutions=(Convolution(4, 3, 1), Convolution(8, 3), Convolution(5, 2)),
        dense=(),
        activation="tanh",
        labels=("coat", "bag"),
    )
    logits, maps = LeNet(config)(torch.rand(2, 1, 28, 28))
    assert logits.shape == (2, 2)
    assert [m.shape[1] for m in maps] == [4, 8, 5]
    assert [tuple(size) for size in config.map_sizes()] == [(28, 28, 14), (14, 12, 6), (6, 5, 2)]


def test_a_network_without_convolutions_also_reads_the_border() -> None:
    model = LeNet(LeNetConfig(convolutions=(), dense=(), border=1))
    assert model(torch.rand(2, 1, 28, 28)).logits.shape == (2, 10)
    assert parameter_count(model) == (30 * 30 + 1) * 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": "swish"}, "Choose one of sigmoid, relu, tanh"),
        ({"pooling": "median"}, "average, max"),
        ({"initialisation": "zero"}, "xavier, he"),
        ({"dense": (0,)}, "between 1 and 4,096, got 0"),
        ({"dense": 7}, "damaged"),
        ({"convolutions": (Convolution(6, 40),)}, "kernel 40, padding 0.*28×28"),
        ({"convolutions": (Convolution(6, 28),)}, "28×28 maps to 1×1, too small for 2×2 pooling"),
        ({"convolutions": (Convolution(6), Convolution(16), Convolution(120))}, "Convolution 3"),
        ({"convolutions": ({"channels": 6, "size": 5},)}, "damaged"),
        ({"convolutions": ("6",)}, "channels, kernel and padding"),
        ({"convolutions": (Convolution(6, 5, -1),)}, "paddings"),
        ({"labels": ("0",)}, "2 to 1,000 labels"),
        ({"labels": ("0",) * 1001}, "2 to 1,000 labels"),
        ({"output": "rbf", "dense": (120,)}, "84 units"),
        ({"output": "rbf", "dense": (84,), "labels": ("coat", "bag")}, "ten digits"),
        ({"box": 0}, "between 1 and 28 pixels, got 0"),
        ({"centring": "ear"}, "mass, box"),
        (
            {"convolutions": (Convolution(2, connections=((0,),)),)},
            "as many non-empty lists of connections, got 1",
        ),
        ({"convolutions": (Convolution(2, connections=((0,), ())),)}, "as many non-empty lists"),
        ({"convolutions": (Convolution(1, connections=((3,),)),)}, "maps 0 to 0"),
        ({"std": 0}, r"std must be between 0\.001 and 1,000, got 0\."),
        ({"activation": ["relu"]}, "Unknown activation"),
        ({"activation": "relu" * 100}, r"'(relu){9}rel…'\. Choose"),
        ({"dense": "84"}, "dense must be a list"),
        ({"dense": (True,)}, "got True"),
        ({"box": True}, "got True"),
        ({"convolutions": (Convolution(2, connections=((False,), (0,))),)}, "maps 0 to 0"),
        ({"convolutions": ({"channels": 2, "pooled": 1},)}, "pooled must be true or false"),
        ({"mean": 1e300}, r"mean must be between -10 and 10, got 1e\+300"),
        ({"mean": True}, "mean must be a number, got True"),
        ({"std": float("nan")}, "std must be between .* got nan"),
        ({"temperature": 1e-320}, "temperature must be between .* got 1e-320"),
        ({"temperature": float("inf")}, "got inf"),
        ({"threshold": -float("inf")}, "threshold must be between -1,000,000 and 1,000,000"),
        ({"mean": "grey"}, "mean must be a number, got 'grey'"),
        ({"threshold": "low"}, "threshold must be a number"),
        ({"temperature": 0}, "temperature must be between"),
        ({"dense": (1,) * 99}, "at most 100 layers, got 101"),
        ({"dense": (4096,) * 40}, "at most 30,000,000 weights, got"),
        (
            {"convolutions": (*[Convolution(4096, 1, pooled=False)] * 2, Convolution(1, 1))},
            "values in its maps",
        ),
        (
            {"convolutions": (Convolution(600, 5, 2), Convolution(600, 5, 2)), "border": 2},
            "multiplications per image",
        ),
    ],
)
def test_invalid_configurations_are_rejected(change: dict[str, Any], words: str) -> None:
    with pytest.raises(SketchpadError, match=words):
        dataclasses.replace(PRESETS["relu"], **change)
