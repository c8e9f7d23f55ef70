"""One training run as people see it: data, progress, the best network, and the checkpoint."""

import math
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from lenet.datasets import datasets as data
from lenet.datasets import fetching
from lenet.datasets.datasets import Dataset, Split
from lenet.errors import SketchpadError
from lenet.files import write_file
from lenet.network.checkpoint import CURVES, check_target
from lenet.network.model import LeNet, parameter_count
from lenet.reading import calibration, views
from lenet.training import curves as rendering
from lenet.training import parallel
from lenet.training.loop import (
    Report,
    Training,
    calibrate,
    prepare_device,
    share_right,
    view_logits,
    with_made_drawings,
)
from lenet.training.resume import Kept, forget, put_down, resume, state_file
from lenet.training.settings import REPORTS_PER_EPOCH, TrainingSettings, configuration

LIVE_PAUSE = 2.0
"""Seconds from one picture of the curves to the next, at least."""
LIVE_SHARE = 0.03
"""Share of the time that may go into drawing them."""


def run(settings: TrainingSettings, command: str) -> Path:
    """Fetch the data, train, and write the best network by validation accuracy (`as_good`).

    Ctrl-C ends the training early and still writes the best so far. `command` is kept in the
    checkpoint as what made it. Returns the checkpoint's folder. Where `torchrun` has started
    several processes, they share the work, and the first of them does the talking and writing.

    Raises:
        SketchpadError: anything a person has to know; what was already good is written first.
    """
    device = prepare_device(settings)
    # What would be in vain is told before any work.
    if settings.resume:
        state_file(settings)
    check_target(Path(settings.out))
    source = data.DATASETS[settings.dataset]
    with parallel.processes(device) as (device, rank):
        if rank == 0:
            fetching.fetch(Path(settings.data), source.source)
        parallel.wait()
        dataset = data.load(settings.data, device, source)
        return run_on(with_made_drawings(dataset, settings), settings, command, rank)


def run_on(dataset: Dataset, settings: TrainingSettings, command: str, rank: int = 0) -> Path:
    """`run`, on data that is already there."""
    torch.manual_seed(settings.seed)
    device = dataset.training.images.device
    model = LeNet(configuration(settings)).to(device)
    training = Training(model, dataset, settings)
    kept = Kept()
    if settings.resume:
        kept = resume(training, settings)
    if rank:
        deque(training.reports(), maxlen=0)
        return Path(settings.out)
    logs = _logs(settings)
    curves = _LiveCurves(settings)
    stopped: BaseException | None = None
    before, started = kept.seconds, time.perf_counter()
    print(
        f"Training {settings.preset} ({parameter_count(model):,} parameters) on "
        f"{len(dataset.training.labels):,} images of {settings.dataset}, on {device}. "
        f"Ctrl-C keeps the best so far. The curves so far are in {curves.path}.",
        file=sys.stderr,
    )
    progress = tqdm(total=settings.epochs, initial=training.epoch, unit="epoch", bar_format=_BAR)
    try:
        for report in training.reports():
            kept.add(report, model, len(dataset.validation.labels))
            kept.seconds = before + time.perf_counter() - started
            if report.epoch.is_integer():
                put_down(training, kept, settings)
            progress.update(report.epoch - progress.n)
            progress.set_description_str(_status(report, kept.best_report))
            curves.draw(kept.reports)
            logs(report)
    except (KeyboardInterrupt, SketchpadError) as error:
        stopped = error
    finally:
        progress.close()
    if kept.best_report is None:
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
        model.load_state_dict(kept.best)
        calibrate(model, dataset, settings.refused)
        model.history = _history(kept, kept.best_report, model, dataset, settings, command)
        model.attachments = {CURVES: _curves(kept.reports, settings)}
        table = _table(model.history, settings.out)
        model.cpu().save_pretrained(settings.out)
        curves.remove()
        if not isinstance(stopped, KeyboardInterrupt):
            forget(settings)
    print(table)
    if isinstance(stopped, SketchpadError):
        raise SketchpadError(f"{stopped} The best network so far is in {settings.out}.")
    if stopped:
        print(
            "Stopped early; the table is that of the best epoch so far. The same command with "
            "--resume goes on from the last whole epoch.",
            file=sys.stderr,
        )
    return Path(settings.out)


def _history(
    kept: Kept,
    best: Report,
    model: LeNet,
    dataset: Dataset,
    settings: TrainingSettings,
    command: str,
) -> dict[str, Any]:
    """What a checkpoint says about how it was made, as plain values."""
    rates = [report.examples_per_second for report in kept.reports]
    return {
        "command": command,
        "settings": asdict(settings),
        "data": {
            "name": settings.dataset,
            "training": len(dataset.training.labels) - settings.made_digits,
            "made_digits": settings.made_digits,
            "made_nondigits": 0 if dataset.non_digits is None else len(dataset.non_digits),
            "validation": len(dataset.validation.labels),
            "test": len(dataset.test.labels),
        },
        "results": {
            "epoch": round(best.epoch),
            "validation_accuracy": best.validation_accuracy,
            **_test_results(model, dataset.test),
            "seconds": round(kept.seconds, 1),
            "examples_per_second": round(sum(rates) / len(rates)),
        },
        "made_with": {"torch": torch.__version__, "device": dataset.test.images.device.type},
        "reports": [asdict(report) for report in kept.reports],
    }


def _logs(settings: TrainingSettings) -> Callable[[Report], None]:
    """What writes each report to TensorBoard, if that was asked for.

    Raises:
        SketchpadError: TensorBoard is not installed.
    """
    if not settings.tensorboard:
        return lambda report: None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise SketchpadError(
            "--tensorboard needs the package tensorboard: pip install tensorboard."
        ) from error
    writer = SummaryWriter(settings.tensorboard)

    def write(report: Report) -> None:
        # TensorBoard counts whole steps: those are tenths of an epoch here.
        tenth = round(report.epoch * REPORTS_PER_EPOCH)
        for name, value in asdict(report).items():
            if value is not None and name != "epoch":
                writer.add_scalar(name, value, tenth)
        writer.flush()

    return write


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
            write_file(self.path, _curves(reports, self._settings))
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
        (
            "test accuracy",
            f"{results['test_accuracy_over_views']:.2%} as the page answers (mean over nine "
            f"views), {results['test_accuracy']:.2%} from the image alone",
        ),
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
    viewed = view_logits(model, test.images)
    logits = views.answer_logits(viewed)

    def error(temperature: float) -> float:
        probabilities = (logits / temperature).softmax(1)
        return calibration.expected_calibration_error(probabilities, test.labels.cpu())

    results = {
        "test_accuracy": share_right(viewed[0], test.labels),
        "test_accuracy_over_views": share_right(logits, test.labels),
        "test_calibration_error_before": error(1.0),
        "test_calibration_error": error(model.config.temperature),
    }
    if model.config.threshold is not None:
        below = views.evidence(viewed) < model.config.threshold
        results["test_refused"] = below.float().mean().item()
    return results
