"""The settings of one training run."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError
from lenet.files import checkpoints_folder, project_folder
from lenet.network.config import PRESETS, LeNetConfig
from lenet.options import check, option

OPTIMIZERS = ("adamw", "sgd")
SCHEDULES = ("cosine", "linear", "constant")
PRECISIONS = ("float32", "bfloat16", "auto")
REPORTS_PER_EPOCH = 10
VALIDATIONS = tuple(n for n in range(1, REPORTS_PER_EPOCH + 1) if REPORTS_PER_EPOCH % n == 0)


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of one training run, with their limits.

    Raises:
        SketchpadError: a value is out of range, or two values are incompatible.
    """

    preset: str = option("relu", "network to train", choices=PRESETS)
    dataset: str = option("mnist", "data set to train on", choices=DATASETS)
    epochs: int = option(7, "passes over the training set", low=1, high=10_000)
    batch_size: int = option(128, "examples per step", low=1, high=60_000)
    learning_rate: float = option(0.004, "highest learning rate", flag="lr", low=1e-12, high=1000.0)
    optimizer: str = option("adamw", "AdamW, or SGD with Nesterov momentum", choices=OPTIMIZERS)
    momentum: float = option(0.9, "momentum of SGD; AdamW ignores it", low=0.0, high=0.9999)
    weight_decay: float = option(0.02, "weight decay", low=0.0, high=1000.0)
    schedule: str = option(
        "cosine", "how the learning rate falls after the warm-up", choices=SCHEDULES
    )
    final_rate: float = option(
        0.0, "learning rate at the end, as a share of the highest", low=0.0, high=1.0
    )
    warmup: float = option(
        0.1, "share of the steps over which the learning rate rises from 0", low=0.0, high=1.0
    )
    label_smoothing: float = option(0.0, "label smoothing", low=0.0, high=0.99)
    augment: bool = option(True, "distort every example differently each time it is used")
    synthetic_digits: int = option(
        7500, "synthetic digits in styles that are rare in MNIST", low=0, high=1_000_000
    )
    synthetic_non_digits: int = option(
        16_000,
        "synthetic non-digits; with 0, the network never rejects a drawing",
        low=0,
        high=1_000_000,
    )
    non_digit_share: float = option(
        0.4, "non-digits added to each batch, as a share of its size", low=0.0, high=4.0
    )
    rejected: float = option(
        0.006, "share of the validation images that may be rejected", low=0.0, high=1.0
    )
    average: float = option(
        0.998, "decay of the moving average of the weights; 0 turns it off", low=0.0, high=0.999999
    )
    validations: int = option(1, "validations per epoch", choices=VALIDATIONS)
    all_images: bool = option(
        False,
        "train on the validation images, too, and keep the last epoch; needs --calibration",
        flag="all",
    )
    calibration: str = option(
        "",
        "checkpoint of the same run without --all; its temperature and threshold are copied",
    )
    seed: int = option(
        0, "random seed; the same seed gives the same weights", low=0, high=2**63 - 1
    )
    precision: str = option(
        "float32",
        "precision of the folded convolutions; auto: bfloat16 if the CPU accelerates it",
        choices=PRECISIONS,
    )
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps …")
    threads: int = option(0, "CPU threads; 0 lets PyTorch choose", low=0, high=4096)
    data: str = option("", "folder with the data sets (default: data, next to the code)")
    resume: bool = option(False, "resume a run that was stopped or killed")
    tensorboard: str = option("", "folder for TensorBoard logs; needs the package tensorboard")
    out: str = option("", "checkpoint folder (default: checkpoints/my-DATASET-PRESET)")

    def __post_init__(self) -> None:
        check(self)
        if PRESETS[self.preset].output == "rbf" and not DATASETS[self.dataset].has_digits:
            raise SketchpadError(
                f"--preset {self.preset} compares its input with the shapes of the ten digits, but "
                f"--dataset {self.dataset} has different classes. Choose a different preset."
            )
        if self.all_images != bool(self.calibration):
            raise SketchpadError(
                "--all and --calibration go together: without validation images, the temperature "
                "and the threshold must come from a checkpoint that was trained without --all. "
                "Pass both or neither."
            )

    @property
    def folder(self) -> Path:
        """The checkpoint's folder; the default differs from every shipped checkpoint."""
        if self.out:
            return Path(self.out)
        return checkpoints_folder() / f"my-{DATASETS[self.dataset].short_name}-{self.preset}"

    @property
    def data_folder(self) -> Path:
        return Path(self.data) if self.data else project_folder() / "data"


def configuration(settings: TrainingSettings) -> LeNetConfig:
    """The configuration to train: the preset, adapted to the data set."""
    preset, dataset = PRESETS[settings.preset], DATASETS[settings.dataset]
    config = replace(preset, labels=dataset.labels, box=dataset.box, centring=dataset.centring)
    if (preset.mean, preset.std) != (LeNetConfig.mean, LeNetConfig.std):
        return config  # the preset defines its own scale, as LeNet-5 does
    return replace(config, mean=dataset.mean, std=dataset.std)


def describe_settings(settings: TrainingSettings, exclude: tuple[str, ...]) -> dict[str, Any]:
    """The settings as plain values by name, except those in `exclude`."""
    return {name: value for name, value in asdict(settings).items() if name not in exclude}
