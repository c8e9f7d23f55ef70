"""Training a LeNet: the loop, and the run that wraps it for people."""

import math
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from lenet import data, rendering
from lenet.augmentation import distort
from lenet.data import Dataset, Split
from lenet.errors import SketchpadError
from lenet.networks import PRESETS, LeNet, parameter_count, pick_device
from lenet.options import option

OPTIMIZERS = ("adamw", "sgd")
REPORTS_PER_EPOCH = 10


@dataclass(frozen=True)
class TrainingSettings:
    """What one training run is told; `python train.py --help` shows it as a command line.

    Raises:
        SketchpadError: a value makes no sense.
    """

    preset: str = option("relu", "network to train", choices=tuple(PRESETS))
    dataset: str = option("mnist", "data set to train on", choices=("mnist",))
    epochs: int = option(8, "passes over the training set")
    batch_size: int = option(128, "examples per step")
    learning_rate: float = option(0.004, "highest learning rate", flag="lr")
    optimizer: str = option("adamw", "AdamW, or SGD with Nesterov momentum", choices=OPTIMIZERS)
    momentum: float = option(0.9, "momentum of SGD; unused by AdamW")
    weight_decay: float = option(0.02, "weight decay")
    warmup: float = option(0.1, "share of the steps in which the rate rises from 0")
    label_smoothing: float = option(0.0, "label smoothing, 0 to 1")
    augment: bool = option(True, "distort every example anew each time it is seen")
    average: float = option(0.0, "decay of the moving average of the weights; 0 for none")
    seed: int = option(0, "seed of everything random; the same seed gives the same weights")
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps …")
    threads: int = option(0, "CPU threads; 0 leaves the choice to PyTorch")
    data: str = option("data", "folder of the data sets")
    out: str = option("", "checkpoint folder (default: checkpoints/DATASET-PRESET)")

    def __post_init__(self) -> None:
        if not self.out:
            object.__setattr__(self, "out", f"checkpoints/{self.dataset}-{self.preset}")
        if self.preset not in PRESETS:
            raise SketchpadError(f"Unknown preset {self.preset!r}: choose {', '.join(PRESETS)}.")
        if self.optimizer not in OPTIMIZERS:
            raise SketchpadError(f"Unknown optimizer {self.optimizer!r}: adamw or sgd.")
        for name, low, high, words in (
            ("epochs", 1, 10_000, "a whole number from 1"),
            ("batch_size", 1, 1_000_000, "a whole number from 1"),
            ("learning_rate", 1e-12, 1e3, "a number above 0"),
            ("momentum", 0.0, 0.9999, "at least 0 and below 1"),
            ("weight_decay", 0.0, 1e3, "a number from 0"),
            ("warmup", 0.0, 1.0, "a share from 0 to 1"),
            ("label_smoothing", 0.0, 0.99, "at least 0 and below 1"),
            ("average", 0.0, 0.999999, "at least 0 and below 1"),
            ("threads", 0, 4096, "a whole number from 0"),
            ("seed", 0, 2**63 - 1, "a whole number from 0"),
        ):
            value = getattr(self, name)
            if not low <= value <= high:  # false for NaN, too
                flag = "lr" if name == "learning_rate" else name.replace("_", "-")
                raise SketchpadError(f"--{flag} is {words}, not {value}.")


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
    """at the end of an epoch, else None"""


def train(model: LeNet, dataset: Dataset, settings: TrainingSettings) -> Iterator[Report]:
    """Train `model` in place on tensors that lie on its device, reporting as it goes.

    At each end of an epoch the model holds the weights that were validated (the moving average
    if there is one).

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
        optimizer, lambda step: _rate(step, total, settings.warmup)
    )
    average = _average(model, settings)
    marks = {steps * i // REPORTS_PER_EPOCH for i in range(1, REPORTS_PER_EPOCH + 1)}
    sums, seen, since = torch.zeros(2, device=training.images.device), 0, time.perf_counter()
    for epoch in range(settings.epochs):
        model.train()
        # Drawn on the CPU, so that a seed means the same order on every device.
        order = torch.randperm(count, generator=generator).to(training.labels.device)
        for step in range(steps):
            chosen = order[step * settings.batch_size : (step + 1) * settings.batch_size]
            images = training.images[chosen].float() / 255
            labels = training.labels[chosen]
            if settings.augment:
                images = distort(images, generator)
            logits = model(images).logits
            loss = F.cross_entropy(logits, labels, label_smoothing=settings.label_smoothing)
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
            ended = step + 1 == steps
            raw = None
            if ended and average:
                raw = {k: v.clone() for k, v in model.state_dict().items()}
                model.load_state_dict(average.module.state_dict())
            yield Report(
                epoch=epoch + (step + 1) / steps,
                loss=loss_sum / seen,
                accuracy=right_sum / seen,
                examples_per_second=rate,
                validation_accuracy=accuracy(model, dataset.validation) if ended else None,
            )
            if raw:
                model.load_state_dict(raw)
            model.train()
            sums.zero_()
            seen, since = 0, time.perf_counter()


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


def _rate(step: int, total: int, warmup: float) -> float:
    """Share of the highest rate: a straight warm-up, then half a cosine down to 0."""
    rising = warmup * total
    if step < rising:
        return (step + 1) / (rising + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1.0, total - rising)))


def _average(
    model: nn.Module, settings: TrainingSettings
) -> torch.optim.swa_utils.AveragedModel | None:
    if not settings.average:
        return None
    average = torch.optim.swa_utils.get_ema_multi_avg_fn(settings.average)
    return torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=average)


@torch.inference_mode()
def accuracy(model: LeNet, split: Split, batch_size: int = 1000) -> float:
    """Share of the images of `split` whose most probable class is right."""
    model.eval()
    right = torch.zeros((), device=split.labels.device, dtype=torch.int64)
    for images, labels in zip(
        split.images.split(batch_size), split.labels.split(batch_size), strict=True
    ):
        right += (model(images.float() / 255).logits.argmax(1) == labels).sum()
    return right.item() / len(split.labels)


def run(settings: TrainingSettings, command: str) -> Path:
    """Fetch the data, train, and write the best network by validation accuracy.

    Ctrl-C ends the training early and still writes the best so far. `command` is kept in the
    checkpoint as what made it. Returns the checkpoint's folder.

    Raises:
        SketchpadError: anything a person has to know; what was already good is written first.
    """
    device = pick_device(settings.device)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    dataset = data.load(settings.data, device)
    return run_on(dataset, settings, command)


def run_on(dataset: Dataset, settings: TrainingSettings, command: str) -> Path:
    """`run`, on data that is already there."""
    torch.manual_seed(settings.seed)
    device = dataset.training.images.device
    torch.backends.cudnn.deterministic = True
    model = LeNet(PRESETS[settings.preset]).to(device)
    reports: list[Report] = []
    best: dict[str, Tensor] | None = None
    best_report: Report | None = None
    stopped: BaseException | None = None
    started = time.perf_counter()
    print(
        f"Training {settings.preset} ({parameter_count(model):,} parameters) on "
        f"{len(dataset.training.labels):,} images of {settings.dataset}, on {device}. "
        "Ctrl-C keeps the best so far.",
        file=sys.stderr,
    )
    progress = tqdm(total=settings.epochs, unit="epoch", bar_format=_BAR)
    try:
        for report in train(model, dataset, settings):
            reports.append(report)
            if report.validation_accuracy is not None and (
                best_report is None
                or report.validation_accuracy > (best_report.validation_accuracy or 0)
            ):
                best_report = report
                best = {name: t.detach().clone() for name, t in model.state_dict().items()}
            progress.update(report.epoch - progress.n)
            progress.set_description_str(_status(report, best_report))
    except (KeyboardInterrupt, SketchpadError) as error:
        stopped = error
    finally:
        progress.close()
    seconds = time.perf_counter() - started
    if best is None or best_report is None:
        raise (
            stopped
            if isinstance(stopped, SketchpadError)
            else SketchpadError(
                "Stopped before the end of the first epoch: there is nothing to keep yet, and "
                f"{settings.out} is as it was."
            )
        )
    model.load_state_dict(best)
    history = {
        "command": command,
        "settings": asdict(settings),
        "data": {
            "name": settings.dataset,
            "training": len(dataset.training.labels),
            "validation": len(dataset.validation.labels),
            "test": len(dataset.test.labels),
        },
        "results": {
            "epoch": round(best_report.epoch),
            "validation_accuracy": best_report.validation_accuracy,
            "test_accuracy": accuracy(model, dataset.test),
            "seconds": round(seconds, 1),
            "examples_per_second": round(
                sum(r.examples_per_second for r in reports) / len(reports)
            ),
        },
        "made_with": {"torch": torch.__version__, "device": device.type},
        "reports": [asdict(report) for report in reports],
    }
    model.history = history
    model.attachments = {"curves.png": _curves(reports, settings)}
    model.cpu().save_pretrained(settings.out)
    print(_table(history, settings.out))
    if isinstance(stopped, SketchpadError):
        raise SketchpadError(f"{stopped} The best network so far is in {settings.out}.")
    if stopped:
        print("Stopped early; the table is that of the best epoch so far.", file=sys.stderr)
    return Path(settings.out)


_BAR = "{percentage:3.0f}%|{bar}| epoch {n:.1f}/{total} [{elapsed}<{remaining}] {desc}"


def _status(report: Report, best: Report | None) -> str:
    validated = f"{best.validation_accuracy:.2%}" if best and best.validation_accuracy else "–"
    return (
        f"loss {report.loss:.4f}, best validation {validated}, "
        f"{report.examples_per_second:,.0f} examples/s"
    )


def _curves(reports: list[Report], settings: TrainingSettings) -> bytes:
    return rendering.curves_picture(
        [r.epoch for r in reports],
        [r.loss for r in reports],
        [r.accuracy for r in reports],
        [(r.epoch, r.validation_accuracy) for r in reports if r.validation_accuracy is not None],
        f"{settings.preset} on {settings.dataset}",
    )


def _table(history: dict[str, Any], out: str) -> str:
    results = history["results"]
    rows = (
        ("best epoch", f"{results['epoch']} of {history['settings']['epochs']}"),
        ("validation accuracy", f"{results['validation_accuracy']:.2%}"),
        ("test accuracy", f"{results['test_accuracy']:.2%}"),
        ("training time", f"{results['seconds']} s"),
        ("examples per second", f"{results['examples_per_second']:,}"),
        ("checkpoint", out),
        ("curves", f"{out}/curves.png"),
    )
    return "\n".join(f"{name:<20} {value}" for name, value in rows)
