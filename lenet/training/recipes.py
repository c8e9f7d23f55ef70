"""Recipes: named sets of defaults, which options override."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lenet.errors import SketchpadError
from lenet.training.settings import TrainingSettings

_PLAIN: dict[str, Any] = {
    "label_smoothing": 0.0,
    "augment": False,
    "average": 0.0,
    "synthetic_digits": 0,
    "synthetic_non_digits": 0,
}
"""The unmodified data set and nothing else."""

RECIPES: dict[str, TrainingSettings] = {
    "standard": TrainingSettings(),
    # A learning rate that stays high and a long average of the weights: Izmailov, Podoprikhin,
    # Garipov, Vetrov, Wilson, "Averaging weights leads to wider optima and better generalization",
    # UAI 2018.
    "best": TrainingSettings(
        epochs=80,
        optimizer="sgd",
        learning_rate=0.1,
        final_rate=0.2,
        weight_decay=0.0005,
        average=0.9998,
    ),
    # For a first look: three epochs; the learning rate rises and falls once.
    "quick": TrainingSettings(
        epochs=3,
        learning_rate=0.08,
        optimizer="sgd",
        weight_decay=0.0005,
        schedule="linear",
        warmup=0.25,
        precision="auto",
        **_PLAIN,
    ),
    # Zhang, Lipton, Li, Smola, "Dive into Deep Learning", section 7.6: plain SGD, nothing else.
    "d2l": TrainingSettings(
        preset="classic",
        dataset="fashion-mnist",
        epochs=10,
        batch_size=256,
        learning_rate=0.9,
        optimizer="sgd",
        momentum=0.0,
        weight_decay=0.0,
        schedule="constant",
        warmup=0.0,
        **_PLAIN,
    ),
}

DATASET_OVERRIDES: dict[tuple[str, str], TrainingSettings] = {
    # Here AdamW beats SGD at every learning rate that was tried. Drawings are so unlike photographs
    # of garments that a small share of them is enough.
    ("best", "fashion-mnist"): TrainingSettings(
        dataset="fashion-mnist", epochs=80, average=0.999, non_digit_share=0.1
    ),
}
"""Replacements for a recipe on a data set that needs different settings."""


def recipe(name: str, dataset: str = "") -> TrainingSettings:
    """The settings of the recipe `name`, for `dataset` if the caller chose one.

    Raises:
        SketchpadError: there is no such recipe.
    """
    if name not in RECIPES:
        raise SketchpadError(f"--recipe must be one of {', '.join(RECIPES)}, got {name}.")
    return DATASET_OVERRIDES.get((name, dataset), RECIPES[name])


def requested(options: Mapping[str, Any]) -> TrainingSettings:
    """The settings of a command line, whose options override its `recipe`."""
    changes = dict(options)
    name = changes.pop("recipe", "standard")
    return replace(recipe(name, changes.get("dataset", "")), **changes)
