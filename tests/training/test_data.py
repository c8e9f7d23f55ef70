from typing import Any

import pytest
import torch

from lenet.datasets.datasets import Dataset
from lenet.training import data
from lenet.training.data import load_data, synthetic_counts, with_synthetic_drawings
from lenet.training.parallel import Processes
from lenet.training.settings import TrainingSettings


def test_synthetic_digits_are_added_to_the_training_split_only(dataset: Dataset) -> None:
    more = with_synthetic_drawings(dataset, digits=120, non_digits=0, seed=0)
    assert len(more.training.labels) == len(more.training.images) == 1620
    assert more.validation is dataset.validation
    assert more.test is dataset.test
    assert more.non_digits is None


def test_synthetic_non_digits_are_separate_from_the_training_split(dataset: Dataset) -> None:
    more = with_synthetic_drawings(dataset, digits=0, non_digits=60, seed=0)
    assert more.non_digits is not None
    assert more.non_digits.shape == (60, 1, 28, 28)
    assert more.training is dataset.training


def test_classes_that_are_not_digits_get_no_synthetic_digits() -> None:
    counts: dict[str, Any] = {"synthetic_digits": 50, "synthetic_non_digits": 70}
    assert synthetic_counts(TrainingSettings(**counts)) == (50, 70)
    assert synthetic_counts(TrainingSettings(**counts, non_digit_share=0.0)) == (50, 0)
    assert synthetic_counts(TrainingSettings(**counts, dataset="fashion-mnist")) == (0, 70)


@pytest.mark.parametrize("rank", [0, 1])
def test_only_the_first_process_downloads(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, rank: int
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(data, "fetch", lambda *_: calls.append("fetch"))
    monkeypatch.setattr(data, "load", lambda *_: dataset)
    monkeypatch.setattr(Processes, "wait", lambda _: calls.append("wait"))
    settings = TrainingSettings(synthetic_digits=10, synthetic_non_digits=20)
    device = dataset.training.images.device
    loaded = load_data(settings, Processes(device, rank, count=2))
    assert calls == ["fetch", "wait"][rank:]
    assert len(loaded.training.labels) == len(dataset.training.labels) + 10
    assert loaded.non_digits is not None


def test_a_run_on_all_images_has_an_empty_validation_split(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "fetch", lambda *_: None)
    monkeypatch.setattr(data, "load", lambda *_: dataset)
    settings = TrainingSettings(
        all_images=True, calibration="network", synthetic_digits=0, synthetic_non_digits=0
    )
    loaded = load_data(settings, Processes(dataset.training.images.device))
    labels = torch.cat([dataset.training.labels, dataset.validation.labels])
    assert torch.equal(loaded.training.labels, labels)
    assert len(loaded.training.images) == len(labels)
    assert len(loaded.validation.labels) == len(loaded.validation.images) == 0
    assert loaded.test is dataset.test
