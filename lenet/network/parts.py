"""Activations, poolings and initialisations: constructors, names and costs.

To add one, add an entry to its table here; the configuration, checkpoints, summary, training and
command line read these tables.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from lenet.network import layers


@dataclass(frozen=True)
class Activation:
    """An elementwise function that follows a layer."""

    make: Callable[[], nn.Module]
    monotone: bool
    """whether it never decreases, so that it may also be applied after max pooling"""


@dataclass(frozen=True)
class Pooling:
    """A 2×2 pooling with stride 2."""

    name: str
    """name in a sentence"""
    notation: str
    """name in the compressed notation of "Dive into Deep Learning" """
    make: Callable[[int], nn.Module]
    """the layer for that many maps: `(B, maps, H, W)` → `(B, maps, ⌊H/2⌋, ⌊W/2⌋)`"""
    parameters: int = 0
    """trainable parameters per map; if there are any, the activation follows again"""
    multiplications: int = 0
    """per output value"""
    folded: Callable[[Tensor], Tensor] | None = None
    """the same on patches laid out as rows, `(…, 4)` → `(…, 1)`; None if there is no such form, so
    that networks with this pooling are trained without folding (`lenet.network.folding`)"""
    selects: bool = False
    """whether it returns the largest of the four values, so that a monotone activation may follow
    the pooling, which is cheaper"""


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(nn.Sigmoid, monotone=True),
    "relu": Activation(nn.ReLU, monotone=True),
    "tanh": Activation(nn.Tanh, monotone=True),
    "squash": Activation(layers.Squash, monotone=True),
}

POOLINGS: dict[str, Pooling] = {
    "average": Pooling(
        name="average pooling",
        notation="avg pool",
        make=lambda maps: nn.AvgPool2d(2),
        multiplications=1,
        folded=lambda patches: F.avg_pool2d(patches, (1, 4)),
    ),
    "max": Pooling(
        name="max pooling",
        notation="max pool",
        make=lambda maps: nn.MaxPool2d(2),
        folded=lambda patches: F.max_pool2d(patches, (1, 4)),
        selects=True,
    ),
    "subsampling": Pooling(
        name="trainable subsampling",
        notation="subsampling",
        make=layers.Subsampling,
        parameters=2,
        multiplications=1,
    ),
}

INITIALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    # Glorot and Bengio 2010, equation 16.
    "xavier": nn.init.xavier_uniform_,
    # He et al. 2015, equation 10.
    "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    # LeCun et al. 1998, appendix A: uniform within ±2.4 / fan-in.
    "lecun": lambda weight: nn.init.uniform_(weight, *_plus_minus(2.4 / weight[0].numel())),
}
"""Functions that fill a weight `(outputs, inputs, …)` in place."""


def _plus_minus(limit: float) -> tuple[float, float]:
    return -limit, limit
