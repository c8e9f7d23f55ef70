"""The plan of a run, checked before any work starts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError
from lenet.network.checkpoint import check_target
from lenet.network.config import LeNetConfig
from lenet.network.folding import foldable_blocks
from lenet.network.model import LeNet
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
    calibrated: LeNetConfig | None
    """the configuration whose temperature and threshold are copied; None to measure them"""
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
        _calibrated(settings.calibration, config) if settings.calibration else None,
        state_path(folder),
        title=f"{settings.preset} on {DATASETS[settings.dataset].title}",
        log=tensorboard_log(settings.tensorboard) if settings.tensorboard else None,
    )


def _calibrated(checkpoint: str, config: LeNetConfig) -> LeNetConfig:
    """The configuration of a checkpoint that was trained like `config`.

    Raises:
        SketchpadError: there is no such checkpoint, or its network is different.
    """
    found = LeNet.from_pretrained(checkpoint).config
    same = replace(found, temperature=config.temperature, threshold=config.threshold)
    if same != config:
        raise SketchpadError(
            f"{checkpoint} can't calibrate this run: its network or data set is different. Choose "
            "a checkpoint of the same run without --all."
        )
    return found
