"""Plot the training curves, also while training runs."""

import io
import math
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from matplotlib.figure import Figure
from tqdm import tqdm

from lenet.files import write_file
from lenet.network.folder import CURVES
from lenet.training.loop import Report

LIVE_PAUSE = 2.0
"""Minimum number of seconds between two plots."""
LIVE_SHARE = 0.03
"""Maximum share of the time spent on drawing."""


def curves_picture(reports: Sequence[Report], title: str) -> bytes:
    """Plot loss and accuracies over epochs, as a PNG; the loss has its own axis."""
    epochs = [report.epoch for report in reports]
    training = [report.accuracy for report in reports]
    validation = [
        (report.epoch, report.validation_accuracy)
        for report in reports
        if report.validation_accuracy is not None
    ]
    figure = Figure(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    losses = figure.subplots()
    accuracies = losses.twinx()
    losses.plot(epochs, [r.loss for r in reports], color="#8a8f98", label="training loss")
    accuracies.plot(epochs, training, color="#2563eb", label="training accuracy")
    if validation:
        accuracies.plot(
            *zip(*validation, strict=True), "o-", color="#ea580c", ms=4, label="validation accuracy"
        )
    losses.set(xlabel="epoch", ylabel="loss", title=title, xlim=(0, None))
    losses.set_ylim(bottom=0)
    accuracies.set_ylabel("accuracy")
    lowest = min((accuracy for _, accuracy in validation), default=0.9)
    accuracies.set_ylim(max(0.0, min(lowest, *training[len(epochs) // 10 :]) - 0.005), 1)
    losses.grid(alpha=0.25)
    lines = [*losses.get_lines(), *accuracies.get_lines()]
    losses.legend(lines, [str(line.get_label()) for line in lines], loc="center right")
    return as_png(figure)


def as_png(figure: Figure) -> bytes:
    """The figure as the content of a PNG file."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


class LiveCurves:
    """The curves so far, in a hidden file next to the checkpoint `folder`."""

    def __init__(self, folder: Path, title: str) -> None:
        self.path = folder.parent / f".{folder.name}.{CURVES}"
        self._title = title
        self._due = 0.0

    def draw(self, reports: Sequence[Report]) -> None:
        """Update the plot, unless the last update is recent."""
        started = time.perf_counter()
        if started < self._due:
            return
        try:
            write_file(self.path, curves_picture(reports, self._title))
        except Exception as error:  # a run should never fail because of a plot
            self._due = math.inf
            tqdm.write(
                f"The curves can't be updated ({error}). They will be drawn at the end.",
                file=sys.stderr,
            )
            return
        done = time.perf_counter()
        self._due = done + max(LIVE_PAUSE, (done - started) / LIVE_SHARE)

    def remove(self) -> None:
        """Delete the file; the checkpoint contains the final plot."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
