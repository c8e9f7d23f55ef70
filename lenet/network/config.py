"""The configuration of a LeNet: its layers, how drawings are prepared for it, named presets.

The dimensions are those of "Dive into Deep Learning", section 7.6 (Convolutional Neural Networks,
LeNet), after LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86(11), 1998.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from lenet.errors import SketchpadError, shown
from lenet.network.bitmaps import DIGIT_BITMAPS, bitmaps
from lenet.network.layers import C3_CONNECTIONS, Connections
from lenet.network.parts import ACTIVATIONS, INITIALISATIONS, POOLINGS

IMAGE_SIZE = 28
DIGITS = tuple("0123456789")
OUTPUTS = ("linear", "rbf")
CENTRINGS = ("mass", "box")

MAX_SIZE = 4096
"""Upper limit for channels, units, and the side of a kernel in pixels."""
MAX_LAYERS = 100
MAX_LABELS = 1000
MAX_WEIGHTS = 30_000_000
"""120 MB in float32, of which training needs about five copies."""
MAX_VALUES = 5_000_000
"""Values of all maps of an image, before pooling: 180 MB in float32 for the nine views."""
MAX_MULTIPLICATIONS = 1_000_000_000
"""For an image; nine views take about a second in Python, ten in the browser."""
LIMITS: dict[str, tuple[float, float]] = {
    # Pixels lie in 0 to 1, so their mean does, too; networks may centre them in other ways.
    "mean": (-10, 10),
    # That of pixels is at most 0.5; 1/255 restores bytes.
    "std": (0.001, 1000),
    # Calibration finds 0.05 to 20. Within these limits, logits of 1e35 stay finite.
    "temperature": (0.001, 1000),
    # Evidence is a logit; float32 can't tell larger ones apart to within 0.1.
    "threshold": (-1_000_000, 1_000_000),
}
"""The smallest and the largest possible value of each number."""


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
        self._check_total(self.map_sizes())

    def _convert_from_json(self) -> None:
        """JSON has neither tuples nor dataclasses."""
        for name in ("convolutions", "dense", "labels"):
            if not isinstance(getattr(self, name), list | tuple):
                raise _damaged(f"{name} must be a list")
        try:
            convolutions = tuple(
                Convolution(**c) if isinstance(c, Mapping) else c for c in self.convolutions
            )
            object.__setattr__(self, "convolutions", convolutions)
            object.__setattr__(self, "dense", tuple(self.dense))
            object.__setattr__(self, "labels", tuple(self.labels))
        except TypeError as error:
            raise _damaged(str(error)) from error
        if not all(isinstance(c, Convolution) for c in convolutions):
            raise SketchpadError("Every convolution must have channels, kernel and padding.")
        if not all(isinstance(c.pooled, bool) for c in convolutions):
            raise _damaged("pooled must be true or false")

    def _check_choices(self) -> None:
        for name, choices in (
            ("activation", ACTIVATIONS),
            ("pooling", POOLINGS),
            ("output", OUTPUTS),
            ("initialisation", INITIALISATIONS),
            ("centring", CENTRINGS),
        ):
            value = getattr(self, name)
            if not isinstance(value, str) or value not in choices:
                raise SketchpadError(
                    f"Unknown {name} {shown(value)}. Choose one of {', '.join(choices)}."
                )

    def _check_sizes(self) -> None:
        sizes = [
            *(value for c in self.convolutions for value in (c.channels, c.kernel)),
            *self.dense,
        ]
        for size in sizes:
            if not _is_whole(size, 1, MAX_SIZE):
                raise SketchpadError(
                    "Channels, kernels and dense widths must be whole numbers between 1 and "
                    f"{MAX_SIZE:,}, got {shown(size)}."
                )
        for padding in (self.border, *(c.padding for c in self.convolutions)):
            if not _is_whole(padding, 0, IMAGE_SIZE - 1):
                raise SketchpadError(
                    f"Borders and paddings must be whole numbers between 0 and {IMAGE_SIZE - 1}, "
                    f"got {shown(padding)}."
                )
        if not _is_whole(self.box, 1, IMAGE_SIZE):
            raise SketchpadError(
                f"The box of a drawing must have between 1 and {IMAGE_SIZE} pixels, "
                f"got {shown(self.box)}."
            )

    def _check_numbers(self) -> None:
        if not 2 <= len(self.labels) <= MAX_LABELS or not all(
            isinstance(label, str) for label in self.labels
        ):
            raise SketchpadError(
                f"A classifier needs 2 to {MAX_LABELS:,} labels, all of them text."
            )
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if (name, value) == ("threshold", None):
                continue
            if not isinstance(value, int | float) or isinstance(value, bool):
                raise SketchpadError(f"The {name} must be a number, got {shown(value)}.")
            if not low <= value <= high:  # also rejects NaN
                raise SketchpadError(
                    f"The {name} must be between {low:,} and {high:,}, got {shown(value)}."
                )

    def _check_total(self, sizes: Sequence[MapSize]) -> None:
        """Check what the network takes as a whole, before anything of it is built."""
        layers = len(self.convolutions) + len(self.dense)
        if layers > MAX_LAYERS:
            raise SketchpadError(
                f"A network must have at most {MAX_LAYERS} layers, got {layers:,}. Use fewer."
            )
        weights = multiplications = values = 0
        inputs = 1
        for c, size in zip(self.convolutions, sizes, strict=True):
            every = inputs * c.channels
            kernels = every if c.connections is None else sum(map(len, c.connections))
            weights += kernels * c.kernel**2
            multiplications += kernels * c.kernel**2 * size.convolved**2
            values += c.channels * size.convolved**2
            inputs = c.channels
        side = sizes[-1].pooled if sizes else self.side
        for one, following in pairwise((inputs * side**2, *self.dense, len(self.labels))):
            weights += one * following
            multiplications += one * following
        for found, most, what in (
            (weights, MAX_WEIGHTS, "weights"),
            (values, MAX_VALUES, "values in its maps"),
            (multiplications, MAX_MULTIPLICATIONS, "multiplications per image"),
        ):
            if found > most:
                raise SketchpadError(
                    f"A network must have at most {most:,} {what}, got {found:,}. Use fewer or "
                    "smaller layers."
                )

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
                if not all(_is_whole(i, 0, inputs - 1) for i in connected):
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


def _is_whole(value: Any, low: int, high: int) -> bool:
    """Whether a value is a whole number between two limits; True and False aren't numbers here."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _damaged(reason: str) -> SketchpadError:
    return SketchpadError(f"The network's configuration is damaged: {reason}.")


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
