"""Fixtures shared by the tests."""

from pathlib import Path

import pytest

from lenet import Predictor
from lenet.data import Dataset
from tests.digits import made_dataset

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return made_dataset()


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """The network that is shipped and opened first."""
    return Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")
