"""Save the state of a run after each epoch, so that it can be resumed.

    checkpoints/.NAME.state.safetensors

The file contains tensors and JSON, no executable code, and is deleted when the run is complete.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open

from lenet.errors import SketchpadError
from lenet.files import write_file
from lenet.training.loop import Report, Training
from lenet.training.selection import BestSoFar
from lenet.training.settings import TrainingSettings, describe_settings

CHANGEABLE = ("resume", "device", "threads", "data", "tensorboard", "out")
"""Settings that may change when a run is resumed."""


@dataclass
class Progress:
    """The results of a run so far."""

    best: BestSoFar
    reports: list[Report] = field(default_factory=list)
    seconds: float = 0.0
    """training time"""


def state_path(folder: Path) -> Path:
    """The file with the saved state of the run that writes the checkpoint `folder`."""
    return folder.parent / f".{folder.name}.state.safetensors"


def save_state(
    path: Path, training: Training, progress: Progress, settings: Mapping[str, Any]
) -> None:
    """Write everything needed to resume from the end of this epoch.

    Raises:
        SketchpadError: it can't be written.
    """
    best = progress.best
    state = {
        "settings": settings,
        "reports": [asdict(report) for report in progress.reports],
        "best_report": best.report and asdict(best.report),
        "highest": best.highest,
        "seconds": progress.seconds,
    }
    tensors = training.state() | {f"best.{name}": value for name, value in best.weights.items()}
    plain = {name: value.contiguous() for name, value in tensors.items()}
    write_file(path, safetensors.torch.save(plain, {"run": json.dumps(state)}))


def load_state(path: Path, training: Training, settings: Mapping[str, Any]) -> Progress:
    """Restore `training` to the saved state; returns the results so far.

    Raises:
        SketchpadError: the saved state is missing, damaged, or belongs to different settings.
    """
    check_state(path)
    try:
        with safe_open(path, "pt") as file:
            state = json.loads(file.metadata()["run"])
        tensors = safetensors.torch.load_file(path, str(training.processes.device))
        _check_settings(path, state["settings"], settings)
        weights = {
            name.removeprefix("best."): value
            for name, value in tensors.items()
            if name.startswith("best.")
        }
        report = state["best_report"] and Report(**state["best_report"])
        count = len(training.validation.labels)
        progress = Progress(
            BestSoFar(count, weights, report, state["highest"]),
            [Report(**values) for values in state["reports"]],
            state["seconds"],
        )
        training.restore(tensors)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        if isinstance(error, SketchpadError):
            raise
        raise SketchpadError(f"{path} is damaged. Omit --resume to start over.") from error
    return progress


def check_state(path: Path) -> None:
    """Check that a saved state exists.

    Raises:
        SketchpadError: there is none.
    """
    if not path.is_file():
        raise SketchpadError(f"{path} doesn't exist, so there is nothing to resume. Omit --resume.")


def delete_state(path: Path) -> None:
    """Delete the state of a completed run, if there is one."""
    path.unlink(missing_ok=True)


def result_settings(settings: TrainingSettings) -> dict[str, Any]:
    """The settings that affect the result of a run, by name."""
    return describe_settings(settings, exclude=CHANGEABLE)


def _check_settings(path: Path, saved: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    for name, value in settings.items():
        if saved[name] != value:
            raise SketchpadError(
                f"{path} belongs to a run with different settings ({name} was {saved[name]}, now "
                f"{value}). Pass the same options, or omit --resume."
            )
