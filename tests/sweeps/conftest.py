"""Fixtures for the sweep tests."""

import dataclasses

import pytest

from lenet.datasets.datasets import Dataset, Split


@pytest.fixture
def small(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Replaces the data sets with a small synthetic one that needs no download."""
    part = dataclasses.replace(dataset, training=Split(*(t[:500] for t in dataset.training)))
    monkeypatch.setattr("lenet.datasets.datasets.load", lambda *_: part)
    return part


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails as soon as a sweep loads data."""

    def load(*_: object) -> None:
        raise AssertionError("work has started")

    monkeypatch.setattr("lenet.datasets.datasets.load", load)
