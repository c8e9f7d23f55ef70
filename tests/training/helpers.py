"""Helpers for the training tests."""

from pathlib import Path
from typing import Any

import torch

from lenet.datasets.datasets import Dataset
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.training import run
from lenet.training.loop import train
from lenet.training.parallel import Processes
from lenet.training.plan import make_plan
from lenet.training.settings import TrainingSettings
from lenet.training.stopping import stopping


def small_settings(**changes: Any) -> TrainingSettings:
    """A short run without synthetic drawings."""
    small = {"epochs": 3, "batch_size": 50, "synthetic_digits": 0, "synthetic_non_digits": 0}
    return TrainingSettings(**{**small, **changes})


def trained(dataset: Dataset, settings: TrainingSettings) -> LeNet:
    """A network trained with the settings."""
    torch.manual_seed(settings.seed)
    model = LeNet(PRESETS[settings.preset])
    for _ in train(model, dataset, settings):
        pass
    return model


def weights(model: LeNet) -> torch.Tensor:
    """All weights `(N,)`."""
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def run_on(dataset: Dataset, settings: TrainingSettings, command: str = "") -> Path:
    """A complete run on a data set that is already loaded."""
    joined = Processes(dataset.training.images.device)
    with stopping() as stop:
        return run.run_on(dataset, make_plan(settings, command), joined, stop)
