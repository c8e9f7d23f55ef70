import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lenet.network import folding, parts
from lenet.network.config import PRESETS, Convolution, LeNetConfig
from lenet.network.model import LeNet

POOLINGS = {"max": nn.MaxPool2d(2), "average": nn.AvgPool2d(2)}


@pytest.mark.parametrize("padding", [0, 2, 3])
@pytest.mark.parametrize("block", [1, 2, 4])
def test_folding_puts_the_pixels_of_a_block_side_by_side(padding: int, block: int) -> None:
    images = torch.rand(3, 1, 28, 20)
    folded = folding.fold(images, padding, block)
    padded = F.pad(images, [padding] * 4)
    assert folded.shape[1:3] == (-(-padded.shape[2] // block), -(-padded.shape[3] // block))
    # pixel_unshuffle makes the same rearrangement, but puts rows and columns last.
    whole = F.pad(padded, [0, -padded.shape[3] % block, 0, -padded.shape[2] % block])
    assert torch.equal(folded, F.pixel_unshuffle(whole, block).permute(0, 2, 3, 1))


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("kernel", [2, 3, 5, 7])
def test_two_folded_layers_equal_plain_convolutions_and_poolings(pooling: str, kernel: int) -> None:
    torch.manual_seed(0)
    # The side of the outputs is divisible by 4, and by 2 after pooling.
    images = torch.rand(2, 1, 15 + kernel, 23 + kernel, dtype=torch.float64)
    first = nn.Conv2d(1, 6, kernel, padding=2).double()
    second = nn.Conv2d(6, 5, 3, padding=2).double()
    pool_rows = parts.POOLINGS[pooling].folded
    assert pool_rows
    expected = images
    for layer in (first, second):
        expected = POOLINGS[pooling](layer(expected).relu())
    x = folding.fold(images, 2, 4)
    for layer, padding, block in ((first, 0, 4), (second, 2, 2)):
        weight, bias = layer.parameters()
        x = folding.convolve_and_pool(
            x, weight, bias, padding, block, lambda patches: pool_rows(patches.relu())
        )
    torch.testing.assert_close(folding.unfolded(x), expected)


@pytest.mark.parametrize("preset", PRESETS)
def test_folded_logits_equal_those_of_the_plain_network(preset: str) -> None:
    model, images = LeNet(PRESETS[preset]), torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(folding.FoldedLeNet(model)(images), model(images).logits)


@pytest.mark.parametrize("preset", ["classic", "relu", "conv3"])
def test_folded_gradients_equal_those_of_the_plain_network(preset: str) -> None:
    torch.manual_seed(0)
    model = LeNet(PRESETS[preset]).double()
    folded = folding.FoldedLeNet(model)
    assert folded.blocks == [4, 2]
    images, labels = torch.rand(4, 1, 28, 28, dtype=torch.float64), torch.arange(4)
    gradients = []
    for logits in (lambda: model(images).logits, lambda: folded(images)):
        model.zero_grad()
        F.cross_entropy(logits(), labels).backward()
        gradients.append([p.grad for p in model.parameters()])
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize(
    ("convolutions", "blocks"),
    [
        ((), []),
        ((Convolution(6),), [2]),
        ((Convolution(6, kernel=4),), []),  # outputs of 25 × 25
        ((Convolution(6, padding=2), Convolution(8, kernel=3, padding=1)), [2]),
        ((Convolution(6, padding=2), Convolution(32)), [2]),
        ((Convolution(6, padding=2), Convolution(8, connections=((0,),) * 8)), [2]),
        ((Convolution(6, padding=2, pooled=False), Convolution(8)), []),
    ],
    ids=[
        "none",
        "one",
        "odd side",
        "odd padding",
        "wide second layer",
        "partial second layer",
        "unpooled first layer",
    ],
)
def test_only_foldable_layers_are_folded(
    convolutions: tuple[Convolution, ...], blocks: list[int]
) -> None:
    model = LeNet(LeNetConfig(convolutions=convolutions))
    folded = folding.FoldedLeNet(model)
    assert folded.blocks == blocks
    images = torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(folded(images), model(images).logits)


def test_a_lower_precision_gives_similar_logits() -> None:
    torch.manual_seed(0)
    model, images = LeNet(), torch.rand(16, 1, 28, 28)
    exact = model(images).logits
    logits = folding.FoldedLeNet(model)(images.bfloat16())
    assert logits.dtype == torch.float32
    # bfloat16 has eight significant bits.
    assert 0 < (logits - exact).abs().max() < 0.03 * exact.abs().max()


def test_a_first_use_without_gradients_does_not_break_training() -> None:
    model, images = LeNet(), torch.rand(2, 1, 28, 28)
    folded = folding.FoldedLeNet(model)
    folding._tap_positions.cache_clear()
    with torch.inference_mode():
        folded(images)
    folded(images).sum().backward()
    assert model.convolutions[0].weight.grad is not None


class Lowest(nn.Module):
    """A pooling without a folded form: the lowest value of each patch."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return -F.max_pool2d(-x, 2)


def test_a_pooling_without_a_folded_form_is_not_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    lowest = parts.Pooling("minimum pooling", "min pool", make=lambda maps: Lowest())
    monkeypatch.setitem(parts.POOLINGS, "min", lowest)
    model, images = LeNet(LeNetConfig(pooling="min")), torch.rand(2, 1, 28, 28)
    folded = folding.FoldedLeNet(model)
    assert folded.blocks == []
    torch.testing.assert_close(folded(images), model(images).logits)


class Valley(nn.Module):
    """An activation that decreases, then increases."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.square()


def test_an_activation_that_is_not_monotone_comes_before_max_pooling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(parts.ACTIVATIONS, "valley", parts.Activation(Valley, monotone=False))
    model = LeNet(LeNetConfig(activation="valley")).double()
    folded, images = folding.FoldedLeNet(model), torch.rand(2, 1, 28, 28, dtype=torch.float64)
    assert folded.blocks == [4, 2]
    torch.testing.assert_close(folded(images), model(images).logits)
