"""The results of a sweep: records in a file, a table, a picture.

OUT/results.json    the settings, and one record for each run
OUT/accuracy.png    accuracy over the values, with error bars over the seeds
"""

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from rich.table import Table

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError
from lenet.sweeps.plan import UNUSED, SweepSettings, Trial, trials
from lenet.sweeps.variables import Value
from lenet.tables import new_table
from lenet.training.curves import as_png
from lenet.training.settings import TrainingSettings, describe_settings

Record = dict[str, Any]
"""The result of one run, as JSON: its `values` and `seed`, and either the `reason` why there is no
result or the accuracies, parameters and seconds."""

RESULTS, PICTURE = "results.json", "accuracy.png"
OF_THE_MACHINE = ("device", "threads", "data")
"""Settings that may change between the parts of one sweep."""


def identity(trial: Trial) -> Record:
    """The part of a record that says which run it belongs to."""
    return {"values": trial.values, "seed": trial.training.seed}


def missing(planned: Sequence[Trial], records: Sequence[Record]) -> list[Trial]:
    """The planned runs that have no record yet."""
    done = {_key(record) for record in records}
    return [trial for trial in planned if _key(identity(trial)) not in done]


def _key(record: Record) -> tuple[Any, ...]:
    """What two records of the same run share."""
    return (*record["values"].items(), record["seed"])


# ------------------------------------------------------------------ the file


def as_json(settings: SweepSettings, records: Sequence[Record]) -> bytes:
    """The content of the file of results."""
    content = {
        "settings": _settings_of_result(settings),
        "seeds": settings.seeds,
        "made_with": {"torch": torch.__version__},
        "records": records,
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def stored(path: Path, settings: SweepSettings) -> list[Record]:
    """The records of the same sweep that are in the file of results, if there is one.

    Raises:
        SketchpadError: they belong to a different sweep, or can't be read.
    """
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        before, records = dict(content["settings"]), list(content["records"])
        for record in records:
            _check(record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SketchpadError(
            f"{path} does not hold the results of a sweep. Choose a different folder with --out."
        ) from error
    # A setting that is younger than the file had its default when the file was written.
    before = asdict(TrainingSettings()) | before
    for name, value in _settings_of_result(settings).items():
        if before.get(name) != value:
            raise SketchpadError(
                f"{path} holds the results of different settings ({name} was {before.get(name)}, "
                f"now {value}). Choose a different folder with --out, or use the same settings."
            )
    return records


def _settings_of_result(settings: SweepSettings) -> dict[str, Any]:
    """The settings on which a result depends, as JSON has them."""
    training = describe_settings(settings.training, without=(*UNUSED, *OF_THE_MACHINE))
    return {"vary": list(settings.vary), **training}


def _check(record: Record) -> None:
    """Raise what `stored` takes for damage, unless a sweep wrote the record."""
    _key(record)
    measured = ("parameters", "validation_accuracy", "test_accuracy", "seconds")
    if not ("reason" in record or all(isinstance(record[m], int | float) for m in measured)):
        raise ValueError


# ------------------------------------------------------------------ table and picture


def table(settings: SweepSettings, records: Sequence[Record]) -> Table:
    """A row for each value: its accuracies over the seeds, or why there are none."""
    names = settings.values
    result = new_table(*names, "parameters", "validation", "test", "seconds", "")
    for group in _by_values(settings, records):
        values = [str(value) for value in group[0]["values"].values()]
        result.add_row(*values, *_measured(group), _note(group))
    return result


def _measured(group: Sequence[Record]) -> list[str]:
    """Parameters, accuracies and seconds of the runs that succeeded."""
    succeeded = [record for record in group if "reason" not in record]
    if not succeeded:
        return [""] * 4
    accuracies = (
        _mean_and_spread([record[kind] for record in succeeded])
        for kind in ("validation_accuracy", "test_accuracy")
    )
    seconds = statistics.mean(record["seconds"] for record in succeeded)
    return [f"{succeeded[0]['parameters']:,}", *accuracies, f"{seconds:.1f}"]


def _note(group: Sequence[Record]) -> str:
    """Why runs failed, and how many did not."""
    reasons = [record["reason"] for record in group if "reason" in record]
    if not reasons or len(reasons) == len(group):
        return "".join(reasons[:1])
    return f"{len(group) - len(reasons)} of {len(group)} seeds: {reasons[0]}"


def _mean_and_spread(accuracies: Sequence[float]) -> str:
    """Mean and standard deviation, in percent."""
    mean = f"{statistics.mean(accuracies):.2%}"
    return mean if len(accuracies) < 2 else f"{mean} ± {100 * statistics.stdev(accuracies):.2f}"


def _by_values(settings: SweepSettings, records: Sequence[Record]) -> list[list[Record]]:
    """The records that this sweep has, all seeds of a value together."""
    found = {_key(record): record for record in records}
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for trial in trials(settings):
        record = found.get(_key(identity(trial)))
        if record:
            groups.setdefault(tuple(trial.values.items()), []).append(record)
    return list(groups.values())


def picture(settings: SweepSettings, records: Sequence[Record]) -> bytes:
    """The picture, as a PNG: what varies first along the axis, a line for each of the rest."""
    named = settings.values
    varying = [name for name in named if len(named[name]) > 1] or list(named)
    lines: dict[str, dict[Value, list[float]]] = {}
    for group in _by_values(settings, records):
        values = group[0]["values"]
        label = in_words({name: values[name] for name in varying[1:]})
        accuracies = [r[f"{settings.plot}_accuracy"] for r in group if "reason" not in r]
        if accuracies:
            lines.setdefault(label, {})[values[varying[0]]] = accuracies
    training, seeds = settings.training, settings.seeds
    fixed = {name: named[name][0] for name in named if name not in varying}
    if "epochs" not in named:
        fixed["epochs"] = training.epochs
    title = DATASETS[training.dataset].title
    return accuracies_picture(
        varying[0],
        named[varying[0]],
        lines,
        f"{training.preset} on {title}, {in_words({**fixed, 'seeds': seeds})}",
        settings.plot,
        logarithmic=varying[0] == "learning-rate",
    )


def in_words(values: Mapping[str, Value]) -> str:
    """The values as part of a sentence."""
    return ", ".join(f"{name} {value}" for name, value in values.items())


def accuracies_picture(
    name: str,
    values: Sequence[Value],
    lines: Mapping[str, Mapping[Value, Sequence[float]]],
    title: str,
    kind: str = "validation",
    logarithmic: bool = False,
) -> bytes:
    """Draw accuracies over `values` of what is called `name`, as a PNG.

    `lines` holds, by their labels, the accuracies (0 to 1) of all seeds for each value that has
    any. The dots are their means, the bars reach one standard deviation up and down (none for a
    single seed). Numbers are to scale on the axis (`logarithmic`, if they are above 0), words are
    side by side. `kind` says on what the accuracies were measured.
    """
    figure = Figure(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    axes = figure.subplots()
    numbers = [value for value in values if not isinstance(value, str)]
    scaled = len(numbers) == len(values)
    places = dict(zip(values, numbers if scaled else range(len(values)), strict=True))
    for label, accuracies in lines.items():
        axes.errorbar(
            [places[value] for value in accuracies],
            [statistics.mean(seeds) for seeds in accuracies.values()],
            [statistics.stdev(s) if len(s) > 1 else math.nan for s in accuracies.values()],
            fmt="o-" if scaled else "o",
            ms=4,
            capsize=3,
            label=label,
        )
    if logarithmic:
        axes.set_xscale("log")
    if len(values) <= 20:  # more would run into each other
        axes.set_xticks(list(places.values()), [str(value) for value in values])
        axes.minorticks_off()
    axes.set(xlabel=name, ylabel=f"{kind} accuracy", title=title)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    if len(lines) > 1:
        axes.legend()
    return as_png(figure)
