"""The data of a run: a data set plus synthetic drawings."""

from dataclasses import replace

import torch

from lenet.datasets.datasets import (
    DATASETS,
    MNIST,
    Dataset,
    DatasetDescription,
    Split,
    all_training_images,
    load,
)
from lenet.datasets.fetching import fetch
from lenet.datasets.non_digits import synthetic_non_digits
from lenet.datasets.synthetic_digits import synthetic_digits
from lenet.training.parallel import Processes
from lenet.training.settings import TrainingSettings


def load_data(settings: TrainingSettings, processes: Processes) -> Dataset:
    """The data set of a run on this process's device, downloaded by the first process.

    Raises:
        SketchpadError: it can't be downloaded or read.
    """
    description, folder = DATASETS[settings.dataset], settings.data_folder
    if processes.is_first:
        fetch(folder, description.source)
    processes.wait()
    dataset = load(folder, processes.device, description)
    if settings.all_images:
        dataset = all_training_images(dataset)
    return with_synthetic_drawings(dataset, *synthetic_counts(settings), settings.seed, description)


def synthetic_counts(settings: TrainingSettings) -> tuple[int, int]:
    """How many synthetic digits and non-digits a run adds; digits only if they are the classes."""
    return (
        settings.synthetic_digits * DATASETS[settings.dataset].has_digits,
        settings.synthetic_non_digits * (settings.non_digit_share > 0),
    )


def with_synthetic_drawings(
    dataset: Dataset,
    digits: int,
    non_digits: int,
    seed: int,
    description: DatasetDescription = MNIST,
) -> Dataset:
    """The data set with that many synthetic digits in its training split, and non-digits."""
    device = dataset.training.images.device
    training, outliers = dataset.training, None
    if digits:
        pairs = zip(training, synthetic_digits(digits, seed), strict=True)
        training = Split(*(torch.cat([real, added.to(device)]) for real, added in pairs))
    if non_digits:
        outliers = synthetic_non_digits(non_digits, seed, description).to(device)
    return replace(dataset, training=training, non_digits=outliers)
