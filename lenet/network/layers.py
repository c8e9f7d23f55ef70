"""Layers of the 1998 LeNet-5 that PyTorch lacks.

LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998, section II.B and appendix A.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Connections = tuple[tuple[int, ...], ...]
"""For each map of a layer, the maps of the previous layer that it is connected to."""

C3_CONNECTIONS: Connections = (
    *(tuple(sorted((i + j) % 6 for j in range(3))) for i in range(6)),
    *(tuple(sorted((i + j) % 6 for j in range(4))) for i in range(6)),
    (0, 1, 3, 4),
    (1, 2, 4, 5),
    (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)
"""Table I of the paper: three adjacent maps of S2, four adjacent maps, four that are not all
adjacent, and all six."""


class Squash(nn.Module):
    """1.7159 tanh(2/3 a), the paper's squashing function, which maps ±1 to ±1 (appendix A)."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape; the result lies within ±1.7159."""
        return 1.7159 * torch.tanh(x * (2 / 3))


class Subsampling(nn.Module):
    """The sum of each 2×2 patch, times a coefficient plus a bias, one of each per map.

    It is initialised to the mean over the patch. The squashing that follows in the paper is part of
    `LeNet`.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((channels,), 0.25))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """`(B, channels, H, W)` → `(B, channels, ⌊H/2⌋, ⌊W/2⌋)`."""
        scale, bias = (p[:, None, None] for p in (self.coefficient, self.bias))
        return F.avg_pool2d(x, 2) * (4 * scale) + bias


class PartialConvolution(nn.Module):
    """A convolution whose maps are each connected to some of the input's maps (paper, Table I).

    `weight` `(connections, kernel, kernel)` holds one kernel per connection, those of the first map
    first. Missing connections have no weights.
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, connections: Connections, kernel: int, padding: int = 0) -> None:
        super().__init__()
        self.connections, self.padding = connections, padding
        pairs = [(o, i) for o, inputs in enumerate(connections) for i in inputs]
        self.inputs = 1 + max(i for _, i in pairs)
        self.weight = nn.Parameter(torch.zeros(len(pairs), kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(len(connections)))
        for name, values in zip(("rows", "columns"), zip(*pairs, strict=True), strict=True):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def kernels(self) -> list[Tensor]:
        """The kernels of each map, `(1, inputs of that map, kernel, kernel)`, as views."""
        sizes = [len(inputs) for inputs in self.connections]
        return [part[None] for part in self.weight.detach().split(sizes)]

    def forward(self, x: Tensor) -> Tensor:
        """`(B, inputs, H, W)` → `(B, maps, H + 2 padding - kernel + 1, …)`."""
        full = self.weight.new_zeros(len(self.bias), x.shape[1], *self.weight.shape[1:])
        full = full.index_put((self.rows, self.columns), self.weight)
        return F.conv2d(x, full, self.bias, padding=self.padding)


class EuclideanRBF(nn.Module):
    """Squared distances to fixed `centres` `(classes, features)`, negated so they act as logits.

    Equation 7 of the paper. Up to a constant, the distance is the negative log density of a
    Gaussian, so the softmax of the negated distances is the posterior.
    """

    centres: Tensor

    def __init__(self, centres: Tensor) -> None:
        super().__init__()
        self.register_buffer("centres", centres, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """`(B, features)` → `(B, classes)`, none above 0."""
        # |x - c|² = |x|² - 2 x·c + |c|²: one matrix product instead of (B, classes, features).
        squares = x.square().sum(1, keepdim=True) + self.centres.square().sum(1)
        return (2 * x @ self.centres.T - squares).clamp(max=0)
