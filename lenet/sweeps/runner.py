"""Run a sweep: train what is not trained yet, one run after another.

The network that is measured is that of the last epoch: nothing is chosen by its accuracy.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import NoReturn

import torch
from tqdm import tqdm

from lenet.datasets import datasets
from lenet.datasets.datasets import DATASETS, Dataset
from lenet.errors import SketchpadError
from lenet.files import write_file
from lenet.network.config import LeNetConfig
from lenet.network.model import LeNet, parameter_count
from lenet.sweeps.plan import SweepSettings, Trial, trials
from lenet.sweeps.results import (
    PICTURE,
    RESULTS,
    Record,
    as_json,
    identity,
    in_words,
    missing,
    picture,
    stored,
    table,
)
from lenet.tables import print_table
from lenet.training.device import prepare_device
from lenet.training.evaluation import accuracy
from lenet.training.loop import train
from lenet.training.settings import TrainingSettings
from lenet.training.target import exclusive


def sweep(settings: SweepSettings) -> list[Record]:
    """Train what is not trained yet, print a table, draw a picture; returns all records.

    Ctrl-C is passed on after the results so far have been shown.

    Raises:
        SketchpadError: anything a person has to know; the results so far are saved.
    """
    file, drawn = settings.path / RESULTS, settings.path / PICTURE
    planned = trials(settings)
    with exclusive(file):
        records = stored(file, settings)
        write_file(file, as_json(settings, records))  # fails early if it can't be written
        left = missing(planned, records)
        print(
            f"{len(planned)} runs, {len(planned) - len(left)} of them already done. Results go to "
            f"{file}; after Ctrl-C, run the same command again to resume.",
            file=sys.stderr,
        )
        try:
            for record in _train_all(left, settings.training):
                records.append(record)
                write_file(file, as_json(settings, records))
        finally:
            if records:
                print_table(table(settings, records))
            if any("reason" not in record for record in records):
                write_file(drawn, picture(settings, records))
                print(f"\nPicture of the {settings.plot} accuracies: {drawn}")
    return records


def _train_all(left: Sequence[Trial], training: TrainingSettings) -> Iterator[Record]:
    """The records of the runs that are left, one after another, under a progress bar."""
    possible = []
    for trial in left:
        if isinstance(trial.network, LeNetConfig):
            possible.append((trial, trial.network))
        else:
            yield {**identity(trial), "reason": str(trial.network)}
    if not possible:
        return
    device = prepare_device(training.device, training.threads)
    dataset = datasets.load(training.data_folder, device, DATASETS[training.dataset])
    total = sum(trial.training.epochs for trial, _ in possible)
    with tqdm(total=total, unit="epoch", bar_format=_BAR, smoothing=0.05) as progress:
        for trial, network in possible:
            progress.set_description_str(f"{in_words(trial.values)}, seed {trial.training.seed}")
            yield {**identity(trial), **_measure(network, trial.training, dataset, progress)}


_BAR = "{percentage:3.0f}%|{bar}| epoch {n:.1f}/{total:.0f} [{elapsed}<{remaining}] {desc}"


def _measure(
    network: LeNetConfig, training: TrainingSettings, dataset: Dataset, progress: "tqdm[NoReturn]"
) -> Record:
    """Train one network; its results, or the reason why there are none."""
    torch.manual_seed(training.seed)
    model = LeNet(network).to(dataset.training.images.device)
    result: Record = {"parameters": parameter_count(model)}
    before, started = progress.n, time.perf_counter()
    try:
        for report in train(model, dataset, training):
            progress.update(before + report.epoch - progress.n)
            if report.epoch == training.epochs:  # now the model has the weights that were validated
                seconds = time.perf_counter() - started
                result["validation_accuracy"] = report.validation_accuracy
                result["test_accuracy"] = accuracy(model, dataset.test)
                result["seconds"] = round(seconds, 1)
    except SketchpadError as error:  # too high a learning rate, say; other runs may succeed
        progress.update(before + training.epochs - progress.n)
        result["reason"] = str(error)
    return result
