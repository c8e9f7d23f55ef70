"""One training run as people see it: data, progress, the best network, and the checkpoint."""

import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from lenet import calibration, data, rendering
from lenet.checkpoint import CURVES, check_target, write_whole
from lenet.data import Dataset, Split
from lenet.errors import SketchpadError
from lenet.networks import LeNet, parameter_count, pick_device
from lenet.training import (
    Report,
    TrainingSettings,
    calibrate,
    configuration,
    share_right,
    shifted_logits,
    train,
    with_made_drawings,
)

LIVE_PAUSE = 2.0
"""Seconds from one picture of the curves to the next, at least."""
LIVE_SHARE = 0.03
"""Share of the time that may go into drawing them."""


def run(settings: TrainingSettings, command: str) -> Path:
    """Fetch the data, train, and write the best network by validation accuracy (`_as_good`).

    Ctrl-C ends the training early and still writes the best so far. `command` is kept in the
    checkpoint as what made it. Returns the checkpoint's folder.

    Raises:
        SketchpadError: anything a person has to know; what was already good is written first.
    """
    device = pick_device(settings.device)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    check_target(Path(settings.out))
    dataset = data.load(settings.data, device, data.SOURCES[settings.dataset])
    return run_on(with_made_drawings(dataset, settings), settings, command)


def run_on(dataset: Dataset, settings: TrainingSettings, command: str) -> Path:
    """`run`, on data that is already there."""
    torch.manual_seed(settings.seed)
    device = dataset.training.images.device
    torch.backends.cudnn.deterministic = True
    model = LeNet(configuration(settings)).to(device)
    reports: list[Report] = []
    best: dict[str, Tensor] | None = None
    best_report: Report | None = None
    highest = 0.0
    stopped: BaseException | None = None
    curves = _LiveCurves(settings)
    started = time.perf_counter()
    print(
        f"Training {settings.preset} ({parameter_count(model):,} parameters) on "
        f"{len(dataset.training.labels):,} images of {settings.dataset}, on {device}. "
        f"Ctrl-C keeps the best so far. The curves so far are in {curves.path}.",
        file=sys.stderr,
    )
    progress = tqdm(total=settings.epochs, unit="epoch", bar_format=_BAR)
    try:
        for report in train(model, dataset, settings):
            reports.append(report)
            # Between the ends of epochs it is measured for the curves only.
            if report.validation_accuracy is not None and report.epoch.is_integer():
                highest = max(highest, report.validation_accuracy)
                if _as_good(report.validation_accuracy, highest, len(dataset.validation.labels)):
                    best_report = report
                    best = {name: t.detach().clone() for name, t in model.state_dict().items()}
            progress.update(report.epoch - progress.n)
            progress.set_description_str(_status(report, best_report))
            curves.draw(reports)
    except (KeyboardInterrupt, SketchpadError) as error:
        stopped = error
    finally:
        progress.close()
    seconds = time.perf_counter() - started
    if best is None or best_report is None:
        curves.remove()
        raise (
            stopped
            if isinstance(stopped, SketchpadError)
            else SketchpadError(
                "Stopped before the end of the first epoch: there is nothing to keep yet, and "
                f"{settings.out} is as it was."
            )
        )
    with _undisturbed():
        model.load_state_dict(best)
        calibrate(model, dataset, settings.refused)
        history = {
            "command": command,
            "settings": asdict(settings),
            "data": {
                "name": settings.dataset,
                "training": len(dataset.training.labels) - settings.made_digits,
                "made_digits": settings.made_digits,
                "made_nondigits": 0 if dataset.nondigits is None else len(dataset.nondigits),
                "validation": len(dataset.validation.labels),
                "test": len(dataset.test.labels),
            },
            "results": {
                "epoch": round(best_report.epoch),
                "validation_accuracy": best_report.validation_accuracy,
                **_test_results(model, dataset.test),
                "seconds": round(seconds, 1),
                "examples_per_second": round(
                    sum(r.examples_per_second for r in reports) / len(reports)
                ),
            },
            "made_with": {"torch": torch.__version__, "device": device.type},
            "reports": [asdict(report) for report in reports],
        }
        model.history = history
        model.attachments = {CURVES: _curves(reports, settings)}
        model.cpu().save_pretrained(settings.out)
        curves.remove()
    print(_table(history, settings.out))
    if isinstance(stopped, SketchpadError):
        raise SketchpadError(f"{stopped} The best network so far is in {settings.out}.")
    if stopped:
        print("Stopped early; the table is that of the best epoch so far.", file=sys.stderr)
    return Path(settings.out)


_BAR = "{percentage:3.0f}%|{bar}| epoch {n:.1f}/{total} [{elapsed}<{remaining}] {desc}"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no further Ctrl-C spoil the few seconds in which the result is measured and written."""
    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if main:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, before)


class _LiveCurves:
    """A picture of the curves so far, hidden beside the checkpoint that will hold the last one."""

    def __init__(self, settings: TrainingSettings) -> None:
        folder = Path(settings.out)
        self.path = folder.parent / f".{folder.name}.{CURVES}"
        self._settings = settings
        self._due = 0.0

    def draw(self, reports: list[Report]) -> None:
        """Draw the picture anew, unless the last one is recent."""
        started = time.perf_counter()
        if started < self._due:
            return
        try:
            write_whole(self.path, _curves(reports, self._settings))
        except Exception as error:  # whatever it is, no training shall be lost for a picture
            self._due = math.inf
            tqdm.write(f"The curves are drawn at the end only ({error}).", file=sys.stderr)
            return
        done = time.perf_counter()
        self._due = done + max(LIVE_PAUSE, (done - started) / LIVE_SHARE)

    def remove(self) -> None:
        """Leave it to the checkpoint."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def _as_good(accuracy: float, highest: float, count: int) -> bool:
    """Whether an accuracy on `count` examples is within one standard error of the highest.

    Of such epochs the last is kept: it has learned longest, and picking the very highest would
    pick luck. The rule of one standard error is from Breiman, Friedman, Olshen, Stone,
    "Classification and regression trees", 1984, section 3.4.3.
    """
    return accuracy >= highest - math.sqrt(highest * (1 - highest) / count)


def _status(report: Report, best: Report | None) -> str:
    validated = f"{best.validation_accuracy:.2%}" if best and best.validation_accuracy else "–"
    return (
        f"loss {report.loss:.4f}, best validation {validated}, "
        f"{report.examples_per_second:,.0f} examples/s"
    )


def _curves(reports: list[Report], settings: TrainingSettings) -> bytes:
    return rendering.curves_picture(
        [r.epoch for r in reports],
        [r.loss for r in reports],
        [r.accuracy for r in reports],
        [(r.epoch, r.validation_accuracy) for r in reports if r.validation_accuracy is not None],
        f"{settings.preset} on {settings.dataset}",
    )


def _table(history: dict[str, Any], out: str) -> str:
    results = history["results"]
    rows = (
        ("epoch kept", f"{results['epoch']} of {history['settings']['epochs']}"),
        ("validation accuracy", f"{results['validation_accuracy']:.2%}"),
        ("test accuracy", f"{results['test_accuracy']:.2%}"),
        (
            "calibration error",
            f"{results['test_calibration_error_before']:.2%} before, "
            f"{results['test_calibration_error']:.2%} after (test set)",
        ),
        ("training time", f"{results['seconds']} s"),
        ("examples per second", f"{results['examples_per_second']:,}"),
        ("checkpoint", out),
        ("curves", f"{out}/curves.png"),
    )
    return "\n".join(f"{name:<20} {value}" for name, value in rows)


def _test_results(model: LeNet, test: Split) -> dict[str, float]:
    """What the one look at the test set says."""
    shifted = shifted_logits(model, test.images)
    logits = shifted[0]

    def error(temperature: float) -> float:
        probabilities = (logits / temperature).softmax(1)
        return calibration.expected_calibration_error(probabilities, test.labels.cpu())

    results = {
        "test_accuracy": share_right(logits, test.labels),
        "test_calibration_error_before": error(1.0),
        "test_calibration_error": error(model.config.temperature),
    }
    if model.config.threshold is not None:
        below = calibration.evidence(shifted) < model.config.threshold
        results["test_refused"] = below.float().mean().item()
    return results
