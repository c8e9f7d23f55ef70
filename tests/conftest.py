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
from tests.support.digits import made_dataset
from tests.support.server import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser


# Tests run on all cores at once, a thread each; programs that they start do the same.
os.environ.setdefault("OMP_NUM_THREADS", "1")
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return made_dataset()


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """The network that is shipped and opened first."""
    return Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints: those that are shipped, and two untrained ones.

    `things` knows other classes than digits, `one-layer` has a single convolution.
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
    """The one browser of a test session."""
    from tests.support.browser import chromium  # only tests of the page need it

    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(mixed: Path) -> Iterator[str]:
    """The one server of a test session."""
    with serve(["app.py", "--checkpoints", str(mixed)]) as address:
        yield address


def interrupting(after: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let training break off after so many reports."""

    whole = Training.reports

    def breaking(training: Training) -> Iterator[Report]:
        for number, report in enumerate(whole(training), start=1):
            yield report
            if number == after:
                raise error

    monkeypatch.setattr(Training, "reports", breaking)
