"""One training run, stage by stage: plan, data, model, fit, select, calibrate, test, write."""

import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.network.folder import CURVES
from lenet.network.model import LeNet
from lenet.tables import print_table
from lenet.training.console import announce, progress_bar, results_table
from lenet.training.curves import LiveCurves, curves_picture
from lenet.training.data import load_data
from lenet.training.evaluation import calibrate, evaluate
from lenet.training.history import make_history
from lenet.training.loop import Training, prepare_training
from lenet.training.parallel import Processes, processes
from lenet.training.plan import Plan, make_plan
from lenet.training.resume import (
    Progress,
    delete_state,
    load_state,
    result_settings,
    save_state,
)
from lenet.training.selection import BestSoFar
from lenet.training.settings import TrainingSettings
from lenet.training.stopping import Stop, stopping
from lenet.training.target import exclusive

Observer = Callable[[Progress], None]


def run(settings: TrainingSettings, command: str) -> Path:
    """Download the data, train, and write the best network; returns the checkpoint's folder.

    Ctrl-C or SIGTERM ends training early and still writes the best network so far; while it is
    written, neither has any effect. `command` is recorded in the checkpoint. If `torchrun` started
    several processes, they share the work; the first one prints and writes.

    Raises:
        SketchpadError: the run failed; the best network so far, if any, is written first.
    """
    with stopping() as stop:
        plan = make_plan(settings, command)
        with (
            processes(plan.device) as joined,
            exclusive(plan.folder) if joined.is_first else nullcontext(),
        ):
            return run_on(load_data(settings, joined), plan, joined, stop)


def run_on(dataset: Dataset, plan: Plan, joined: Processes, stop: Stop) -> Path:
    """The stages of `run` after the data is loaded."""
    model = new_model(plan.config, plan.settings.seed, joined.device)
    training = prepare_training(model, dataset, plan.settings, joined)
    progress = start(training, plan)
    if not joined.is_first:
        deque(training.reports(), maxlen=0)
        return plan.folder
    announce(plan, training, len(dataset.training.labels))
    stopped = fit(training, progress, plan, stop)
    model.load_state_dict(select(progress, stopped, plan.folder))
    if plan.calibrated:
        model.calibrate(plan.calibrated.temperature, plan.calibrated.threshold)
    else:
        rejected = None if dataset.non_digits is None else plan.settings.rejected
        calibrate(model, dataset.validation, rejected)
    results = evaluate(model, dataset.test)
    history = make_history(plan.command, plan.settings, dataset, progress, results)
    write(model, history, curves_picture(progress.reports, plan.title), plan.folder)
    if not isinstance(stopped, KeyboardInterrupt):
        delete_state(plan.state)
    finish(history, plan.folder, stopped)
    return plan.folder


def new_model(config: LeNetConfig, seed: int, device: torch.device) -> LeNet:
    """The network at the start of a run; `seed` determines everything random from here on."""
    torch.manual_seed(seed)
    return LeNet(config).to(device)


def start(training: Training, plan: Plan) -> Progress:
    """The initial progress of a run: none, or that of the stopped run that it resumes.

    Raises:
        SketchpadError: the stopped run can't be resumed.
    """
    if plan.settings.resume:
        return load_state(plan.state, training, result_settings(plan.settings))
    return Progress(BestSoFar(len(training.validation.labels)))


def fit(training: Training, progress: Progress, plan: Plan, stop: Stop) -> BaseException | None:
    """Train, updating `progress`; returns the signal or error that stopped it, if any.

    Afterwards, `stop` holds all signals.
    """
    curves = LiveCurves(plan.folder, plan.title)
    settings = result_settings(plan.settings)

    def save(progress: Progress) -> None:
        if progress.reports[-1].epoch.is_integer():
            save_state(plan.state, training, progress, settings)

    def log(progress: Progress) -> None:
        if plan.log:
            plan.log(progress.reports[-1])

    def draw(progress: Progress) -> None:
        curves.draw(progress.reports)

    def check(_: Progress) -> None:
        stop.check()

    try:
        try:
            with progress_bar(training.epochs, training.epoch) as show:
                _follow(training, progress, [save, show, draw, log, check])
        finally:
            stop.held = True
    except (KeyboardInterrupt, SketchpadError) as error:
        return error
    finally:
        curves.remove()
    return None


def _follow(training: Training, progress: Progress, observers: Sequence[Observer]) -> None:
    before, started = progress.seconds, time.perf_counter()
    for report in training.reports():
        progress.reports.append(report)
        progress.best.consider(report, training.model)
        progress.seconds = before + time.perf_counter() - started
        for observe in observers:
            observe(progress)


def select(progress: Progress, stopped: BaseException | None, folder: Path) -> dict[str, Tensor]:
    """The weights of the best epoch.

    Raises:
        SketchpadError: no epoch was completed.
    """
    if progress.best.report:
        return progress.best.weights
    if isinstance(stopped, SketchpadError):
        raise stopped
    raise SketchpadError(
        "Training was stopped before the end of the first epoch. Nothing was saved, and "
        f"{folder} is unchanged."
    )


def write(model: LeNet, history: dict[str, Any], curves: bytes, folder: Path) -> None:
    """Write the checkpoint.

    Raises:
        SketchpadError: it can't be written.
    """
    model.history = history
    model.attachments = {CURVES: curves}
    model.cpu().save_pretrained(folder)


def finish(history: dict[str, Any], folder: Path, stopped: BaseException | None) -> None:
    """Print the results.

    Raises:
        SketchpadError: training stopped with an error.
    """
    print_table(results_table(history, folder))
    if isinstance(stopped, SketchpadError):
        raise SketchpadError(f"{stopped} The best network so far is in {folder}.")
    if stopped:
        print(
            "Stopped early. The table shows the best epoch so far. Run the same command with "
            "--resume to continue after the last complete epoch.",
            file=sys.stderr,
        )
