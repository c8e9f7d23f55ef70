"""What a sweep trains: every combination of the values that vary, with every seed."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.options import check, option
from lenet.sweeps.variables import OF_TRAINING, VARIABLES, Value, parse_values, vary
from lenet.training.recipes import RECIPES, requested
from lenet.training.settings import TrainingSettings, configuration

MAX_RUNS = 10_000
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
