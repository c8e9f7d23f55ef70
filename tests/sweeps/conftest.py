"""Data for the tests of sweeps."""

import dataclasses

import pytest

from lenet.datasets.datasets import Dataset, Split


@pytest.fixture
def small(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A synthetic data set in the place of those that would be fetched."""
    part = dataclasses.replace(dataset, training=Split(*(t[:500] for t in dataset.training)))
    monkeypatch.setattr("lenet.datasets.datasets.load", lambda *_: part)
    return part


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail as soon as a sweep loads data."""

    def loaded(*_: object) -> None:
        raise AssertionError("work has started")

    monkeypatch.setattr("lenet.datasets.datasets.load", loaded)
