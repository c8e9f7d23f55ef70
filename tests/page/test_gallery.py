"""The menu of networks: names, titles and accuracies."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lenet.network.folder import HISTORY, MAX_BYTES
from lenet.page.gallery import Gallery, title_of
from tests.support import ROOT


def test_the_shipped_networks_have_titles_and_accuracies() -> None:
    shown = {entry["name"]: entry for entry in Gallery(ROOT / "checkpoints").menu()}
    expected = {
        "mnist-relu": "LeNet with ReLU",
        "mnist-classic": "Classic LeNet",
        "mnist-conv3": "LeNet with three convolutions",
        "mnist-lenet5-1998": "LeCun's LeNet-5, 1998",
        "fashion-classic": "Fashion-MNIST: Classic LeNet",
        "fashion-relu": "Fashion-MNIST: LeNet with ReLU",
    }
    assert list(shown) == list(expected), "the default, its data set, the rest"
    for name, title in expected.items():
        assert shown[name]["title"] == title
        assert shown[name]["accuracy"] == accuracy(ROOT / "checkpoints" / name)


@pytest.mark.parametrize("name", ["my-try", "mnist-", "mnist-relu-2", "relu", "", "kmnist-relu"])
def test_other_folders_are_shown_by_name(name: str) -> None:
    assert title_of(name) == name


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "checkpoints" / "mnist-classic", tmp_path / "my-try")
    return tmp_path / "my-try"


def accuracy(checkpoint: Path) -> float:
    history = json.loads((checkpoint / "history.json").read_text())
    return float(history["results"]["test_accuracy_over_views"])


def accuracies(folder: Path) -> list[Any]:
    return [entry["accuracy"] for entry in Gallery(folder).menu()]


def test_a_changed_accuracy_is_read_again(checkpoint: Path) -> None:
    assert accuracies(checkpoint.parent) == [accuracy(checkpoint)]
    history = json.loads((checkpoint / "history.json").read_text())
    history["results"]["test_accuracy_over_views"] = 0.12345
    (checkpoint / "history.json").write_text(json.dumps(history))
    assert accuracies(checkpoint.parent) == [0.12345]


@pytest.mark.parametrize(
    "history",
    [
        "",
        "not JSON",
        "[" * 200_000,
        "[]",
        "{}",
        '{"results": 7}',
        '{"results": {}}',
        '{"results": {"test_accuracy_over_views": "high"}}',
        '{"results": {"test_accuracy_over_views": null}}',
        '{"results": {"test_accuracy_over_views": NaN}}',
        '{"results": {"test_accuracy_over_views": 1e999}}',
        '{"results": {"test_accuracy_over_views": 99.3}}',
        '{"results": {"test_accuracy_over_views": ' + "9" * 5000 + "}}",
        "\udcff",
    ],
    ids=lambda text: ascii(text[:60]),
)
def test_an_invalid_history_hides_only_the_accuracy(checkpoint: Path, history: str) -> None:
    (checkpoint / "history.json").write_text(history, errors="surrogateescape")
    assert accuracies(checkpoint.parent) == [None]


def test_a_huge_history_is_not_read(checkpoint: Path) -> None:
    history = checkpoint / "history.json"
    history.write_text(history.read_text() + " " * MAX_BYTES[HISTORY])
    assert accuracies(checkpoint.parent) == [None]


def test_a_checkpoint_without_a_history_is_in_the_menu(checkpoint: Path) -> None:
    (checkpoint / "history.json").unlink()
    assert accuracies(checkpoint.parent) == [None]


def test_app_py_prints_its_help_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "checkpoints" in done.stdout
