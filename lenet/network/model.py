"""LeNet as one configurable module."""

# No `from __future__ import annotations` here: the hub mixin needs the annotation of `config` to be
# a class, to turn config.json back into a LeNetConfig.
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from lenet.network.bitmaps import DIGIT_BITMAPS, bitmaps
from lenet.network.checkpoint import CheckpointMixin
from lenet.network.config import DIGITS, PRESETS, LeNetConfig
from lenet.network.layers import EuclideanRBF, PartialConvolution
from lenet.network.parts import ACTIVATIONS, INITIALISATIONS, POOLINGS


class LeNetOutput(NamedTuple):
    """The result of one forward pass.

    `logits` is `(B, 10)`; `maps` holds the maps of each convolution after its activation and
    before its pooling: for the presets, first `(B, 6, 28, 28)`, then `(B, 16, 10, 10)`.
    """

    logits: Tensor
    maps: tuple[Tensor, ...]


class LeNet(
    nn.Module,
    CheckpointMixin,
    library_name="lenet-sketchpad",
    license="mit",
    pipeline_tag="image-classification",
    tags=["lenet", "digit-recognition"],
):
    """A LeNet built from its configuration.

    `LeNet.from_pretrained(folder_or_repo)`, `save_pretrained(folder)` and `push_to_hub(repo)` come
    from huggingface_hub; see `lenet.network.checkpoint`.

    Example:
        logits, maps = LeNet(PRESETS["relu"])(torch.rand(1, 1, 28, 28))
    """

    def __init__(self, config: LeNetConfig = PRESETS["relu"]):
        super().__init__()
        self.config = config
        channels = [1, *(c.channels for c in config.convolutions)]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(inputs, c.channels, c.kernel, padding=c.padding)
            if c.connections is None
            else PartialConvolution(c.connections, c.kernel, c.padding)
            for inputs, c in zip(channels, config.convolutions, strict=False)
        )
        self.activation = ACTIVATIONS[config.activation].make()
        self.poolings = nn.ModuleList(
            _pooling(config, c.channels) if c.pooled else nn.Identity() for c in config.convolutions
        )
        side = config.map_sizes()[-1].pooled if config.convolutions else config.side
        self.dense = _dense_layers(config, channels[-1] * side * side)
        self._initialise(config.initialisation)

    def forward(self, images: Tensor) -> LeNetOutput:
        """Classify images `(B, 1, 28, 28)` in [0, 1], bright ink on a dark background."""
        x = self.normalise(images)  # (B, 1, side, side)
        maps = []
        for convolution, pooling in zip(self.convolutions, self.poolings, strict=True):
            x = self.activation(convolution(x))  # (B, channels, n, n)
            maps.append(x)
            x = pooling(x)  # (B, channels, ⌊n/2⌋, ⌊n/2⌋) if pooled
        return LeNetOutput(self.dense(x.flatten(1)), tuple(maps))  # (B, labels)

    def normalise(self, images: Tensor) -> Tensor:
        """Images `(B, 1, 28, 28)` with a border, shifted and scaled: `(B, 1, side, side)`."""
        x = F.pad(images, [self.config.border] * 4) if self.config.border else images
        return (x - self.config.mean if self.config.mean else x) / self.config.std

    def calibrate(self, temperature: float, threshold: float | None) -> None:
        """Set the results of calibration in the configuration, which checkpoints include."""
        self.config = replace(self.config, temperature=temperature, threshold=threshold)
        self._hub_mixin_config = self.config

    def model_card_values(self) -> dict[str, Any]:
        """Values about the network for the model card; see `model_card.md`."""
        return {
            "config": self.config,
            "pooling": POOLINGS[self.config.pooling].name,
            "parameters": parameter_count(self),
            "reads_digits": self.config.labels == DIGITS,
        }

    def _initialise(self, initialisation: str) -> None:
        # Weights only: like the tutorial, keep PyTorch's default for the biases.
        initialise = INITIALISATIONS[initialisation]
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                initialise(module.weight)
            elif isinstance(module, PartialConvolution):
                for kernels in module.kernels():
                    initialise(kernels)


def _pooling(config: LeNetConfig, maps: int) -> nn.Module:
    pooling = POOLINGS[config.pooling]
    if pooling.parameters:
        return nn.Sequential(pooling.make(maps), ACTIVATIONS[config.activation].make())
    return pooling.make(maps)


def _dense_layers(config: LeNetConfig, inputs: int) -> nn.Sequential:
    widths = [inputs, *config.dense]
    dense: list[nn.Module] = []
    for width, outputs in pairwise(widths):
        dense += [nn.Linear(width, outputs), ACTIVATIONS[config.activation].make()]
    if config.output == "rbf":
        return nn.Sequential(*dense, EuclideanRBF(bitmaps(DIGIT_BITMAPS)))
    return nn.Sequential(*dense, nn.Linear(widths[-1], len(config.labels)))


def parameter_count(model: nn.Module) -> int:
    """Number of trainable parameters."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
