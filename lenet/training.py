"""Training a LeNet: its settings, the loop, and what is measured on the way."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet import synthesis
from lenet.augmentation import Distortion, distort
from lenet.calibration import choose_threshold, evidence, fit_temperature, with_shifts
from lenet.data import SOURCES, Dataset, Split
from lenet.errors import SketchpadError
from lenet.layers import competing_loss
from lenet.networks import DIGITS, PRESETS, LeNet, LeNetConfig
from lenet.options import option

OPTIMIZERS = ("adamw", "sgd")
SCHEDULES = ("cosine", "linear", "constant")
REPORTS_PER_EPOCH = 10
NONDIGIT_WEIGHT = 0.5
"""Weight of the loss of the non-digits, after Hendrycks, Mazeika, Dietterich, "Deep anomaly
detection with outlier exposure", ICLR 2019."""
MIXED_SHARE = 0.3
"""Share of the non-digits that are halves of two digits put together."""
RUBBISH = 20.0
"""The constant penalty j in the loss of an RBF output (`lenet.layers.competing_loss`); the paper
does not give its value."""
AUGMENTATIONS = {
    "mnist": Distortion(),
    # Things worn are photographed upright and fill the picture, and have a left and a right.
    "fashion-mnist": Distortion(
        rotation=4, scale=0.05, shear=0.04, shift=1.0, elastic=0.3, flip=0.5
    ),
}

RECIPES: dict[str, dict[str, Any]] = {
    "standard": {},
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


@dataclass(frozen=True)
class TrainingSettings:
    """What one training run is told; `python train.py --help` shows it as a command line.

    Raises:
        SketchpadError: a value makes no sense.
    """

    preset: str = option("relu", "network to train", choices=tuple(PRESETS))
    dataset: str = option("mnist", "data set to train on", choices=tuple(SOURCES))
    epochs: int = option(7, "passes over the training set")
    batch_size: int = option(128, "examples per step")
    learning_rate: float = option(0.004, "highest learning rate", flag="lr")
    optimizer: str = option("adamw", "AdamW, or SGD with Nesterov momentum", choices=OPTIMIZERS)
    momentum: float = option(0.9, "momentum of SGD; unused by AdamW")
    weight_decay: float = option(0.02, "weight decay")
    schedule: str = option("cosine", "how the rate falls after the warm-up", choices=SCHEDULES)
    warmup: float = option(0.1, "share of the steps in which the rate rises from 0")
    label_smoothing: float = option(0.05, "label smoothing, 0 to 1")
    augment: bool = option(True, "distort every example anew each time it is seen")
    made_digits: int = option(6000, "digits to make of styles that MNIST barely holds")
    made_nondigits: int = option(10000, "drawings to make that are no digits; 0: never refuse")
    nondigit_share: float = option(0.2, "non-digits shown beside each batch, as a share of it")
    refused: float = option(0.006, "share of the validation digits that may be refused")
    average: float = option(0.998, "decay of the moving average of the weights; 0 for none")
    validations: int = option(1, f"validations per epoch: 1, 2, 5 or {REPORTS_PER_EPOCH}")
    seed: int = option(0, "seed of everything random; the same seed gives the same weights")
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps …")
    threads: int = option(0, "CPU threads; 0 leaves the choice to PyTorch")
    data: str = option("data", "folder of the data sets")
    out: str = option("", "checkpoint folder (default: checkpoints/DATASET-PRESET)")

    def __post_init__(self) -> None:
        if not self.out:
            object.__setattr__(self, "out", f"checkpoints/{self.dataset}-{self.preset}")
        for name, known in (
            ("preset", PRESETS),
            ("dataset", SOURCES),
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
        ):
            value = getattr(self, name)
            if value not in known:
                raise SketchpadError(f"Unknown {name} {value!r}: choose {' or '.join(known)}.")
        labels = SOURCES[self.dataset].labels
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


@dataclass(frozen=True)
class Report:
    """How training stands; one comes ten times an epoch."""

    epoch: float
    """epochs done, fractions included"""
    loss: float
    """mean training loss since the last report"""
    accuracy: float
    """training accuracy since the last report, on the examples as they were shown"""
    examples_per_second: float
    """since the last report, without validation"""
    validation_accuracy: float | None = None
    """where it was measured, always at the end of an epoch; else None"""


def train(model: LeNet, dataset: Dataset, settings: TrainingSettings) -> Iterator[Report]:
    """Train `model` in place on tensors that lie on its device, reporting as it goes.

    At each report with a validation accuracy the model holds the weights that were validated (the
    moving average if there is one).

    Raises:
        SketchpadError: the loss is no longer a number, or a batch is larger than the set.
    """
    training = dataset.training
    count = len(training.labels)
    if settings.batch_size > count:
        raise SketchpadError(
            f"--batch-size {settings.batch_size} is larger than the training set ({count})."
        )
    generator = torch.Generator().manual_seed(settings.seed)
    steps = count // settings.batch_size
    total = steps * settings.epochs
    optimizer = _optimizer(model, settings)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _rate(step, total, settings)
    )
    average = _average(model, settings)
    others = 0
    if dataset.nondigits is not None:
        others = round(settings.nondigit_share * settings.batch_size)
    marks, validations = _marks(steps, REPORTS_PER_EPOCH), _marks(steps, settings.validations)
    sums, seen, since = torch.zeros(2, device=training.images.device), 0, time.perf_counter()
    for epoch in range(settings.epochs):
        model.train()
        # Drawn on the CPU, so that a seed means the same order on every device.
        order = torch.randperm(count, generator=generator).to(training.labels.device)
        for step in range(steps):
            chosen = order[step * settings.batch_size : (step + 1) * settings.batch_size]
            images = training.images[chosen].float() / 255
            labels = training.labels[chosen]
            if others:
                images = torch.cat([images, _nondigits(images, dataset, others, generator)])
            if settings.augment:
                images = distort(images, generator, AUGMENTATIONS[settings.dataset])
            logits, nondigit_logits = model(images).logits.split([len(labels), others])
            loss = _loss(model, logits, labels, settings)
            if others:
                weight = NONDIGIT_WEIGHT * settings.nondigit_share
                loss = loss + weight * _nondigit_loss(model, nondigit_logits)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            if average:
                average.update_parameters(model)
            with torch.no_grad():
                right = (logits.argmax(1) == labels).sum()
                sums += torch.stack([loss.detach() * len(labels), right])
            seen += len(labels)
            if step + 1 not in marks:
                continue
            loss_sum, right_sum = sums.tolist()
            if not math.isfinite(loss_sum):
                raise SketchpadError(
                    f"The loss stopped being a number in epoch {epoch + 1}: try a smaller --lr."
                )
            rate = seen / (time.perf_counter() - since)
            validated = step + 1 in validations
            raw = None
            if validated and average:
                raw = {k: v.clone() for k, v in model.state_dict().items()}
                model.load_state_dict(average.module.state_dict())
            yield Report(
                epoch=epoch + (step + 1) / steps,
                loss=loss_sum / seen,
                accuracy=right_sum / seen,
                examples_per_second=rate,
                validation_accuracy=accuracy(model, dataset.validation) if validated else None,
            )
            if raw:
                model.load_state_dict(raw)
            model.train()
            sums.zero_()
            seen, since = 0, time.perf_counter()


def _marks(steps: int, count: int) -> set[int]:
    """The steps of an epoch, counted from 1, after which each `count`-th part of it is done."""
    return {steps * i // count for i in range(1, count + 1)}


def _nondigits(digits: Tensor, dataset: Dataset, count: int, generator: torch.Generator) -> Tensor:
    """`count` images `(count, 1, 28, 28)` that are no digits: made ones, and mixed halves."""
    assert dataset.nondigits is not None
    made = dataset.nondigits
    mixed = min(round(MIXED_SHARE * count), len(digits))
    chosen = torch.randint(len(made), (count - mixed,), generator=generator).to(made.device)
    halves = synthesis.mixed_halves(digits, generator)[:mixed]
    return torch.cat([made[chosen].float() / 255, halves])


def _optimizer(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(
            model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
    return torch.optim.SGD(
        model.parameters(),
        settings.learning_rate,
        momentum=settings.momentum,
        nesterov=settings.momentum > 0,
        weight_decay=settings.weight_decay,
    )


def _rate(step: int, total: int, settings: TrainingSettings) -> float:
    """Share of the highest rate: a straight warm-up, then down to 0, or on as it is."""
    rising = settings.warmup * total
    if step < rising:
        return (step + 1) / (rising + 1)
    done = (step - rising) / max(1.0, total - rising)
    if settings.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * done))
    return 1 - done if settings.schedule == "linear" else 1.0


def _loss(model: LeNet, logits: Tensor, labels: Tensor, settings: TrainingSettings) -> Tensor:
    """Mean loss over the batch: logits `(B, classes)`, labels `(B,)`."""
    if model.config.output == "rbf":
        return competing_loss(logits, labels, RUBBISH)
    return F.cross_entropy(logits, labels, label_smoothing=settings.label_smoothing)


def _nondigit_loss(model: LeNet, logits: Tensor) -> Tensor:
    """Mean loss over non-digits with logits `(B, classes)`."""
    if model.config.output == "rbf":
        rubbish = torch.full_like(logits[:, 0], logits.shape[1], dtype=torch.long)
        return competing_loss(logits, rubbish, RUBBISH)
    # Outlier exposure: where there is no digit, every class is as likely.
    return -F.log_softmax(logits, dim=1).mean()


def _average(
    model: nn.Module, settings: TrainingSettings
) -> torch.optim.swa_utils.AveragedModel | None:
    if not settings.average:
        return None

    @torch.no_grad()
    def mix(averaged: list[Tensor], current: list[Tensor], seen: Tensor) -> None:
        # At first over fewer steps, so that the random start is soon forgotten.
        decay = min(settings.average, (1 + int(seen)) / (10 + int(seen)))
        torch._foreach_lerp_(averaged, current, 1 - decay)

    # Its annotation asks for tuples of tensors; it hands over lists.
    return torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=mix)  # type: ignore[arg-type]


@torch.inference_mode()
def logits_of(model: LeNet, images: Tensor, batch_size: int = 1000) -> Tensor:
    """Logits `(N, 10)`, on the CPU, of images `(N, 1, 28, 28)` uint8."""
    model.eval()
    parts = [model(batch.float() / 255).logits for batch in images.split(batch_size)]
    return torch.cat(parts).cpu()


def shifted_logits(model: LeNet, images: Tensor) -> Tensor:
    """Logits `(5, N, 10)` of images `(N, 1, 28, 28)` uint8 and of their shifts."""
    return torch.stack([logits_of(model, moved) for moved in with_shifts(images)])


def accuracy(model: LeNet, split: Split) -> float:
    """Share of the images of `split` whose most probable class is right."""
    return share_right(logits_of(model, split.images), split.labels)


def share_right(logits: Tensor, labels: Tensor) -> float:
    return (logits.argmax(1) == labels.cpu()).sum().item() / len(labels)


def configuration(settings: TrainingSettings) -> LeNetConfig:
    """The network to train: the preset, made to fit the data set."""
    config = PRESETS[settings.preset]
    labels = SOURCES[settings.dataset].labels
    if labels == DIGITS:
        return config
    # Xiao, Rasul, Vollgraf 2017, section 2: the longer side to 28 pixels, placed in the middle.
    return replace(config, labels=labels, std=0.3530, mean=0.0, box=28, centring="box")


def with_made_drawings(dataset: Dataset, settings: TrainingSettings) -> Dataset:
    """The data set with made digits among the training images, and with made non-digits."""
    device = dataset.training.images.device
    training, nondigits = dataset.training, None
    if settings.made_digits:
        made = synthesis.made_digits(settings.made_digits, settings.seed)
        pairs = zip(training, made, strict=True)
        training = Split(*(torch.cat([real, other.to(device)]) for real, other in pairs))
    if settings.made_nondigits and settings.nondigit_share:
        nondigits = synthesis.made_nondigits(settings.made_nondigits, settings.seed).to(device)
    return replace(dataset, training=training, nondigits=nondigits)


def calibrate(model: LeNet, dataset: Dataset, refused: float) -> None:
    """Set the model's temperature and threshold by the validation split.

    The threshold is the evidence that all but the share `refused` of these digits reach; a model
    that has seen no non-digits in training gets none, since its evidence would say little.
    """
    logits = shifted_logits(model, dataset.validation.images)
    threshold = None
    if dataset.nondigits is not None:
        threshold = choose_threshold(evidence(logits), refused)
    model.calibrate(fit_temperature(logits[0], dataset.validation.labels), threshold)
