from typing import Any

import pytest

from lenet.errors import SketchpadError
from lenet.training.recipes import DATASET_OVERRIDES, RECIPES, requested
from lenet.training.settings import TrainingSettings


def test_a_recipe_sets_defaults_and_options_override_them() -> None:
    d2l = requested({"recipe": "d2l", "learning_rate": 0.1})
    assert (d2l.preset, d2l.dataset, d2l.epochs, d2l.batch_size) == (
        "classic",
        "fashion-mnist",
        10,
        256,
    )
    assert (d2l.learning_rate, d2l.optimizer, d2l.momentum, d2l.augment) == (0.1, "sgd", 0, False)
    assert d2l.folder.name == "my-fashion-classic"
    assert requested({}) == requested({"recipe": "standard"}) == TrainingSettings()
    for name, settings in RECIPES.items():
        assert requested({"recipe": name}) == settings


def test_a_recipe_may_be_replaced_for_a_data_set() -> None:
    assert requested({"recipe": "best"}).optimizer == "sgd"
    options: dict[str, Any] = {"dataset": "fashion-mnist", "learning_rate": 0.002}
    fashion = requested({"recipe": "best", **options})
    assert (fashion.optimizer, fashion.learning_rate, fashion.epochs) == ("adamw", 0.002, 80)
    for (name, dataset), settings in DATASET_OVERRIDES.items():
        assert name in RECIPES
        assert settings.dataset == dataset


def test_an_unknown_recipe_is_rejected() -> None:
    with pytest.raises(SketchpadError, match="--recipe must be one of standard, best"):
        requested({"recipe": "fast"})
