"""The layers of the 1998 LeNet-5, compared with independent implementations."""

import math

import pytest
import torch

from lenet.network.bitmaps import DIGIT_BITMAPS, bitmaps
from lenet.network.layers import (
    C3_CONNECTIONS,
    EuclideanRBF,
    PartialConvolution,
    Squash,
    Subsampling,
)

# Table I as printed in the paper: one row per map of S2, one column per map of C3.
TABLE_1 = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
"""


def test_c3_is_connected_as_in_table_1_of_the_paper() -> None:
    rows = TABLE_1.split()
    table = [tuple(i for i, row in enumerate(rows) if row[o] == "X") for o in range(16)]
    assert list(C3_CONNECTIONS) == table
    assert sum(len(inputs) for inputs in C3_CONNECTIONS) == 60


def test_squash_maps_1_to_1_and_stays_within_1_7159() -> None:
    x = torch.tensor([-100.0, -1.0, 0.0, 1.0, 0.3, 100.0])
    assert Squash()(1000 * x).abs().max() <= 1.7159
    squashed = Squash()(x)
    expected = [1.7159 * math.tanh(2 * a / 3) for a in x.tolist()]
    assert squashed.tolist() == pytest.approx(expected, abs=1e-6)
    assert squashed[3].item() == pytest.approx(1, abs=1e-4)


def test_subsampling_sums_scales_and_shifts() -> None:
    layer, x = Subsampling(3), torch.randn(2, 3, 6, 5)
    torch.nn.init.normal_(layer.coefficient)
    torch.nn.init.normal_(layer.bias)
    out = layer(x)
    assert out.shape == (2, 3, 3, 2)
    for image, channel, row, column in torch.cartesian_prod(*map(torch.arange, out.shape)).tolist():
        patch = x[image, channel, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        expected = patch.sum() * layer.coefficient[channel] + layer.bias[channel]
        torch.testing.assert_close(out[image, channel, row, column], expected)


@pytest.mark.parametrize("padding", [0, 2])
def test_a_partial_convolution_sums_its_correlations(padding: int) -> None:
    connections = ((0, 2), (1,), (0, 1, 2))
    layer, x = PartialConvolution(connections, 3, padding), torch.randn(2, 3, 7, 7)
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    out = layer(x)
    padded = torch.nn.functional.pad(x, [padding] * 4)
    windows = padded.unfold(2, 3, 1).unfold(3, 3, 1)  # (2, 3, H, W, 3, 3)
    kernels = iter(layer.weight)
    for o, inputs in enumerate(connections):
        expected = layer.bias[o] + sum(
            (windows[:, i] * next(kernels)).sum((-1, -2)) for i in inputs
        )
        torch.testing.assert_close(out[:, o], expected)
    assert sum(p.numel() for p in layer.parameters()) == 6 * 9 + 3


def test_the_rbf_output_is_the_negated_squared_distance() -> None:
    centres, x = torch.randn(4, 7), torch.randn(5, 7)
    expected = -torch.cdist(x.double(), centres.double()).square()
    torch.testing.assert_close(EuclideanRBF(centres)(x).double(), expected, rtol=1e-4, atol=1e-4)
    assert not EuclideanRBF(centres).state_dict()


def test_the_bitmaps_are_ten_distinct_pictures_of_84_pixels() -> None:
    centres = bitmaps(DIGIT_BITMAPS)
    assert centres.shape == (10, 7 * 12)
    assert set(centres.flatten().tolist()) == {-1.0, 1.0}
    apart = torch.cdist(centres, centres) + 100 * torch.eye(10)
    assert apart.min() >= math.sqrt(4 * 15)  # at least 15 pixels differ
