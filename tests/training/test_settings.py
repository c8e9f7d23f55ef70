import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError
from lenet.files import checkpoints_folder, project_folder
from lenet.network.config import PRESETS
from lenet.training.settings import TrainingSettings, configuration, describe_settings
from tests.support import ROOT


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"batch_size": 10_000_000}, "--batch-size must be between 1 and 60,000, got 10000000."),
        ({"learning_rate": 1e30}, "--lr must be between 1e-12 and 1,000, got 1e+30."),
        ({"learning_rate": float("nan")}, "--lr must be between 1e-12 and 1,000, got nan."),
        ({"rejected": 2.0}, "--rejected must be between 0 and 1, got 2.0."),
        ({"validations": 3}, "--validations must be 1, 2, 5 or 10, got 3."),
        ({"preset": "vgg"}, "--preset must be classic, relu, conv3 or lenet5-1998, got vgg."),
        ({"dataset": "cifar"}, "--dataset must be mnist or fashion-mnist, got cifar."),
        ({"optimizer": "lion"}, "--optimizer must be adamw or sgd, got lion."),
    ],
)
def test_invalid_values_are_reported_with_their_limits(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SketchpadError, match=f"^{re.escape(sentence)}$"):
        TrainingSettings(**changes)


def test_every_number_has_limits_that_include_its_default() -> None:
    for f in dataclasses.fields(TrainingSettings):
        if isinstance(f.default, int | float) and not isinstance(f.default, bool):
            low, high, choices = (f.metadata[name] for name in ("low", "high", "choices"))
            assert choices or low <= f.default <= high, f.name


def test_a_preset_registered_later_is_a_valid_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "tiny", dataclasses.replace(PRESETS["relu"], dense=(10,)))
    assert configuration(TrainingSettings(preset="tiny")).dense == (10,)


def test_a_network_is_adapted_to_its_data_set() -> None:
    fashion = DATASETS["fashion-mnist"]
    config = configuration(TrainingSettings(dataset="fashion-mnist"))
    assert config.labels == fashion.labels
    assert (config.box, config.centring) == (28, "box")
    assert config.std == fashion.std
    for preset in PRESETS:
        assert configuration(TrainingSettings(preset=preset)) == PRESETS[preset]
    with pytest.raises(SketchpadError, match="shapes of the ten digits"):
        TrainingSettings(dataset="fashion-mnist", preset="lenet5-1998")


@pytest.mark.parametrize("changes", [{"all_images": True}, {"calibration": "checkpoints/net"}])
def test_a_run_on_all_images_needs_a_calibrated_checkpoint(changes: dict[str, Any]) -> None:
    with pytest.raises(SketchpadError, match="--all and --calibration go together"):
        TrainingSettings(**changes)


def test_the_default_folder_is_not_a_shipped_checkpoint() -> None:
    assert TrainingSettings(preset="classic").folder == checkpoints_folder() / "my-mnist-classic"
    fashion = TrainingSettings(dataset="fashion-mnist")
    assert fashion.folder == checkpoints_folder() / "my-fashion-relu"
    shipped = {path.name for path in (ROOT / "checkpoints").iterdir()}
    for preset in PRESETS:
        assert TrainingSettings(preset=preset).folder.name not in shipped
    assert TrainingSettings(out="checkpoints/mnist-relu").folder == Path("checkpoints/mnist-relu")


def test_the_default_data_folder_is_next_to_the_code_but_not_in_the_settings() -> None:
    settings = TrainingSettings()
    assert settings.data_folder == project_folder() / "data"
    assert TrainingSettings(data="elsewhere").data_folder == Path("elsewhere")
    described = describe_settings(settings, exclude=("epochs",))
    assert "epochs" not in described
    assert (described["data"], described["out"], described["batch_size"]) == ("", "", 128)


def test_only_settings_and_recipes_mention_a_data_set_by_name() -> None:
    named = {
        path.name
        for path in (ROOT / "lenet" / "training").glob("*.py")
        if re.search(r"[\"'](fashion-)?mnist[\"']", path.read_text(encoding="utf-8"))
    }
    assert named == {"settings.py", "recipes.py"}  # a default value, and recipes for one data set
