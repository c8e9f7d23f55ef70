"""What describes a LeNet: its layers, how drawings are prepared for it, and the named presets.

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
    connections: Connections | None = None

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
            self.dense[-1:] != bitmaps(DIGIT_BITMAPS).shape[1:] or self.labels != DIGITS
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
