"""The content of history.json: how a checkpoint was trained."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch

from lenet.datasets.datasets import Dataset
from lenet.training.data import synthetic_counts
from lenet.training.resume import Progress
from lenet.training.settings import TrainingSettings


def make_history(
    command: str,
    settings: TrainingSettings,
    dataset: Dataset,
    progress: Progress,
    test: Mapping[str, float],
) -> dict[str, Any]:
    """The command, settings and data of a run, its reports, and the results of the selected epoch.

    `test` contains the results on the test set (`evaluate`).
    """
    digits, _ = synthetic_counts(settings)
    best, rates = progress.best.report, [r.examples_per_second for r in progress.reports]
    assert best is not None
    return {
        "command": command,
        "settings": asdict(settings),
        "data": {
            "name": settings.dataset,
            "training": len(dataset.training.labels) - digits,
            "synthetic_digits": digits,
            "synthetic_non_digits": 0 if dataset.non_digits is None else len(dataset.non_digits),
            "validation": len(dataset.validation.labels),
            "test": len(dataset.test.labels),
        },
        "results": {
            "epoch": round(best.epoch),
            "validation_accuracy": best.validation_accuracy,
            **test,
            "seconds": round(progress.seconds, 1),
            "examples_per_second": round(sum(rates) / len(rates)),
        },
        "made_with": {"torch": torch.__version__, "device": dataset.test.images.device.type},
        "reports": [asdict(report) for report in progress.reports],
    }
