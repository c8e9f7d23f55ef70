"""LeNet as one configurable module, and its named presets.

The dimensions are those of the tutorial "Dive into Deep Learning", section 7.6
(Convolutional Neural Networks, LeNet), after LeCun, Bottou, Bengio and Haffner, "Gradient-based
learning applied to document recognition", Proceedings of the IEEE 86(11), 1998.
"""

# No `from __future__ import annotations` here: the hub mixin reads the annotation of `config` as a
# class, to turn config.json back into a LeNetConfig.
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice, pairwise, takewhile
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet.errors import SketchpadError
from lenet.network import folding, layers
from lenet.network.checkpoint import CheckpointMixin

IMAGE_SIZE = 28
DIGITS = tuple("0123456789")


def _plus_minus(limit: float) -> tuple[float, float]:
    return -limit, limit


ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "squash": layers.Squash,
}
POOLINGS: dict[str, Callable[[int], nn.Module]] = {
    "average": lambda channels: nn.AvgPool2d(2),
    "max": lambda channels: nn.MaxPool2d(2),
    "subsampling": layers.Subsampling,
}
INITIALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    # Glorot and Bengio 2010, equation 16.
    "xavier": nn.init.xavier_uniform_,
    # He et al. 2015, equation 10.
    "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    # LeCun et al. 1998, appendix A: evenly within ±2.4 / fan-in.
    "lecun": lambda weight: nn.init.uniform_(weight, *_plus_minus(2.4 / weight[0].numel())),
}
OUTPUTS = ("linear", "rbf")
CENTRINGS = ("mass", "box")


@dataclass(frozen=True)
class Convolution:
    """One convolutional layer: `channels` maps, a square `kernel`, `padding` on each side.

    A 2×2 pooling of stride 2 follows where it is `pooled`. `connections` names, for each map, the
    maps before it that it looks at; None stands for all of them.
    """

    channels: int
    kernel: int = 5
    padding: int = 0
    pooled: bool = True
    connections: layers.Connections | None = None

    def __post_init__(self) -> None:
        if self.connections is not None:  # JSON has no tuples
            object.__setattr__(self, "connections", tuple(map(tuple, self.connections)))


class MapSize(NamedTuple):
    """Sides of a convolution's square maps: what it is given, what it makes, what is pooled."""

    given: int
    convolved: int
    pooled: int


@dataclass(frozen=True)
class LeNetConfig:
    """Everything needed to build a LeNet, and all that a checkpoint says about itself.

    Images in [0, 1] get a `border` of ground on each side, are shifted by `mean` and divided by
    `std`, all inside the network. The defaults are the standard deviation over MNIST and no
    shift, so that the convolutions' padding (0) is ground.

    Every convolution is followed by the activation and, if it is pooled, by the `pooling`, whose
    trainable variant "subsampling" is followed by the activation, too. Every dense layer is
    followed by the activation. One `output` for each of `labels` comes last: "linear", or "rbf",
    the distances to the bitmaps of the ten digits (then the last dense layer has 84 units).

    Drawings are brought into the form of the training images before they come here: their longer
    side to `box` pixels, centred by their `centring`, "mass" or "box" (see `lenet.preprocessing`).

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
    output: str = "linear"
    labels: tuple[str, ...] = DIGITS
    initialisation: str = "he"
    border: int = 0
    mean: float = 0.0
    std: float = 0.3081
    box: int = 20
    centring: str = "mass"
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
            ("output", OUTPUTS),
            ("initialisation", INITIALISATIONS),
            ("centring", CENTRINGS),
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
        paddings = [self.border, *(c.padding for c in self.convolutions)]
        if not all(isinstance(padding, int) and 0 <= padding < 28 for padding in paddings):
            raise SketchpadError("Borders and paddings are whole numbers from 0 to 27.")
        if not isinstance(self.box, int) or not 1 <= self.box <= IMAGE_SIZE:
            raise SketchpadError("The box of a drawing has 1 to 28 pixels.")
        if len(self.labels) < 2 or not all(isinstance(label, str) for label in self.labels):
            raise SketchpadError("A classifier needs at least two labels, each of them a text.")
        numbers = (self.mean, self.std, self.temperature, self.threshold or 0.0)
        if not all(isinstance(number, int | float) for number in numbers):
            raise SketchpadError("Mean, standard deviation, temperature, threshold are numbers.")
        if not self.std > 0 or not self.temperature > 0:
            raise SketchpadError("The standard deviation and the temperature are above 0.")
        self._check_connections()
        if self.output == "rbf" and (
            self.dense[-1:] != layers.bitmaps(layers.DIGIT_BITMAPS).shape[1:]
            or self.labels != DIGITS
        ):
            raise SketchpadError(
                "An RBF output compares 84 units, a last dense layer, with bitmaps of ten digits."
            )
        self.map_sizes()

    def _check_connections(self) -> None:
        given = 1
        for number, c in enumerate(self.convolutions, start=1):
            if c.connections is not None:
                inputs = [i for chosen in c.connections for i in chosen]
                if len(c.connections) != c.channels or not all(c.connections):
                    raise SketchpadError(
                        f"Convolution {number} has {c.channels} maps and needs as many lists of "
                        "connections, none of them empty."
                    )
                if not all(isinstance(i, int) and 0 <= i < given for i in inputs):
                    raise SketchpadError(
                        f"Convolution {number} can be connected to maps 0 to {given - 1} only."
                    )
            given = c.channels

    @property
    def side(self) -> int:
        """Side of the image with its border, in pixels."""
        return IMAGE_SIZE + 2 * self.border

    def map_sizes(self) -> list[MapSize]:
        """Sides of the maps of each convolution.

        Raises:
            SketchpadError: a kernel is larger than its padded input, or nothing is left to pool.
        """
        sizes, side = [], self.side
        for number, c in enumerate(self.convolutions, start=1):
            convolved = max(0, side + 2 * c.padding - c.kernel + 1)
            if convolved < (2 if c.pooled else 1):
                what = "too small for the 2×2 pooling" if c.pooled and convolved else "nothing"
                raise SketchpadError(
                    f"Convolution {number} (kernel {c.kernel}, padding {c.padding}) on maps of "
                    f"{side}×{side} leaves {convolved}×{convolved}, {what}: use a smaller kernel, "
                    f"more padding, a border around the {IMAGE_SIZE}×{IMAGE_SIZE} image (now "
                    f"{self.border}) or fewer convolutions."
                )
            sizes.append(MapSize(side, convolved, convolved // 2 if c.pooled else convolved))
            side = sizes[-1].pooled
        return sizes


PRESETS: dict[str, LeNetConfig] = {
    "classic": LeNetConfig(activation="sigmoid", pooling="average", initialisation="xavier"),
    "relu": LeNetConfig(activation="relu", pooling="max", initialisation="he"),
    "conv3": LeNetConfig(
        convolutions=(Convolution(6), Convolution(16), Convolution(120, pooled=False)),
        dense=(84,),
        border=2,
    ),
    # Ground is -0.1 and ink 1.175, so that the mean is roughly 0 and the variance 1 (section II.B).
    "lenet5-1998": LeNetConfig(
        convolutions=(
            Convolution(6),
            Convolution(16, connections=layers.C3_CONNECTIONS),
            Convolution(120, pooled=False),
        ),
        activation="squash",
        pooling="subsampling",
        dense=(84,),
        output="rbf",
        initialisation="lecun",
        border=2,
        mean=0.1 / 1.275,
        std=1 / 1.275,
    ),
}


class LeNetOutput(NamedTuple):
    """What one call of a LeNet returns.

    `logits` is `(B, 10)`; `maps` holds the maps of each convolution after its activation and
    before its pooling: `(B, 6, 28, 28)` and `(B, 16, 10, 10)` come first for the presets.
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
            if c.connections is None
            else layers.PartialConvolution(c.connections, c.kernel, c.padding)
            for previous, c in zip(channels, config.convolutions, strict=False)
        )
        self.activation = ACTIVATIONS[config.activation]()
        self.poolings = nn.ModuleList(
            _pooling(config, c.channels) if c.pooled else nn.Identity() for c in config.convolutions
        )
        self.blocks = _blocks(config)
        side = config.map_sizes()[-1].pooled if config.convolutions else config.side
        widths = [channels[-1] * side * side, *config.dense]
        dense: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            dense += [nn.Linear(inputs, outputs), ACTIVATIONS[config.activation]()]
        if config.output == "rbf":
            dense.append(layers.EuclideanRBF(layers.bitmaps(layers.DIGIT_BITMAPS)))
        else:
            dense.append(nn.Linear(widths[-1], len(config.labels)))
        self.dense = nn.Sequential(*dense)
        # Weights only: the tutorial leaves the biases at PyTorch's own start.
        initialise = INITIALISATIONS[config.initialisation]
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                initialise(module.weight)
            elif isinstance(module, layers.PartialConvolution):
                for kernels in module.kernels():
                    initialise(kernels)

    def forward(self, images: Tensor, with_maps: bool = True) -> LeNetOutput:
        """Read images `(B, 1, 28, 28)` in [0, 1], ink bright on a dark ground.

        Training has no use for the maps and leaves them out: `with_maps=False` is faster, and
        where the first layers can be computed on folded maps (`lenet.folding`), images of another
        precision than the weights have those layers computed in theirs.
        """
        x = F.pad(images, [self.config.border] * 4) if self.config.border else images
        x = (x - self.config.mean if self.config.mean else x) / self.config.std
        done = 0
        if not with_maps and self.blocks:
            x, done = self._pooled_on_folded_maps(x), len(self.blocks)
        maps = []
        layers = zip(self.convolutions, self.poolings, strict=True)
        for convolution, pooling in islice(layers, done, None):
            x = self.activation(convolution(x))
            if with_maps:
                maps.append(x)
            x = pooling(x)
        return LeNetOutput(self.dense(x.flatten(1)), tuple(maps))

    def _pooled_on_folded_maps(self, x: Tensor) -> Tensor:
        """The first layers, as many as `blocks` has: `(B, 1, H, W)` → `(B, maps, h, w)`."""
        first, *others = self.config.convolutions[: len(self.blocks)]
        x = folding.fold(x, first.padding, self.blocks[0])
        # The first layer's padding is in the folded image.
        paddings = [0, *(c.padding for c in others)]
        for number, (padding, block) in enumerate(zip(paddings, self.blocks, strict=True)):
            weight, bias = self.convolutions[number].parameters()
            x = folding.convolve_and_pool(
                x, weight, bias, padding, block, self.activation, self.config.pooling
            )
        return folding.unfolded(x).to(weight.dtype)

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


def _blocks(config: LeNetConfig) -> list[int]:
    """The blocks of the layers that can be computed on folded maps."""
    if config.pooling == "subsampling":
        return []
    foldable = takewhile(
        lambda pair: pair[0].pooled and pair[0].connections is None,
        zip(config.convolutions, config.map_sizes(), strict=True),
    )
    return folding.blocks([(c.channels, c.padding, s.convolved) for c, s in foldable])


def _pooling(config: LeNetConfig, channels: int) -> nn.Module:
    pooling = POOLINGS[config.pooling](channels)
    if isinstance(pooling, layers.Subsampling):
        return nn.Sequential(pooling, ACTIVATIONS[config.activation]())
    return pooling


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
