"""Console output of a run: announcement, progress bar, results."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.table import Table
from tqdm import tqdm

from lenet.network.folder import CONFIG, CURVES
from lenet.network.model import parameter_count
from lenet.reading.views import VIEWS
from lenet.tables import new_table
from lenet.training.curves import LiveCurves
from lenet.training.loop import Report, Training
from lenet.training.plan import Plan
from lenet.training.resume import Progress

_BAR = "{percentage:3.0f}%|{bar}| epoch {n:.1f}/{total} [{elapsed}<{remaining}] {desc}"


def announce(plan: Plan, training: Training, images: int) -> None:
    """Print what will be trained and replaced."""
    replaced = (
        f" The network in {plan.folder} will be replaced."
        if (plan.folder / CONFIG).exists()
        else ""
    )
    print(
        f"Training {plan.title}: {parameter_count(training.model):,} parameters, {images:,} "
        f"images, on {training.processes.device}.{replaced} Press Ctrl-C to stop and save the best "
        f"network so far. Current curves: {LiveCurves(plan.folder, plan.title).path}",
        file=sys.stderr,
    )


@contextmanager
def progress_bar(epochs: int, done: int) -> Iterator[Callable[[Progress], None]]:
    """A progress bar over `epochs`, of which `done` are finished; call it after each report."""
    with tqdm(total=epochs, initial=done, unit="epoch", bar_format=_BAR) as bar:

        def show(progress: Progress) -> None:
            report = progress.reports[-1]
            bar.update(report.epoch - bar.n)
            bar.set_description_str(_status(report, progress.best.report))

        yield show


def _status(report: Report, best: Report | None) -> str:
    validated = f"{best.validation_accuracy:.2%}" if best and best.validation_accuracy else "–"
    return (
        f"loss {report.loss:.4f}, best validation {validated}, "
        f"{report.examples_per_second:,.0f} examples/s"
    )


def results_table(history: Mapping[str, Any], folder: Path) -> Table:
    """The results of a run, from the history of the checkpoint in `folder`."""
    results = history["results"]
    table = new_table()
    validated = results["validation_accuracy"]
    for name, value in (
        ("epoch", f"{results['epoch']} of {history['settings']['epochs']}"),
        ("validation accuracy", "–" if validated is None else f"{validated:.2%}"),
        (
            "test accuracy",
            f"{results['test_accuracy_over_views']:.2%} averaged over {VIEWS} views, as on the "
            f"page; {results['test_accuracy']:.2%} for a single view",
        ),
        (
            "calibration error",
            f"{results['test_calibration_error_before']:.2%} before calibration, "
            f"{results['test_calibration_error']:.2%} after (test set)",
        ),
        ("training time", f"{results['seconds']} s"),
        ("examples per second", f"{results['examples_per_second']:,}"),
        ("checkpoint", str(folder)),
        ("curves", str(folder / CURVES)),
    ):
        table.add_row(name, value)
    return table
