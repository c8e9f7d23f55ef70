"""The runs of a sweep: every combination of the varied values, with every seed."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.options import check, option
from lenet.sweeps.variables import TRAINING_VARIABLES, VARIABLES, Value, parse_values, vary
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
"""Training settings that sweeps ignore: they train on the unmodified data set only."""


@dataclass(frozen=True)
class SweepSettings:
    """The settings of a sweep.

    Raises:
        SketchpadError: a value is out of range or has the wrong format.
    """

    vary: tuple[str, ...] = option((), "NAME=1..10 or NAME=a,b,c; repeat for every combination")
    seeds: int = option(1, "runs per value, with seeds counted up from --seed", low=1, high=1000)
    plot: str = option("validation", "accuracy to plot", choices=("validation", "test"))
    folder: str = option("", "folder for the results (default: sweeps/NAMES)", flag="out")
    training: TrainingSettings = field(default=TrainingSettings())

    def __post_init__(self) -> None:
        check(self)
        count = math.prod(len(values) for values in self.values.values()) * self.seeds
        if count > MAX_RUNS:
            raise SketchpadError(
                f"A sweep must have at most {MAX_RUNS:,} runs, got {count:,}. Use fewer values or "
                "fewer --seeds."
            )
        plain = replace(self.training, synthetic_digits=0, synthetic_non_digits=0)
        object.__setattr__(self, "training", plain)

    @property
    def values(self) -> dict[str, Sequence[Value]]:
        """The values of each varied setting, by name, in the order of `vary`."""
        if not self.vary:
            raise SketchpadError("A sweep needs --vary, as in --vary kernel=1..10.")
        found: dict[str, Sequence[Value]] = {}
        for text in self.vary:
            name, values = parse_values(text)
            if name in found:
                raise SketchpadError(
                    f"--vary {name} appears more than once. Combine all its values in one --vary."
                )
            found[name] = values
        return found

    @property
    def path(self) -> Path:
        """The folder for the results."""
        return Path(self.folder or "sweeps/" + "-".join(self.values))


NAMED: dict[str, SweepSettings] = {
    # The exercises of Zhang, Lipton, Li, Smola, "Dive into Deep Learning", section 7.6, ask how
    # well LeNet does with ReLU, max pooling and different kernels. Plain SGD as in the book, at a
    # learning rate at which ReLU networks learn.
    "d2l-kernels": SweepSettings(
        vary=("kernel=1..10", "padding=half"),
        seeds=3,
        folder="sweeps/d2l-kernels",
        training=replace(RECIPES["d2l"], preset="relu", learning_rate=0.1),
    ),
}
"""Complete sweeps, by their name for `--named`."""


def requested_sweep(options: Mapping[str, Any]) -> SweepSettings:
    """The settings of a command line, whose options override its `named` sweep or its `recipe`."""
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
        raise SketchpadError(f"--named {named} has its own settings. Omit --recipe.")
    sweep = NAMED[named]
    return replace(sweep, **own, training=replace(sweep.training, **changes))


@dataclass(frozen=True)
class Trial:
    """One run of a sweep; if its network is impossible, `network` is the reason."""

    values: dict[str, Value]
    training: TrainingSettings
    network: LeNetConfig | SketchpadError


def trials(settings: SweepSettings) -> list[Trial]:
    """All runs of a sweep, grouped by seed.

    Raises:
        SketchpadError: a value is invalid for every network.
    """
    named, first = settings.values, settings.training.seed
    return [
        _trial(dict(zip(named, combination, strict=True)), settings.training, seed)
        for seed in range(first, first + settings.seeds)
        for combination in itertools.product(*named.values())
    ]


def _trial(values: dict[str, Value], training: TrainingSettings, seed: int) -> Trial:
    changes: dict[str, Any] = {
        name.replace("-", "_"): values[name] for name in TRAINING_VARIABLES if name in values
    }
    training = replace(training, seed=seed, **changes)
    network = configuration(training)
    try:
        for name in VARIABLES:  # kernel before padding: half is half of the new kernel
            if name in values and name not in TRAINING_VARIABLES:
                network = vary(network, name, values[name])
    except SketchpadError as error:
        return Trial(values, training, error)
    return Trial(values, training, network)
