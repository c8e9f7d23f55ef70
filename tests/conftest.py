"""Fixtures shared by the tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from lenet import Convolution, LeNet, LeNetConfig, Predictor
from lenet.datasets.datasets import FASHION_MNIST, Dataset
from lenet.training.loop import Report, Training
from tests.support import ROOT
from tests.support.digits import synthetic_dataset
from tests.support.server import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser


# Tests run on all cores at once, a thread each; programs that they start do the same.
os.environ.setdefault("OMP_NUM_THREADS", "1")
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return synthetic_dataset()


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """The shipped network that the page opens first."""
    return Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped checkpoints and two untrained ones.

    `things` has clothing classes instead of digits; `one-layer` has a single convolution.
    """
    folder = tmp_path_factory.mktemp("mixed")
    shutil.copytree(ROOT / "checkpoints", folder, dirs_exist_ok=True)
    torch.manual_seed(0)
    config = LeNetConfig(labels=FASHION_MNIST.labels, box=28, centring="box")
    LeNet(config).save_pretrained(folder / "things")
    LeNet(LeNetConfig(convolutions=(Convolution(6),))).save_pretrained(folder / "one-layer")
    return folder


@pytest.fixture(scope="session")
def things(mixed: Path) -> Predictor:
    return Predictor.from_pretrained(mixed / "things")


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One browser shared by the whole session."""
    from tests.support.browser import chromium  # not every test session needs Playwright

    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(mixed: Path) -> Iterator[str]:
    """One server shared by the whole session."""
    with serve(["app.py", "--checkpoints", str(mixed)]) as address:
        yield address


def interrupt_training(after: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make training raise `error` once it has yielded `after` reports."""

    original = Training.reports

    def interrupted(training: Training) -> Iterator[Report]:
        for number, report in enumerate(original(training), start=1):
            yield report
            if number == after:
                raise error

    monkeypatch.setattr(Training, "reports", interrupted)
