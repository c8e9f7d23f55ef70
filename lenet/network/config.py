"""The configuration of a LeNet: its layers, how drawings are prepared for it, named presets.

The dimensions are those of "Dive into Deep Learning", section 7.6 (Convolutional Neural Networks,
LeNet), after LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86(11), 1998.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lenet.errors import SketchpadError
from lenet.network.bitmaps import DIGIT_BITMAPS, bitmaps
from lenet.network.layers import C3_CONNECTIONS, Connections
from lenet.network.parts import ACTIVATIONS, INITIALISATIONS, POOLINGS

IMAGE_SIZE = 28
DIGITS = tuple("0123456789")
OUTPUTS = ("linear", "rbf")
CENTRINGS = ("mass", "box")
MAX_SIZE = 4096
"""Upper limit for channels, units, and the side of a kernel in pixels."""


@dataclass(frozen=True)
class Convolution:
    """One convolutional layer: `channels` maps, a square `kernel`, `padding` on each side.

    If `pooled`, 2×2 pooling with stride 2 follows. `connections` lists, for each map, the maps of
    the previous layer that it is connected to; None means all of them.
    """

    channels: int
    kernel: int = 5
    padding: int = 0
    pooled: bool = True
    connections: Connections | None = None

    def __post_init__(self) -> None:
        if self.connections is not None:  # JSON has no tuples
            object.__setattr__(self, "connections", tuple(map(tuple, self.connections)))


class MapSize(NamedTuple):
    """Sides of a convolution's square maps: its input, its output, and its output after pooling."""

    input: int
    convolved: int
    pooled: int


@dataclass(frozen=True)
class LeNetConfig:
    """Everything needed to build a LeNet and to prepare drawings for it; saved as config.json.

    Inside the network, images in [0, 1] get a `border` of background on each side, are shifted by
    `mean` and divided by `std`. By default, `std` is the standard deviation over MNIST and there is
    no shift, so that the convolutions' padding (0) is background.

    Every convolution is followed by the activation and, if pooled, by the `pooling`. The trainable
    pooling "subsampling" is followed by the activation again. Every dense layer is followed by the
    activation. The `output` comes last, one unit for each of `labels`: "linear", or "rbf", the
    distances to the bitmaps of the ten digits (the last dense layer then has 84 units).

    Drawings are prepared to look like the training images: their longer side is scaled to `box`
    pixels, and `centring` ("mass" or "box") says what is centred (see
    `lenet.drawing.preprocessing`).

    `temperature` divides the logits before the softmax. If the evidence is below `threshold`, the
    network reports a non-digit; None means that it always names a class. Both come from
    calibration (see `lenet.reading.calibration`).

    Raises:
        SketchpadError: a value is unknown, out of range, or leaves a layer without input.
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
        self._convert_from_json()
        self._check_choices()
        self._check_sizes()
        self._check_numbers()
        self._check_connections()
        self._check_output()
        self.map_sizes()

    def _convert_from_json(self) -> None:
        """JSON has neither tuples nor dataclasses."""
        try:
            convolutions = tuple(
                Convolution(**c) if isinstance(c, Mapping) else c for c in self.convolutions
            )
            object.__setattr__(self, "convolutions", convolutions)
            object.__setattr__(self, "dense", tuple(self.dense))
            object.__setattr__(self, "labels", tuple(self.labels))
        except TypeError as error:
            raise SketchpadError(f"The network's configuration is damaged: {error}.") from error
        if not all(isinstance(c, Convolution) for c in convolutions):
            raise SketchpadError("Every convolution must have channels, kernel and padding.")

    def _check_choices(self) -> None:
        for name, choices in (
            ("activation", ACTIVATIONS),
            ("pooling", POOLINGS),
            ("output", OUTPUTS),
            ("initialisation", INITIALISATIONS),
            ("centring", CENTRINGS),
        ):
            value = getattr(self, name)
            if value not in choices:
                raise SketchpadError(
                    f"Unknown {name} {value!r}. Choose one of {', '.join(choices)}."
                )

    def _check_sizes(self) -> None:
        sizes = [
            *(value for c in self.convolutions for value in (c.channels, c.kernel)),
            *self.dense,
        ]
        for size in sizes:
            if not isinstance(size, int) or not 1 <= size <= MAX_SIZE:
                raise SketchpadError(
                    "Channels, kernels and dense widths must be whole numbers between 1 and "
                    f"{MAX_SIZE:,}, got {size!r}."
                )
        for padding in (self.border, *(c.padding for c in self.convolutions)):
            if not isinstance(padding, int) or not 0 <= padding < IMAGE_SIZE:
                raise SketchpadError(
                    f"Borders and paddings must be whole numbers between 0 and {IMAGE_SIZE - 1}, "
                    f"got {padding!r}."
                )
        if not isinstance(self.box, int) or not 1 <= self.box <= IMAGE_SIZE:
            raise SketchpadError(
                f"The box of a drawing must have between 1 and {IMAGE_SIZE} pixels, "
                f"got {self.box!r}."
            )

    def _check_numbers(self) -> None:
        if len(self.labels) < 2 or not all(isinstance(label, str) for label in self.labels):
            raise SketchpadError("A classifier needs at least two labels, all of them text.")
        for name in ("mean", "std", "temperature", "threshold"):
            value = getattr(self, name)
            if not isinstance(value, int | float) and (name, value) != ("threshold", None):
                raise SketchpadError(f"The {name} must be a number, got {value!r}.")
        for name in ("std", "temperature"):
            value = getattr(self, name)
            if not value > 0:
                raise SketchpadError(f"The {name} must be above 0, got {value}.")

    def _check_output(self) -> None:
        units = bitmaps(DIGIT_BITMAPS).shape[1:]
        if self.output == "rbf" and (self.dense[-1:] != units or self.labels != DIGITS):
            raise SketchpadError(
                f"An RBF output compares the {units[0]} units of the last dense layer with bitmaps "
                "of the ten digits."
            )

    def _check_connections(self) -> None:
        inputs = 1
        for number, c in enumerate(self.convolutions, start=1):
            if c.connections is not None:
                connected = [i for chosen in c.connections for i in chosen]
                if len(c.connections) != c.channels or not all(c.connections):
                    raise SketchpadError(
                        f"Convolution {number} has {c.channels} maps and needs as many non-empty "
                        f"lists of connections, got {sum(map(bool, c.connections))}."
                    )
                if not all(isinstance(i, int) and 0 <= i < inputs for i in connected):
                    raise SketchpadError(
                        f"Convolution {number} can only be connected to maps 0 to {inputs - 1}."
                    )
            inputs = c.channels

    @property
    def side(self) -> int:
        """Side of the image with its border, in pixels."""
        return IMAGE_SIZE + 2 * self.border

    def map_sizes(self) -> list[MapSize]:
        """Sides of the maps of each convolution.

        Raises:
            SketchpadError: a kernel is larger than its padded input, or its output is too small to
                pool.
        """
        sizes, side = [], self.side
        for number, c in enumerate(self.convolutions, start=1):
            convolved = max(0, side + 2 * c.padding - c.kernel + 1)
            if convolved < (2 if c.pooled else 1):
                what = (
                    f"reduces {side}×{side} maps to {convolved}×{convolved}, too small for 2×2 "
                    "pooling"
                    if convolved
                    else f"does not fit into {side}×{side} maps"
                )
                raise SketchpadError(
                    f"Convolution {number} (kernel {c.kernel}, padding {c.padding}) {what}. Use a "
                    f"smaller kernel, more padding, fewer convolutions, or a wider border around "
                    f"the {IMAGE_SIZE}×{IMAGE_SIZE} image (now {self.border})."
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
    # Background is -0.1 and ink is 1.175: mean about 0, variance about 1 (section II.B).
    "lenet5-1998": LeNetConfig(
        convolutions=(
            Convolution(6),
            Convolution(16, connections=C3_CONNECTIONS),
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

PRESET_TITLES = {
    "classic": "Classic LeNet",
    "relu": "LeNet with ReLU",
    "conv3": "LeNet with three convolutions",
    "lenet5-1998": "LeCun's LeNet-5, 1998",
}
"""Titles of the presets in the page's menu; a preset without a title is shown by its name."""
