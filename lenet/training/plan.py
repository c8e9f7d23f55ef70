"""The plan of a run, checked before any work starts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from lenet.datasets.datasets import DATASETS
from lenet.network.checkpoint import check_target
from lenet.network.config import LeNetConfig
from lenet.network.folding import foldable_blocks
from lenet.training.device import prepare_device, training_dtype
from lenet.training.logs import tensorboard_log
from lenet.training.loop import Report
from lenet.training.resume import check_state, state_path
from lenet.training.settings import TrainingSettings, configuration


@dataclass(frozen=True)
class Plan:
    """What a run will do."""

    settings: TrainingSettings
    command: str
    config: LeNetConfig
    device: torch.device
    folder: Path
    state: Path
    """file with the state after each epoch"""
    title: str
    log: Callable[[Report], None] | None
    """writes each report to TensorBoard"""


def make_plan(settings: TrainingSettings, command: str) -> Plan:
    """The plan of a run, checked as far as possible before any work starts.

    Raises:
        SketchpadError: the run would fail.
    """
    config = configuration(settings)
    device = prepare_device(settings.device, settings.threads)
    training_dtype(settings.precision, device, foldable=bool(foldable_blocks(config)))
    # If the folder is a link, replace its target and keep the link.
    linked = settings.folder.is_symlink() and settings.folder.exists()
    folder = settings.folder.resolve() if linked else settings.folder
    if settings.resume:
        check_state(state_path(folder))
    check_target(folder)
    return Plan(
        settings,
        command,
        config,
        device,
        folder,
        state_path(folder),
        title=f"{settings.preset} on {DATASETS[settings.dataset].title}",
        log=tensorboard_log(settings.tensorboard) if settings.tensorboard else None,
    )
