"""What a run has so far: the best network, the reports, and all it takes to go on after a kill.

    checkpoints/.NAME.state.safetensors    written at the end of each epoch, in one move

It holds tensors and JSON, nothing that can run, and goes away with the end of the training.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from lenet.errors import SketchpadError
from lenet.files import write_file
from lenet.network.model import LeNet
from lenet.training.loop import Report, Training
from lenet.training.settings import TrainingSettings

FREE = ("resume", "device", "threads", "data", "tensorboard")
"""Settings that may be others when a training goes on."""


@dataclass
class Kept:
    """The reports so far, the best weights, and the seconds that it took."""

    reports: list[Report] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    best_report: Report | None = None
    highest: float = 0.0
    seconds: float = 0.0

    def add(self, report: Report, model: LeNet, validated: int) -> None:
        """Take in a report, and the weights if they are as good as the best so far."""
        self.reports.append(report)
        accuracy = report.validation_accuracy
        # Between the ends of epochs it is measured for the curves only.
        if accuracy is None or not report.epoch.is_integer():
            return
        self.highest = max(self.highest, accuracy)
        if as_good(accuracy, self.highest, validated):
            self.best_report = report
            self.best = {name: t.detach().clone() for name, t in model.state_dict().items()}


def as_good(accuracy: float, highest: float, count: int) -> bool:
    """Whether an accuracy on `count` examples is within one standard error of the highest.

    Of such epochs the last is kept: it has learned longest, and picking the very highest would
    pick luck. The rule of one standard error is from Breiman, Friedman, Olshen, Stone,
    "Classification and regression trees", 1984, section 3.4.3.
    """
    return accuracy >= highest - math.sqrt(highest * (1 - highest) / count)


def put_down(training: Training, kept: Kept, settings: TrainingSettings) -> None:
    """Write all that it takes to go on from the end of this epoch.

    Raises:
        SketchpadError: it can't be written.
    """
    told = {
        "settings": _told(settings),
        "reports": [asdict(report) for report in kept.reports],
        "best_report": kept.best_report and asdict(kept.best_report),
        "highest": kept.highest,
        "seconds": kept.seconds,
    }
    tensors = training.state() | {f"best.{name}": value for name, value in kept.best.items()}
    plain = {name: value.contiguous() for name, value in tensors.items()}
    write_file(_path(settings), safetensors.torch.save(plain, {"kept": json.dumps(told)}))


def resume(training: Training, settings: TrainingSettings) -> Kept:
    """Bring `training` to where it was put down; returns what had been kept.

    Raises:
        SketchpadError: there is nothing to go on from, or it belongs to other settings.
    """
    path = state_file(settings)
    try:
        with safe_open(path, "pt") as file:
            told = json.loads(file.metadata()["kept"])
        device = training.dataset.training.images.device
        tensors = safetensors.torch.load_file(path, str(device))
        reports = [Report(**report) for report in told["reports"]]
        best = told["best_report"] and Report(**told["best_report"])
        changed = [
            name for name, value in _told(settings).items() if told["settings"][name] != value
        ]
        if changed:
            raise SketchpadError(
                f"{path} belongs to a training with other settings ({changed[0]} was "
                f"{told['settings'][changed[0]]}): give the same ones, or start without --resume."
            )
        training.restore(tensors)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        if isinstance(error, SketchpadError):
            raise
        raise SketchpadError(f"{path} is damaged: start without --resume.") from error
    weights = {name[5:]: value for name, value in tensors.items() if name.startswith("best.")}
    return Kept(reports, weights, best, told["highest"], told["seconds"])


def state_file(settings: TrainingSettings) -> Path:
    """The file to go on from.

    Raises:
        SketchpadError: it is not there.
    """
    path = _path(settings)
    if not path.is_file():
        raise SketchpadError(f"There is no {path} to go on from: start without --resume.")
    return path


def forget(settings: TrainingSettings) -> None:
    """There is nothing left to go on with."""
    _path(settings).unlink(missing_ok=True)


def _path(settings: TrainingSettings) -> Path:
    folder = Path(settings.out)
    return folder.parent / f".{folder.name}.state.safetensors"


def _told(settings: TrainingSettings) -> dict[str, object]:
    """The settings on which the result depends."""
    return {name: value for name, value in asdict(settings).items() if name not in FREE}
