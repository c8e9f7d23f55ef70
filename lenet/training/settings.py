"""What a training run is told: its settings, their values put together as recipes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError
from lenet.network.config import DIGITS, PRESETS, LeNetConfig
from lenet.options import option

OPTIMIZERS = ("adamw", "sgd")
SCHEDULES = ("cosine", "linear", "constant")
PRECISIONS = ("float32", "bfloat16", "auto")
REPORTS_PER_EPOCH = 10

RECIPES: dict[str, dict[str, Any]] = {
    "standard": {},
    # A rate that stays high and a long average of the weights: Izmailov, Podoprikhin, Garipov,
    # Vetrov, Wilson, "Averaging weights leads to wider optima and better generalization", UAI 2018.
    "best": {
        "epochs": 80,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "final_rate": 0.2,
        "weight_decay": 0.0005,
        "average": 0.9998,
    },
    # For a first look: three epochs, the rate up and down once.
    "quick": {
        "epochs": 3,
        "learning_rate": 0.08,
        "optimizer": "sgd",
        "weight_decay": 0.0005,
        "schedule": "linear",
        "warmup": 0.25,
        "precision": "auto",
        "label_smoothing": 0.0,
        "augment": False,
        "average": 0.0,
        "made_digits": 0,
        "made_nondigits": 0,
    },
    # Zhang, Lipton, Li, Smola, "Dive into Deep Learning", section 7.6: plain SGD, nothing else.
    "d2l": {
        "preset": "classic",
        "dataset": "fashion-mnist",
        "epochs": 10,
        "batch_size": 256,
        "learning_rate": 0.9,
        "optimizer": "sgd",
        "momentum": 0.0,
        "weight_decay": 0.0,
        "schedule": "constant",
        "warmup": 0.0,
        "label_smoothing": 0.0,
        "augment": False,
        "average": 0.0,
        "made_digits": 0,
        "made_nondigits": 0,
    },
}
"""Settings that belong together, by the name that `--recipe` knows; "standard" is the defaults."""

OTHERWISE_ON: dict[tuple[str, str], dict[str, Any]] = {
    # SGD at any rate tried stays behind here.
    ("best", "fashion-mnist"): {"epochs": 80, "average": 0.999},
}
"""Recipes that are others on a data set: their settings there, in place of those above."""


def recipe(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the recipe `name` for what else is `given`."""
    return OTHERWISE_ON.get((name, given.get("dataset", "")), RECIPES[name])


@dataclass(frozen=True)
class TrainingSettings:
    """What one training run is told; `python train.py --help` shows it as a command line.

    Raises:
        SketchpadError: a value makes no sense.
    """

    preset: str = option("relu", "network to train", choices=tuple(PRESETS))
    dataset: str = option("mnist", "data set to train on", choices=tuple(DATASETS))
    epochs: int = option(7, "passes over the training set")
    batch_size: int = option(128, "examples per step")
    learning_rate: float = option(0.004, "highest learning rate", flag="lr")
    optimizer: str = option("adamw", "AdamW, or SGD with Nesterov momentum", choices=OPTIMIZERS)
    momentum: float = option(0.9, "momentum of SGD; unused by AdamW")
    weight_decay: float = option(0.02, "weight decay")
    schedule: str = option("cosine", "how the rate falls after the warm-up", choices=SCHEDULES)
    final_rate: float = option(0.0, "where the schedule ends, as a share of the highest rate")
    warmup: float = option(0.1, "share of the steps in which the rate rises from 0")
    label_smoothing: float = option(0.0, "label smoothing, 0 to 1")
    augment: bool = option(True, "distort every example anew each time it is seen")
    made_digits: int = option(4000, "digits to make of styles that MNIST barely holds")
    made_nondigits: int = option(10000, "drawings to make that are no digits; 0: never refuse")
    nondigit_share: float = option(0.1, "non-digits shown beside each batch, as a share of it")
    refused: float = option(0.005, "share of the validation digits that may be refused")
    average: float = option(0.998, "decay of the moving average of the weights; 0 for none")
    validations: int = option(1, f"validations per epoch: 1, 2, 5 or {REPORTS_PER_EPOCH}")
    seed: int = option(0, "seed of everything random; the same seed gives the same weights")
    precision: str = option(
        "float32",
        "of the pooled convolutions; auto: bfloat16 where the CPU multiplies it fast",
        choices=PRECISIONS,
    )
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps …")
    threads: int = option(0, "CPU threads; 0 leaves the choice to PyTorch")
    data: str = option("data", "folder of the data sets")
    resume: bool = option(False, "go on with a training that was stopped or killed")
    tensorboard: str = option("", "folder for TensorBoard's logs, if its package is installed")
    out: str = option("", "checkpoint folder (default: checkpoints/mnist-PRESET or fashion-PRESET)")

    def __post_init__(self) -> None:
        if not self.out:
            short = self.dataset.removesuffix("-mnist")
            object.__setattr__(self, "out", f"checkpoints/{short}-{self.preset}")
        for name, known in (
            ("preset", PRESETS),
            ("dataset", DATASETS),
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
            ("precision", PRECISIONS),
        ):
            value = getattr(self, name)
            if value not in known:
                raise SketchpadError(f"Unknown {name} {value!r}: choose {' or '.join(known)}.")
        labels = DATASETS[self.dataset].labels
        if labels != DIGITS:  # no drawing of a digit is any of its classes
            object.__setattr__(self, "made_digits", 0)
            object.__setattr__(self, "made_nondigits", 0)
            if PRESETS[self.preset].output == "rbf":
                raise SketchpadError(
                    f"--preset {self.preset} compares with the shapes of the ten digits; "
                    f"{self.dataset} has other classes."
                )
        for name, low, high, words in (
            ("epochs", 1, 10_000, "a whole number from 1"),
            ("batch_size", 1, 1_000_000, "a whole number from 1"),
            ("learning_rate", 1e-12, 1e3, "a number above 0"),
            ("momentum", 0.0, 0.9999, "at least 0 and below 1"),
            ("weight_decay", 0.0, 1e3, "a number from 0"),
            ("warmup", 0.0, 1.0, "a share from 0 to 1"),
            ("final_rate", 0.0, 1.0, "a share from 0 to 1"),
            ("label_smoothing", 0.0, 0.99, "at least 0 and below 1"),
            ("average", 0.0, 0.999999, "at least 0 and below 1"),
            ("made_digits", 0, 1_000_000, "a whole number from 0 to 1,000,000"),
            ("made_nondigits", 0, 1_000_000, "a whole number from 0 to 1,000,000"),
            ("nondigit_share", 0.0, 4.0, "a share from 0 to 4"),
            ("refused", 0.0, 1.0, "a share from 0 to 1"),
            ("threads", 0, 4096, "a whole number from 0"),
            ("seed", 0, 2**63 - 1, "a whole number from 0"),
        ):
            value = getattr(self, name)
            if not low <= value <= high:  # false for NaN, too
                flag = "lr" if name == "learning_rate" else name.replace("_", "-")
                raise SketchpadError(f"--{flag} is {words}, not {value}.")
        if self.validations < 1 or REPORTS_PER_EPOCH % self.validations:
            raise SketchpadError(
                f"--validations is a number that divides the {REPORTS_PER_EPOCH} reports of an "
                f"epoch, not {self.validations}."
            )


def configuration(settings: TrainingSettings) -> LeNetConfig:
    """The network to train: the preset, made to fit the data set."""
    config = PRESETS[settings.preset]
    labels = DATASETS[settings.dataset].labels
    if labels == DIGITS:
        return config
    d = DATASETS[settings.dataset]
    return replace(config, labels=labels, std=d.std, mean=d.mean, box=d.box, centring=d.centring)
