"""Run a sweep: train the runs that have no result yet, one after another.

Each network is measured after its last epoch: no epoch is selected by its accuracy.
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
    load_records,
    missing,
    picture,
    table,
)
from lenet.tables import print_table
from lenet.training.device import prepare_device
from lenet.training.evaluation import accuracy
from lenet.training.loop import train
from lenet.training.settings import TrainingSettings
from lenet.training.stopping import stopping
from lenet.training.target import exclusive


def sweep(settings: SweepSettings) -> list[Record]:
    """Train the missing runs, print a table and draw a plot; returns all records.

    Ctrl-C or SIGTERM prints the results so far, then propagates.

    Raises:
        SketchpadError: the sweep can't be run; results so far stay in the file.
    """
    file, plot = settings.path / RESULTS, settings.path / PICTURE
    planned = trials(settings)
    with stopping() as stop, exclusive(file):
        records = load_records(file, settings)
        write_file(file, as_json(settings, records))  # fails early if it can't be written
        remaining = missing(planned, records)
        print(
            f"{len(planned)} runs, {len(planned) - len(remaining)} of them already done. Results "
            f"go to {file}. After Ctrl-C, run the same command again to resume.",
            file=sys.stderr,
        )
        try:
            for record in _train_all(remaining, settings.training):
                with stop.hold():
                    records.append(record)
                    write_file(file, as_json(settings, records))
        finally:
            with stop.hold():
                if records:
                    print_table(table(settings, records))
                if any("reason" not in record for record in records):
                    write_file(plot, picture(settings, records))
                    print(f"\nPlot of the {settings.plot} accuracies: {plot}")
    return records


def _train_all(remaining: Sequence[Trial], training: TrainingSettings) -> Iterator[Record]:
    """Train the remaining runs with a progress bar; yields their records."""
    possible = []
    for trial in remaining:
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
    """Train one network; returns its results, or the reason for its failure."""
    torch.manual_seed(training.seed)
    model = LeNet(network).to(dataset.training.images.device)
    result: Record = {"parameters": parameter_count(model)}
    before, started = progress.n, time.perf_counter()
    try:
        for report in train(model, dataset, training):
            progress.update(before + report.epoch - progress.n)
            if (
                report.epoch == training.epochs
            ):  # only now does the model have the validated weights
                seconds = time.perf_counter() - started
                result["validation_accuracy"] = report.validation_accuracy
                result["test_accuracy"] = accuracy(model, dataset.test)
                result["seconds"] = round(seconds, 1)
    except (
        SketchpadError
    ) as error:  # e.g. the learning rate is too high; the remaining runs may succeed
        progress.update(before + training.epochs - progress.n)
        result["reason"] = str(error)
    return result
