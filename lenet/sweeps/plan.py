"""What a sweep trains: the values that are varied, the networks with them, and the seeds."""

import itertools
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.network.parts import ACTIVATIONS, INITIALISATIONS, POOLINGS
from lenet.options import check, option
from lenet.training.recipes import RECIPES, requested
from lenet.training.settings import TrainingSettings, configuration

Value = int | float | str

MAX_LAYERS = 100
MAX_RUNS = 10_000


class Variable(NamedTuple):
    """Which values something can have: numbers of a kind, and words."""

    number: type[int] | type[float] | None
    words: Collection[str] = ()


VARIABLES: dict[str, Variable] = {
    "convolutions": Variable(int),
    "channels": Variable(int),
    "kernel": Variable(int),
    "padding": Variable(int, ("half",)),
    "dense-layers": Variable(int),
    "dense-width": Variable(int),
    "activation": Variable(None, ACTIVATIONS),
    "pooling": Variable(None, POOLINGS),
    "initialisation": Variable(None, INITIALISATIONS),
    "learning-rate": Variable(float),
    "epochs": Variable(int),
}
"""What can be varied, in the order in which a network is changed."""
OF_TRAINING = ("learning-rate", "epochs")
"""Those that are not part of the network."""
UNUSED = (
    "synthetic_digits",
    "synthetic_non_digits",
    "non_digit_share",
    "rejected",
    "validations",
    "resume",
    "tensorboard",
    "out",
)
"""Training settings that a sweep doesn't use: it compares what the data set itself teaches."""


@dataclass(frozen=True)
class SweepSettings:
    """Everything that a sweep can be asked for.

    Raises:
        SketchpadError: a value is out of range, or can't be understood.
    """

    vary: tuple[str, ...] = option((), "NAME=1..10 or NAME=a,b,c; repeat for every combination")
    seeds: int = option(1, "runs for each value, with seeds from --seed on", low=1, high=1000)
    plot: str = option("validation", "accuracy to draw", choices=("validation", "test"))
    folder: str = option("", "folder of the results (default: sweeps/NAMES)", flag="out")
    training: TrainingSettings = field(default=TrainingSettings())

    def __post_init__(self) -> None:
        check(self)
        count = math.prod(len(values) for values in self.values.values()) * self.seeds
        if count > MAX_RUNS:
            raise SketchpadError(
                f"A sweep has at most {MAX_RUNS:,} runs, and this one would have {count:,}. "
                "Use fewer values or --seeds."
            )
        plain = replace(self.training, synthetic_digits=0, synthetic_non_digits=0)
        object.__setattr__(self, "training", plain)

    @property
    def values(self) -> dict[str, Sequence[Value]]:
        """The values of everything that is varied, by its name, in the order of `vary`."""
        if not self.vary:
            raise SketchpadError("A sweep needs --vary, as in --vary kernel=1..10.")
        found: dict[str, Sequence[Value]] = {}
        for text in self.vary:
            name, values = parse_values(text)
            if name in found:
                raise SketchpadError(
                    f"--vary {name} appears more than once. Put all its values into one."
                )
            found[name] = values
        return found

    @property
    def path(self) -> Path:
        """The folder of the results."""
        return Path(self.folder or "sweeps/" + "-".join(self.values))


NAMED: dict[str, SweepSettings] = {
    # The exercises of Zhang, Lipton, Li, Smola, "Dive into Deep Learning", section 7.6, ask how
    # LeNet does with ReLU, max pooling and other kernels; plain SGD as there, at a rate at which
    # ReLU networks learn.
    "d2l-kernels": SweepSettings(
        vary=("kernel=1..10", "padding=half"),
        seeds=3,
        folder="sweeps/d2l-kernels",
        training=replace(RECIPES["d2l"], preset="relu", learning_rate=0.1),
    ),
}
"""Whole sweeps, by their names for `--named`."""


def requested_sweep(options: Mapping[str, Any]) -> SweepSettings:
    """The settings of a command line: its options override the `named` sweep or the `recipe`."""
    changes = dict(options)
    named = changes.pop("named", None)
    own = {
        name: changes.pop(name) for name in ("vary", "seeds", "plot", "folder") if name in changes
    }
    if "vary" in own:
        own["vary"] = tuple(own["vary"])
    if named is None:
        return SweepSettings(**own, training=requested(changes))
    if named not in NAMED:
        raise SketchpadError(f"--named must be one of {', '.join(NAMED)}, got {named}.")
    if "recipe" in changes:
        raise SketchpadError(f"--named {named} has settings of its own. Omit --recipe.")
    sweep = NAMED[named]
    return replace(sweep, **own, training=replace(sweep.training, **changes))


def parse_values(text: str) -> tuple[str, Sequence[Value]]:
    """The name and the values in NAME=1..10 or NAME=a,b,c.

    Raises:
        SketchpadError: the name is unknown, or there are no values, or not of its kind.
    """
    name, _, listed = text.replace(" ", "").partition("=")
    name = name.replace("_", "-")
    if name not in VARIABLES:
        raise SketchpadError(
            f"--vary must name one of {', '.join(VARIABLES)}, got {name or 'nothing'}."
        )
    number, words = VARIABLES[name]
    bounds = re.fullmatch(r"(\d{1,9})\.\.(\d{1,9})", listed)
    if bounds and number:
        low, high = map(int, bounds.groups())
        if low > high:
            raise SketchpadError(f"--vary {text} has no values. Put the smaller number first.")
        return name, range(low, high + 1)
    values = [_value(word, number, words) for word in listed.split(",")]
    if None in values:
        kinds: dict[Any, list[str]] = {
            int: ["whole numbers, such as 1..10 or 1,2,5"],
            float: ["numbers, such as 0.01,0.1"],
        }
        expected = " or ".join([*kinds.get(number, []), *words])
        raise SketchpadError(f"--vary {name} takes {expected}, got {listed or 'nothing'}.")
    return name, list(dict.fromkeys(value for value in values if value is not None))


def _value(
    word: str, number: type[int] | type[float] | None, words: Collection[str]
) -> Value | None:
    """What a word stands for; None if it is neither one of `words` nor a `number`."""
    if word in words:
        return word
    if number and re.fullmatch(r"\d{1,9}" if number is int else r"[\d.]+(e-?\d+)?", word):
        try:
            return number(word)
        except ValueError:
            return None
    return None


def vary(config: LeNetConfig, name: str, value: Any) -> LeNetConfig:
    """The network with one thing changed, as `python -m lenet sweep --help` describes.

    Raises:
        SketchpadError: such a network is impossible.
    """
    convolutions = config.convolutions
    match name:
        case "convolutions":
            last = convolutions[-1]
            further = replace(last, padding=(last.kernel - 1) // 2, pooled=False, connections=None)
            return replace(config, convolutions=_resized(convolutions, value, further))
        case "channels":
            channels = _in_proportion([c.channels for c in convolutions], value)
            pairs = zip(convolutions, channels, strict=True)
            return replace(config, convolutions=tuple(replace(c, channels=n) for c, n in pairs))
        case "kernel":
            changed = tuple(replace(c, kernel=value) for c in convolutions)
            return replace(config, convolutions=changed)
        case "padding":
            changed = tuple(
                replace(c, padding=(c.kernel - 1) // 2 if value == "half" else value)
                for c in convolutions
            )
            return replace(config, convolutions=changed)
        case "dense-layers":
            return replace(config, dense=_resized(config.dense, value, config.dense[-1]))
        case "dense-width":
            return replace(config, dense=_in_proportion(config.dense, value))
        case _:
            return replace(config, **{name: value})


def _resized(layers: tuple[Any, ...], count: int, further: Any) -> tuple[Any, ...]:
    """The first `count` of the layers and, where they are too few, `further` ones."""
    if not 0 <= count <= MAX_LAYERS:
        raise SketchpadError(f"A sweep's networks have 0 to {MAX_LAYERS} layers, not {count}.")
    return layers[:count] + (further,) * (count - len(layers))


def _in_proportion(sizes: Sequence[int], first: int) -> tuple[int, ...]:
    """`first`, and the other sizes in their proportion to it, at least 1."""
    return first, *(max(1, round(first * size / sizes[0])) for size in sizes[1:])


@dataclass(frozen=True)
class Trial:
    """One run of a sweep; if its network is impossible, the reason is in its place."""

    values: dict[str, Value]
    training: TrainingSettings
    network: LeNetConfig | SketchpadError


def trials(settings: SweepSettings) -> list[Trial]:
    """All runs of a sweep, one seed after another.

    Raises:
        SketchpadError: a value makes no sense in any network.
    """
    named, first = settings.values, settings.training.seed
    return [
        _trial(dict(zip(named, combination, strict=True)), settings.training, seed)
        for seed in range(first, first + settings.seeds)
        for combination in itertools.product(*named.values())
    ]


def _trial(values: dict[str, Value], training: TrainingSettings, seed: int) -> Trial:
    changes: dict[str, Any] = {n.replace("-", "_"): values[n] for n in OF_TRAINING if n in values}
    training = replace(training, seed=seed, **changes)
    network = configuration(training)
    try:
        for name in VARIABLES:  # in this order, since half a padding is half of the new kernel
            if name in values and name not in OF_TRAINING:
                network = vary(network, name, values[name])
    except SketchpadError as error:
        return Trial(values, training, error)
    return Trial(values, training, network)
