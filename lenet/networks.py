"""LeNet as one configurable module, and its named presets.

The dimensions are those of the tutorial "Dive into Deep Learning", section 7.6
(Convolutional Neural Networks, LeNet), after LeCun, Bottou, Bengio and Haffner, "Gradient-based
learning applied to document recognition", Proceedings of the IEEE 86(11), 1998.
"""

# No `from __future__ import annotations` here: the hub mixin reads the annotation of `config` as a
# class, to turn config.json back into a LeNetConfig.
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lenet.checkpoint import CheckpointMixin
from lenet.errors import SketchpadError

IMAGE_SIZE = 28
DIGITS = tuple("0123456789")

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
}
POOLINGS: dict[str, Callable[[int], nn.Module]] = {"average": nn.AvgPool2d, "max": nn.MaxPool2d}
INITIALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    # Glorot and Bengio 2010, equation 16.
    "xavier": nn.init.xavier_uniform_,
    # He et al. 2015, equation 10.
    "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
}


@dataclass(frozen=True)
class Convolution:
    """One convolutional layer: `channels` maps, a square `kernel`, `padding` on each side."""

    channels: int
    kernel: int = 5
    padding: int = 0


@dataclass(frozen=True)
class LeNetConfig:
    """Everything needed to build a LeNet, and all that a checkpoint says about itself.

    Every convolution is followed by the activation and a 2×2 pooling of stride 2; every dense
    layer but the last by the activation. There is one output for each of `labels`. Images in
    [0, 1] are shifted by `mean` and divided by `std` inside the network. The defaults are the
    standard deviation over MNIST and no shift, so that the convolutions' padding (0) is ground.

    `temperature` divides the logits before the softmax, and below an evidence of `threshold` the
    network says that it sees no digit (None: it always names one); both come from training, see
    `lenet.calibration`.

    Raises:
        SketchpadError: a value is unknown, out of range, or leaves a layer nothing to work on.
    """

    convolutions: tuple[Convolution, ...] = (Convolution(6, padding=2), Convolution(16))
    activation: str = "relu"
    pooling: str = "max"
    dense: tuple[int, ...] = (120, 84)
    labels: tuple[str, ...] = DIGITS
    initialisation: str = "he"
    mean: float = 0.0
    std: float = 0.3081
    temperature: float = 1.0
    threshold: float | None = None

    def __post_init__(self) -> None:
        try:
            # JSON has neither tuples nor dataclasses.
            convolutions = tuple(
                Convolution(**c) if isinstance(c, Mapping) else c for c in self.convolutions
            )
            object.__setattr__(self, "convolutions", convolutions)
            object.__setattr__(self, "dense", tuple(self.dense))
            object.__setattr__(self, "labels", tuple(self.labels))
        except TypeError as error:
            raise SketchpadError(f"The network's configuration is damaged: {error}.") from error
        for name, table in (
            ("activation", ACTIVATIONS),
            ("pooling", POOLINGS),
            ("initialisation", INITIALISATIONS),
        ):
            value = getattr(self, name)
            if value not in table:
                raise SketchpadError(f"Unknown {name} {value!r}: choose one of {', '.join(table)}.")
        if not all(isinstance(c, Convolution) for c in self.convolutions):
            raise SketchpadError("Every convolution needs channels, kernel and padding.")
        sizes = [
            *(value for c in self.convolutions for value in (c.channels, c.kernel)),
            *self.dense,
        ]
        if not all(isinstance(n, int) and 1 <= n <= 4096 for n in sizes):
            raise SketchpadError(
                "Channels, kernels and dense widths are whole numbers from 1 to 4096."
            )
        if not all(isinstance(c.padding, int) and 0 <= c.padding < 28 for c in self.convolutions):
            raise SketchpadError("Paddings are whole numbers from 0 to 27.")
        if len(self.labels) < 2 or not all(isinstance(label, str) for label in self.labels):
            raise SketchpadError("A classifier needs at least two labels, each of them a text.")
        numbers = (self.mean, self.std, self.temperature, self.threshold or 0.0)
        if not all(isinstance(number, int | float) for number in numbers):
            raise SketchpadError("Mean, standard deviation, temperature, threshold are numbers.")
        if not self.std > 0 or not self.temperature > 0:
            raise SketchpadError("The standard deviation and the temperature are above 0.")
        self.map_sizes()

    def map_sizes(self) -> list[tuple[int, int]]:
        """Side of the square maps of each convolution: (after it, after its pooling).

        Raises:
            SketchpadError: a kernel is larger than its padded input, or nothing is left to pool.
        """
        sizes, side = [], IMAGE_SIZE
        for number, c in enumerate(self.convolutions, start=1):
            convolved = side + 2 * c.padding - c.kernel + 1
            if convolved < 2:
                raise SketchpadError(
                    f"Convolution {number} (kernel {c.kernel}, padding {c.padding}) on maps of "
                    f"{side}×{side} leaves {max(convolved, 0)}×{max(convolved, 0)}, too small for "
                    f"the 2×2 pooling: use a smaller kernel, more padding or fewer convolutions."
                )
            side = convolved // 2
            sizes.append((convolved, side))
        return sizes


PRESETS: dict[str, LeNetConfig] = {
    "classic": LeNetConfig(activation="sigmoid", pooling="average", initialisation="xavier"),
    "relu": LeNetConfig(activation="relu", pooling="max", initialisation="he"),
}


class LeNetOutput(NamedTuple):
    """What one call of a LeNet returns.

    `logits` is `(B, 10)`; `maps` holds the maps of each convolution after its activation and
    before its pooling: `(B, 6, 28, 28)` and `(B, 16, 10, 10)` for the presets.
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

    `LeNet.from_pretrained(folder_or_repo)`, `save_pretrained(folder)` and `push_to_hub(repo)`
    are those of huggingface_hub; see `lenet.checkpoint`.

    Example:
        logits, (layer1, layer2) = LeNet(PRESETS["relu"])(torch.rand(1, 1, 28, 28))
    """

    def __init__(self, config: LeNetConfig = PRESETS["relu"]):
        super().__init__()
        self.config = config
        channels = [1, *(c.channels for c in config.convolutions)]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(previous, c.channels, c.kernel, padding=c.padding)
            for previous, c in zip(channels, config.convolutions, strict=False)
        )
        self.activation = ACTIVATIONS[config.activation]()
        self.pooling = POOLINGS[config.pooling](2)
        side = config.map_sizes()[-1][1] if config.convolutions else IMAGE_SIZE
        widths = [channels[-1] * side * side, *config.dense, len(config.labels)]
        dense: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            dense += [nn.Linear(inputs, outputs), ACTIVATIONS[config.activation]()]
        self.dense = nn.Sequential(*dense[:-1])
        # Weights only: the tutorial leaves the biases at PyTorch's own start.
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                INITIALISATIONS[config.initialisation](module.weight)

    def forward(self, images: Tensor) -> LeNetOutput:
        """Read images `(B, 1, 28, 28)` in [0, 1], ink bright on a dark ground."""
        x = (images - self.config.mean) / self.config.std
        maps = []
        for convolution in self.convolutions:
            x = self.activation(convolution(x))
            maps.append(x)
            x = self.pooling(x)
        return LeNetOutput(self.dense(x.flatten(1)), tuple(maps))

    def calibrate(self, temperature: float, threshold: float | None) -> None:
        """Set what calibration found, in the configuration that a checkpoint will hold."""
        self.config = replace(self.config, temperature=temperature, threshold=threshold)
        self._hub_mixin_config = self.config

    def model_card_values(self) -> dict[str, Any]:
        """What the model card says about the network itself; see `lenet/model_card.md`."""
        return {
            "config": self.config,
            "parameters": parameter_count(self),
        }


def parameter_count(model: nn.Module) -> int:
    """Number of trainable parameters."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def pick_device(name: str = "auto") -> torch.device:
    """The device of that name; `auto` takes CUDA, then Apple's MPS, then the CPU.

    Raises:
        SketchpadError: the name is unknown or this machine has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise SketchpadError(
            f"The device {name!r} is not available here: choose auto, cpu, cuda or mps."
        ) from error
    return device
