"""Helpers for the sweep tests."""

from pathlib import Path
from typing import Any

from lenet.sweeps.plan import SweepSettings
from lenet.training.settings import TrainingSettings


def small_sweep(folder: Path, *vary: str, seeds: int = 1, **training: Any) -> SweepSettings:
    """A sweep with runs of one epoch."""
    values: dict[str, Any] = {"epochs": 1, "batch_size": 50, "augment": False, **training}
    return SweepSettings(vary, seeds, folder=str(folder), training=TrainingSettings(**values))
