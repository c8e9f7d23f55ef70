"""The menu of networks: names, titles and accuracies."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from lenet.errors import MAX_SHOWN, SketchpadError
from lenet.network.config import DIGITS, LeNetConfig
from lenet.network.folder import HISTORY, MAX_BYTES
from lenet.network.model import LeNet
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


def test_a_long_name_is_shortened_in_the_sentence() -> None:
    with pytest.raises(SketchpadError, match=f"no network '{'x' * (MAX_SHOWN - 1)}…' in") as error:
        Gallery(ROOT / "checkpoints").checkpoint("x" * 10_000)
    assert len(str(error.value)) < 300


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


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_a_history_that_is_no_file_hides_only_the_accuracy(
    checkpoint: Path, make: Callable[[Path], object]
) -> None:
    (checkpoint / "history.json").unlink()
    make(checkpoint / "history.json")
    assert accuracies(checkpoint.parent) == [None]
    assert Gallery(checkpoint.parent).predictor("my-try").labels == DIGITS


def test_a_changed_configuration_is_read_although_the_weights_are_the_same(
    checkpoint: Path,
) -> None:
    gallery = Gallery(checkpoint.parent)
    before = gallery.predictor("my-try").model.config
    assert gallery.predictor("my-try") is gallery.predictor("my-try")
    text = json.dumps(asdict(before) | {"temperature": 2.5})
    (checkpoint / "config.json").write_text(text)
    assert gallery.predictor("my-try").model.config == replace(before, temperature=2.5)


def test_a_network_can_be_read_at_any_moment_of_a_save(checkpoint: Path) -> None:
    models = [LeNet(LeNetConfig(dense=(width,))) for width in (5, 6)]
    gallery = Gallery(checkpoint.parent)
    done = threading.Event()

    def save() -> None:
        for model in models * 20:
            model.save_pretrained(checkpoint)
        done.set()

    thread = threading.Thread(target=save)
    thread.start()
    seen = set()
    while not done.is_set():
        seen.add(gallery.predictor("my-try").model.config.dense)
    thread.join()
    assert {(5,), (6,)} <= seen


@pytest.mark.parametrize(
    "change", [{"temperature": 1e-320}, {"mean": 1e300}, {"dense": [4096] * 40}, {"std": True}]
)
def test_a_network_that_makes_no_sense_is_rejected_and_the_rest_go_on(
    checkpoint: Path, change: dict[str, Any]
) -> None:
    shutil.copytree(checkpoint, checkpoint.parent / "good")
    config = json.loads((checkpoint / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps(config | change))
    gallery = Gallery(checkpoint.parent)
    with pytest.raises(SketchpadError, match=r"The checkpoint my-try can't be used\."):
        gallery.predictor("my-try")
    assert gallery.predictor("good").labels == DIGITS


def test_app_py_prints_its_help_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "checkpoints" in done.stdout
