import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.network.model import LeNet
from lenet.training.loop import Report, Training, prepare_training
from lenet.training.resume import (
    Progress,
    delete_state,
    load_state,
    result_settings,
    save_state,
    state_path,
)
from lenet.training.selection import BestSoFar
from lenet.training.settings import TrainingSettings
from tests.training.helpers import small_settings, weights


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return state_path(tmp_path / "net")


def saved(path: Path, dataset: Dataset, settings: TrainingSettings) -> tuple[Training, Progress]:
    """A run whose state was saved after its first epoch."""
    training = prepare_training(LeNet(), dataset, settings)
    progress = Progress(BestSoFar(len(dataset.validation.labels)))
    for report in training.reports():
        progress.reports.append(report)
        progress.best.consider(report, training.model)
        if training.epoch == 1:
            break
    progress.seconds = 5.0
    save_state(path, training, progress, result_settings(settings))
    return training, progress


@pytest.mark.trains
def test_a_saved_state_restores_everything(path: Path, dataset: Dataset) -> None:
    settings = small_settings()
    training, progress = saved(path, dataset, settings)
    assert path.name == ".net.state.safetensors"
    resumed = prepare_training(LeNet(), dataset, settings)
    loaded = load_state(path, resumed, result_settings(settings))
    assert (loaded.reports, loaded.seconds) == (progress.reports, 5.0)
    assert loaded.best.report == progress.best.report
    assert (loaded.best.highest, loaded.best.count) == (progress.best.highest, 200)
    assert set(loaded.best.weights) == set(progress.best.weights)
    for name, value in loaded.best.weights.items():
        assert torch.equal(value, progress.best.weights[name])
    assert resumed.epoch == 1
    state, expected = resumed.state(), training.state()
    assert set(state) == set(expected)
    for name, tensor in expected.items():
        assert torch.equal(state[name], tensor), name
    delete_state(path)
    delete_state(path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"learning_rate": 0.1}, "(learning_rate was 0.004, now 0.1)"),
        ({"seed": 1}, "(seed was 0, now 1)"),
    ],
)
def test_different_settings_are_rejected(
    path: Path, dataset: Dataset, changes: dict[str, Any], words: str
) -> None:
    settings = small_settings()
    training = prepare_training(LeNet(), dataset, settings)
    save_state(path, training, Progress(BestSoFar(200)), result_settings(settings))
    changed = result_settings(dataclasses.replace(settings, **changes))
    before = weights(training.model)
    with pytest.raises(SketchpadError) as error:
        load_state(path, training, changed)
    assert words in str(error.value)
    assert torch.equal(weights(training.model), before)


def test_the_machine_and_the_folder_may_change(path: Path, dataset: Dataset) -> None:
    settings = small_settings()
    training = prepare_training(LeNet(), dataset, settings)
    progress = Progress(BestSoFar(200), [Report(1.0, 1.0, 0.5, 10.0)])
    save_state(path, training, progress, result_settings(settings))
    moved = dataclasses.replace(settings, threads=1, data="d", out="o", resume=True, device="cpu")
    assert load_state(path, training, result_settings(moved)).reports == progress.reports


def test_a_missing_or_damaged_state_is_reported(path: Path, dataset: Dataset) -> None:
    training = prepare_training(LeNet(), dataset, small_settings())
    with pytest.raises(SketchpadError, match=r"nothing to resume\. Omit --resume"):
        load_state(path, training, {})
    path.write_bytes(b"damaged")
    with pytest.raises(SketchpadError, match=r"is damaged\. Omit --resume"):
        load_state(path, training, {})
