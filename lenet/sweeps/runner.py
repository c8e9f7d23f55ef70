"""Sweeps: train many networks that differ in one thing or two, and compare them.

    OUT/results.json    the settings, and one record for each training
    OUT/accuracy.png    accuracy over the values, with error bars over the seeds

The network that is measured is that of the last epoch: nothing is chosen by its accuracy.
"""

import argparse
import itertools
import json
import math
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import torch
from tqdm import tqdm

from lenet.datasets import datasets as data
from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.files import write_file
from lenet.network.config import LeNetConfig
from lenet.network.model import LeNet, parameter_count
from lenet.network.parts import ACTIVATIONS, INITIALISATIONS, POOLINGS
from lenet.options import add_options, add_recipes, chosen, option
from lenet.training import curves as rendering
from lenet.training.loop import accuracy, prepare_device, train
from lenet.training.settings import RECIPES, TrainingSettings, configuration, recipe

Value = int | float | str
Record = dict[str, Any]
"""What came of one training, as JSON: its `values` and `seed`, and either the `reason` why there
is no result or the accuracies, parameters and seconds."""

RESULTS, PICTURE = "results.json", "accuracy.png"
MOST_LAYERS = 100
MOST_TRAININGS = 10_000


class Variable(NamedTuple):
    """What values something may have: numbers of a kind, and words."""

    number: type[int] | type[float] | None
    words: tuple[str, ...] = ()


VARIABLES: dict[str, Variable] = {
    "convolutions": Variable(int),
    "channels": Variable(int),
    "kernel": Variable(int),
    "padding": Variable(int, ("half",)),
    "dense-layers": Variable(int),
    "dense-width": Variable(int),
    "activation": Variable(None, tuple(ACTIVATIONS)),
    "pooling": Variable(None, tuple(POOLINGS)),
    "initialisation": Variable(None, tuple(INITIALISATIONS)),
    "learning-rate": Variable(float),
    "epochs": Variable(int),
}
"""What can be varied, in the order in which a network is changed."""
OF_TRAINING = ("learning-rate", "epochs")
"""Those that are no part of the network."""

NAMED: dict[str, dict[str, Any]] = {
    # The exercises of Zhang, Lipton, Li, Smola, "Dive into Deep Learning", section 7.6, ask what
    # becomes of LeNet with ReLU, max pooling and other kernels; plain SGD as there, at a rate at
    # which ReLU networks learn.
    "d2l-kernels": {
        **RECIPES["d2l"],
        "preset": "relu",
        "learning_rate": 0.1,
        "vary": ("kernel=1..10", "padding=half"),
        "seeds": 3,
        "folder": "sweeps/d2l-kernels",
    },
}
"""Whole sweeps, by the name that `--named` knows."""

UNUSED = (
    "made_digits",
    "made_nondigits",
    "nondigit_share",
    "refused",
    "validations",
    "resume",
    "tensorboard",
    "out",
)
"""Settings of a training that a sweep has no use for: it compares what the data set teaches."""
OF_THE_MACHINE = ("device", "threads", "data")
"""Settings that may change between the parts of one sweep."""

DESCRIPTION = """Train networks that differ in one thing or two, and compare them.

  python -m lenet sweep --named d2l-kernels            kernels of 1 to 10 on Fashion-MNIST
  python -m lenet sweep --vary kernel=1..10            kernels of 1 to 10, paddings as they are
  python -m lenet sweep --vary activation=sigmoid,relu --vary channels=2,6,12 --seeds 3

Values are a range of whole numbers (1..10) or a list; with several --vary, every combination is
trained. What a network of a preset is given:

  convolutions    the first so many; further ones are like the last, not pooled, and padded so
                  that maps keep their size
  channels        maps of the first convolution; the others keep their proportion to it
  kernel          side of the kernel of every convolution
  padding         padding of every convolution; half: (kernel - 1) // 2
  dense-layers    the first so many; further ones are like the last
  dense-width     units of the first dense layer; the others keep their proportion to it
  activation, pooling, initialisation, learning-rate, epochs    as their names say

Sizes that leave nothing to work on are reported and skipped. Every result is written when it is
there: the same command, started again, goes on where it was stopped, and with more --seeds adds
trainings. Accuracies are those after the last epoch: mean and standard deviation over the seeds."""


@dataclass(frozen=True)
class SweepSettings:
    """What one sweep is told; `python -m lenet sweep --help` shows it as a command line.

    Raises:
        SketchpadError: a value makes no sense.
    """

    vary: tuple[str, ...] = option((), "NAME=1..10 or NAME=a,b,c; again for every combination")
    seeds: int = option(1, "trainings for each value, with the seeds from --seed on")
    plot: str = option("validation", "accuracy to draw", choices=("validation", "test"))
    folder: str = option("", "folder of the results (default: sweeps/NAMES)", flag="out")
    training: TrainingSettings = field(default=TrainingSettings())

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= 1000:
            raise SketchpadError(f"--seeds is a whole number from 1 to 1000, not {self.seeds}.")
        count = math.prod(len(values) for values in self.values.values()) * self.seeds
        if count > MOST_TRAININGS:
            raise SketchpadError(
                f"That makes {count:,} trainings; a sweep has {MOST_TRAININGS:,} at most."
            )
        if not self.folder:
            object.__setattr__(self, "folder", "sweeps/" + "-".join(self.values))
        none_made = replace(self.training, made_digits=0, made_nondigits=0)
        object.__setattr__(self, "training", none_made)

    @property
    def values(self) -> dict[str, Sequence[Value]]:
        """The values of everything that is varied, by its name, in the order of `vary`."""
        if not self.vary:
            raise SketchpadError("What shall vary? Give --vary, as in --vary kernel=1..10.")
        found: dict[str, Sequence[Value]] = {}
        for text in self.vary:
            name, values = parse_values(text)
            if name in found:
                raise SketchpadError(f"--vary {name} is given twice: put all its values into one.")
            found[name] = values
        return found


def add_sweep_options(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of a sweep and those of a training that it has a use for."""
    add_options(parser, SweepSettings)
    add_recipes(parser, "named", NAMED)
    add_recipes(parser, "recipe", RECIPES)
    add_options(parser, TrainingSettings, without=UNUSED)


def sweep_settings(given: Mapping[str, Any]) -> SweepSettings:
    """The settings from the `given` options; a named sweep goes before a recipe."""
    values = {
        **recipe(given.get("recipe", "standard"), given),
        **NAMED.get(given.get("named", ""), {}),
        **given,
    }
    return chosen(SweepSettings, {**values, "training": chosen(TrainingSettings, values)})


def parse_values(text: str) -> tuple[str, Sequence[Value]]:
    """The name and the values in NAME=1..10 or NAME=a,b,c.

    Raises:
        SketchpadError: the name is unknown, or the values are none, or not of its kind.
    """
    name, _, listed = text.replace(" ", "").partition("=")
    name = name.replace("_", "-")
    if name not in VARIABLES:
        raise SketchpadError(f"--vary {text}: the name is one of {', '.join(VARIABLES)}.")
    number, words = VARIABLES[name]
    bounds = re.fullmatch(r"(\d{1,9})\.\.(\d{1,9})", listed)
    if bounds and number:
        low, high = map(int, bounds.groups())
        if low > high:
            raise SketchpadError(f"--vary {text}: from {low} to {high} there is nothing.")
        return name, range(low, high + 1)
    values = [_value(word, number, words) for word in listed.split(",")]
    if None in values:
        kinds: dict[Any, list[str]] = {
            int: ["whole numbers, as 1..10 or 1,2,5"],
            float: ["numbers, as 0.01,0.1"],
        }
        of = [*kinds.get(number, []), *words]
        raise SketchpadError(f"--vary {text}: the values of {name} are {' or '.join(of)}.")
    return name, list(dict.fromkeys(value for value in values if value is not None))


def _value(
    word: str, number: type[int] | type[float] | None, words: tuple[str, ...]
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
    """The network with one thing changed, as `DESCRIPTION` tells.

    Raises:
        SketchpadError: such a network can't be.
    """
    convolutions = config.convolutions
    match name:
        case "convolutions":
            last = convolutions[-1]
            further = replace(last, padding=(last.kernel - 1) // 2, pooled=False, connections=None)
            return replace(config, convolutions=_so_many(convolutions, value, further))
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
            return replace(config, dense=_so_many(config.dense, value, config.dense[-1]))
        case "dense-width":
            return replace(config, dense=_in_proportion(config.dense, value))
        case _:
            return replace(config, **{name: value})


def _so_many(layers: tuple[Any, ...], count: int, further: Any) -> tuple[Any, ...]:
    """The first `count` of the layers and, where they are too few, `further` ones."""
    if not 0 <= count <= MOST_LAYERS:
        raise SketchpadError(f"A sweep's networks have 0 to {MOST_LAYERS} layers, not {count}.")
    return layers[:count] + (further,) * (count - len(layers))


def _in_proportion(sizes: Sequence[int], first: int) -> tuple[int, ...]:
    """`first`, and the other sizes in their proportion to it, 1 at least."""
    return first, *(max(1, round(first * size / sizes[0])) for size in sizes[1:])


@dataclass(frozen=True)
class Trial:
    """One training of a sweep; in the place of a network that can't be stands the reason."""

    values: dict[str, Value]
    training: TrainingSettings
    network: LeNetConfig | SketchpadError


def trials(settings: SweepSettings) -> list[Trial]:
    """All trainings of a sweep, those of one seed after those of another.

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
    told: dict[str, Any] = {n.replace("-", "_"): values[n] for n in OF_TRAINING if n in values}
    training = replace(training, seed=seed, **told)
    try:
        network = configuration(training)
        for name in VARIABLES:  # in this order, since half a padding is half of the new kernel
            if name in values and name not in OF_TRAINING:
                network = vary(network, name, values[name])
    except SketchpadError as error:
        return Trial(values, training, error)
    return Trial(values, training, network)


def sweep(settings: SweepSettings) -> list[Record]:
    """Train what is not trained yet, print a table, draw a picture; returns all records.

    Ctrl-C is passed on after what is done has been shown.

    Raises:
        SketchpadError: anything a person has to know; what is done is kept.
    """
    results, picture = Path(settings.folder) / RESULTS, Path(settings.folder) / PICTURE
    planned = trials(settings)
    records = _stored(results, settings)
    done = {_key(record["values"], record["seed"]) for record in records}
    missing = [trial for trial in planned if _key(trial.values, trial.training.seed) not in done]
    write_file(
        results, _as_json(settings, records)
    )  # what can't be written is told before any work
    print(
        f"{len(planned)} trainings, {len(planned) - len(missing)} of them done before. Each is "
        f"kept in {results}; after Ctrl-C the same command goes on.",
        file=sys.stderr,
    )
    try:
        for record in _train_all(missing, settings.training):
            records.append(record)
            write_file(results, _as_json(settings, records))
    finally:
        if records:
            print(table(settings, records))
        if any("reason" not in record for record in records):
            write_file(picture, _picture(settings, records))
            print(f"\n{settings.plot.capitalize()} accuracies are drawn in {picture}.")
    return records


def _train_all(missing: Sequence[Trial], training: TrainingSettings) -> Iterator[Record]:
    """The records of the missing trainings, one after the other, under a progress bar."""
    possible = []
    for trial in missing:
        if isinstance(trial.network, LeNetConfig):
            possible.append((trial, trial.network))
        else:
            yield {**_identity(trial), "reason": str(trial.network)}
    if not possible:
        return
    device = prepare_device(training)
    dataset = data.load(training.data, device, data.DATASETS[training.dataset])
    total = sum(trial.training.epochs for trial, _ in possible)
    with tqdm(total=total, unit="epoch", bar_format=_BAR, smoothing=0.05) as progress:
        for trial, network in possible:
            progress.set_description_str(f"{_in_words(trial.values)}, seed {trial.training.seed}")
            yield {**_identity(trial), **_measure(network, trial.training, dataset, progress)}


_BAR = "{percentage:3.0f}%|{bar}| epoch {n:.1f}/{total:.0f} [{elapsed}<{remaining}] {desc}"


def _measure(
    network: LeNetConfig, training: TrainingSettings, dataset: Dataset, progress: "tqdm[NoReturn]"
) -> Record:
    """Train one network; what came of it, or the reason why nothing did."""
    torch.manual_seed(training.seed)
    model = LeNet(network).to(dataset.training.images.device)
    result: Record = {"parameters": parameter_count(model)}
    before, started = progress.n, time.perf_counter()
    try:
        for report in train(model, dataset, training):
            progress.update(before + report.epoch - progress.n)
            if report.epoch == training.epochs:  # now the model holds what was validated
                seconds = time.perf_counter() - started
                result["validation_accuracy"] = report.validation_accuracy
                result["test_accuracy"] = accuracy(model, dataset.test)
                result["seconds"] = round(seconds, 1)
    except SketchpadError as error:  # too high a learning rate, say; the others may do
        progress.update(before + training.epochs - progress.n)
        result["reason"] = str(error)
    return result


def _identity(trial: Trial) -> Record:
    return {"values": trial.values, "seed": trial.training.seed}


def _key(values: Mapping[str, Value], seed: int) -> tuple[Any, ...]:
    """What two records of the same training share."""
    return (*values.items(), seed)


def _in_words(values: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _as_json(settings: SweepSettings, records: Sequence[Record]) -> bytes:
    content = {
        "settings": _told(settings),
        "seeds": settings.seeds,
        "made_with": {"torch": torch.__version__},
        "records": records,
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def _told(settings: SweepSettings) -> dict[str, Any]:
    """Those settings on which a result depends, as JSON has them."""
    training = asdict(settings.training)
    told = {name: training[name] for name in training if name not in {*UNUSED, *OF_THE_MACHINE}}
    return {"vary": list(settings.vary), **told}


def _stored(path: Path, settings: SweepSettings) -> list[Record]:
    """The records of the same sweep, started before.

    Raises:
        SketchpadError: they are of another sweep, or can't be read.
    """
    if not path.exists():
        return []
    told = _told(settings)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stored, records = dict(content["settings"]), list(content["records"])
        for record in records:
            _check(record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SketchpadError(
            f"{path} does not hold the results of a sweep: choose another folder with --out."
        ) from error
    other = [name for name in told if stored.get(name) != told[name]]
    if other:
        name = other[0]
        raise SketchpadError(
            f"{path} holds the results of other settings ({name} was {stored.get(name)}, now "
            f"{told[name]}): choose another folder with --out, or give the settings of before."
        )
    return records


def _check(record: Record) -> None:
    """Raise what `_stored` takes for damage, unless `record` is one that a sweep has written."""
    _key(record["values"], record["seed"])
    measured = ("parameters", "validation_accuracy", "test_accuracy", "seconds")
    if not ("reason" in record or all(isinstance(record[m], int | float) for m in measured)):
        raise ValueError


def _by_values(settings: SweepSettings, records: Sequence[Record]) -> list[list[Record]]:
    """The records of this sweep's trials, those of all seeds together; untrained values are out."""
    found = {_key(record["values"], record["seed"]): record for record in records}
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for trial in trials(settings):
        record = found.get(_key(trial.values, trial.training.seed))
        if record:
            groups.setdefault(_key(trial.values, 0), []).append(record)
    return list(groups.values())


def table(settings: SweepSettings, records: Sequence[Record]) -> str:
    """A row for each value: its accuracies over the seeds, or why there are none."""
    head = [*settings.values, "parameters", "validation", "test", "seconds"]
    rows = [head]
    for group in _by_values(settings, records):
        cells = [str(value) for value in group[0]["values"].values()]
        trained = [record for record in group if "reason" not in record]
        reasons = [record["reason"] for record in group if "reason" in record]
        if trained:
            cells.append(f"{trained[0]['parameters']:,}")
            for kind in ("validation_accuracy", "test_accuracy"):
                cells.append(_mean_and_spread([record[kind] for record in trained]))
            cells.append(f"{statistics.mean(record['seconds'] for record in trained):.1f}")
            if reasons:
                cells[-1] += f"  ({len(trained)} of {len(group)} seeds: {reasons[0]})"
        else:
            cells.append(reasons[0])
        rows.append(cells)
    # A reason is as long as it is and makes no column wider.
    widths = [
        max(len(row[i]) for row in rows if len(row) == len(head) or i < len(settings.values))
        for i in range(len(head) - 1)
    ]
    return "\n".join(
        "  ".join([*(c.ljust(w) for c, w in zip(row[:-1], widths, strict=False)), row[-1]])
        for row in rows
    )


def _mean_and_spread(accuracies: Sequence[float]) -> str:
    """Mean and standard deviation, as shares of a hundred."""
    mean = f"{statistics.mean(accuracies):.2%}"
    return mean if len(accuracies) < 2 else f"{mean} ± {100 * statistics.stdev(accuracies):.2f}"


def _picture(settings: SweepSettings, records: Sequence[Record]) -> bytes:
    """The picture, as a PNG: what varies first along the axis, a line for each of the rest."""
    named = settings.values
    varying = [name for name in named if len(named[name]) > 1] or list(named)
    lines: dict[str, dict[Value, list[float]]] = {}
    for group in _by_values(settings, records):
        values = group[0]["values"]
        label = _in_words({name: values[name] for name in varying[1:]})
        accuracies = [r[f"{settings.plot}_accuracy"] for r in group if "reason" not in r]
        if accuracies:
            lines.setdefault(label, {})[values[varying[0]]] = accuracies
    training, seeds = settings.training, settings.seeds
    fixed = {name: named[name][0] for name in named if name not in varying}
    if "epochs" not in named:
        fixed["epochs"] = training.epochs
    return rendering.accuracies_picture(
        varying[0],
        named[varying[0]],
        lines,
        f"{training.preset} on {training.dataset}, {_in_words({**fixed, 'seeds': seeds})}",
        settings.plot,
        logarithmic=varying[0] == "learning-rate",
    )
