import dataclasses
import json
import os
import sys
import types
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from lenet.datasets.augmentation import Distortion
from lenet.datasets.datasets import DATASETS, Dataset, DatasetDescription, Split
from lenet.datasets.fetching import Source
from lenet.errors import SketchpadError
from lenet.network.checkpoint import CONFIG
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.network.parts import POOLINGS, Pooling
from lenet.training import curves, data
from lenet.training.curves import curves_picture
from lenet.training.evaluation import accuracy
from lenet.training.loop import Report, Training
from lenet.training.run import make_plan, run
from lenet.training.settings import TrainingSettings
from lenet.training.target import exclusive
from tests.conftest import interrupting
from tests.training.helpers import run_on, small_settings, weights


@pytest.fixture
def settings(tmp_path: Path) -> TrainingSettings:
    return small_settings(epochs=1, batch_size=100, out=str(tmp_path / "net"))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[bytes | None]:
    """The current curves after each report, if they may be drawn after each."""
    pictures: list[bytes | None] = []

    whole = Training.reports

    def watched(training: Training) -> Iterator[Report]:
        for report in whole(training):
            yield report
            live = tmp_path / ".net.curves.png"
            pictures.append(live.read_bytes() if live.exists() else None)

    monkeypatch.setattr(Training, "reports", watched)
    monkeypatch.setattr(curves, "LIVE_PAUSE", 0.0)
    monkeypatch.setattr(curves, "LIVE_SHARE", 1e9)
    return pictures


# ------------------------------------------------------------------ the plan


def test_settings_that_would_fail_are_rejected_in_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "diary.txt").write_text("dear diary")
    monkeypatch.chdir(tmp_path)
    for out, words in (
        (".", "name a new or empty folder"),
        ("..", "name a new or empty folder"),
        ("/", "name a new or empty folder"),
        ("file", "can't be written"),
        ("file/net", "can't be written"),
        ("broken", "name a new or empty folder"),
        ("diary", "holds other files"),
    ):
        with pytest.raises(SketchpadError, match=words):
            make_plan(TrainingSettings(out=out), "")
    for changes, words in (
        ({"resume": True}, "nothing to resume"),
        ({"device": "abacus"}, "--device abacus"),
        ({"preset": "lenet5-1998", "precision": "bfloat16"}, "--precision bfloat16"),
    ):
        with pytest.raises(SketchpadError, match=words):
            make_plan(TrainingSettings(out="net", **changes), "")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "broken", "diary"}


def test_only_one_run_writes_to_a_folder(
    dataset: Dataset, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "fetch", lambda *_: None)
    monkeypatch.setattr(data, "load", lambda *_: dataset)
    with exclusive(settings.folder), pytest.raises(SketchpadError, match="Another run"):
        run(settings, "")
    with pytest.raises(SketchpadError, match="Another run"), interrupted_by_a_second(
        settings, monkeypatch
    ):
        run(settings, "")


class interrupted_by_a_second:
    pass
