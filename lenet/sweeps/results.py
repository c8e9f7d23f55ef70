"""The results of a sweep: records in a file, a table, and a plot.

OUT/results.json    the settings, and one record per run
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
"""The result of one run, as JSON: its `values` and `seed`, and either the `reason` for its failure
or its accuracies, parameters and seconds."""

RESULTS, PICTURE = "results.json", "accuracy.png"
MACHINE_SETTINGS = ("device", "threads", "data")
"""Settings that may change when a sweep is resumed."""


def identity(trial: Trial) -> Record:
    """The part of a record that identifies the run."""
    return {"values": trial.values, "seed": trial.training.seed}


def missing(planned: Sequence[Trial], records: Sequence[Record]) -> list[Trial]:
    """The planned runs that have no record yet."""
    done = {_key(record) for record in records}
    return [trial for trial in planned if _key(identity(trial)) not in done]


def _key(record: Record) -> tuple[Any, ...]:
    """Equal for two records of the same run."""
    return (*record["values"].items(), record["seed"])


# ------------------------------------------------------------------ the file


def as_json(settings: SweepSettings, records: Sequence[Record]) -> bytes:
    """The content of the results file."""
    content = {
        "settings": _result_settings(settings),
        "seeds": settings.seeds,
        "made_with": {"torch": torch.__version__},
        "records": records,
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def load_records(path: Path, settings: SweepSettings) -> list[Record]:
    """The records in the results file of this sweep; none if there is no file.

    Raises:
        SketchpadError: the file belongs to a different sweep, or can't be read.
    """
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        saved, records = dict(content["settings"]), list(content["records"])
        for record in records:
            _check(record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SketchpadError(
            f"{path} does not contain the results of a sweep. Choose a different folder with --out."
        ) from error
    # Settings that were added after the file was written had their default value.
    saved = asdict(TrainingSettings()) | saved
    for name, value in _result_settings(settings).items():
        if saved.get(name) != value:
            raise SketchpadError(
                f"{path} belongs to different settings ({name} was {saved.get(name)}, now "
                f"{value}). Choose a different folder with --out, or use the same settings."
            )
    return records


def _result_settings(settings: SweepSettings) -> dict[str, Any]:
    """The settings that affect the results, as JSON values."""
    training = describe_settings(settings.training, exclude=(*UNUSED, *MACHINE_SETTINGS))
    return {"vary": list(settings.vary), **training}


def _check(record: Record) -> None:
    """Raise an error that `load_records` reports if the record was not written by a sweep."""
    _key(record)
    measured = ("parameters", "validation_accuracy", "test_accuracy", "seconds")
    if not ("reason" in record or all(isinstance(record[m], int | float) for m in measured)):
        raise ValueError


# ------------------------------------------------------------------ table and plot


def table(settings: SweepSettings, records: Sequence[Record]) -> Table:
    """One row per value: its accuracies over the seeds, or why there are none."""
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
    """Why runs failed, and how many succeeded."""
    reasons = [record["reason"] for record in group if "reason" in record]
    if not reasons or len(reasons) == len(group):
        return "".join(reasons[:1])
    return f"{len(group) - len(reasons)} of {len(group)} seeds: {reasons[0]}"


def _mean_and_spread(accuracies: Sequence[float]) -> str:
    """Mean and standard deviation, in percent."""
    mean = f"{statistics.mean(accuracies):.2%}"
    return mean if len(accuracies) < 2 else f"{mean} ± {100 * statistics.stdev(accuracies):.2f}"


def _by_values(settings: SweepSettings, records: Sequence[Record]) -> list[list[Record]]:
    """The records of this sweep, grouped by value."""
    found = {_key(record): record for record in records}
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for trial in trials(settings):
        record = found.get(_key(identity(trial)))
        if record:
            groups.setdefault(tuple(trial.values.items()), []).append(record)
    return list(groups.values())


def picture(settings: SweepSettings, records: Sequence[Record]) -> bytes:
    """The plot as a PNG: the first varied setting along the axis, one line per combination."""
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
    """Plot accuracies over the `values` of the setting `name`, as a PNG.

    `lines` maps the label of each line to the accuracies (0 to 1) of all seeds, by value. Dots are
    means, bars one standard deviation up and down (none for a single seed). Numbers are to scale
    (`logarithmic` only if all are above 0); words are evenly spaced. `kind` names the split on
    which the accuracies were measured.
    """
    figure = Figure(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    axes = figure.subplots()
    numbers = [value for value in values if not isinstance(value, str)]
    scaled = len(numbers) == len(values)
    positions = dict(zip(values, numbers if scaled else range(len(values)), strict=True))
    for label, accuracies in lines.items():
        axes.errorbar(
            [positions[value] for value in accuracies],
            [statistics.mean(seeds) for seeds in accuracies.values()],
            [statistics.stdev(s) if len(s) > 1 else math.nan for s in accuracies.values()],
            fmt="o-" if scaled else "o",
            ms=4,
            capsize=3,
            label=label,
        )
    if logarithmic:
        axes.set_xscale("log")
    if len(values) <= 20:  # more labels would overlap
        axes.set_xticks(list(positions.values()), [str(value) for value in values])
        axes.minorticks_off()
    axes.set(xlabel=name, ylabel=f"{kind} accuracy", title=title)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    if len(lines) > 1:
        axes.legend()
    return as_png(figure)
