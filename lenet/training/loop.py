"""Training a LeNet: the loop, and what is measured on the way."""

import ctypes
import math
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from lenet.datasets import non_digits, synthetic_digits
from lenet.datasets.augmentation import distort
from lenet.datasets.datasets import DATASETS, Dataset, Split
from lenet.errors import SketchpadError
from lenet.network.folding import FoldedLeNet
from lenet.network.layers import competing_losses
from lenet.network.model import LeNet
from lenet.reading.calibration import choose_threshold, fit_temperature
from lenet.reading.views import answer_logits, evidence, views
from lenet.training import parallel
from lenet.training.device import pick_device
from lenet.training.settings import REPORTS_PER_EPOCH, TrainingSettings

NONDIGIT_WEIGHT = 0.5
"""Weight of the loss of the non-digits, after Hendrycks, Mazeika, Dietterich, "Deep anomaly
detection with outlier exposure", ICLR 2019."""
MIXED_SHARE = 0.3
"""Share of the non-digits that are halves of two digits put together."""
RUBBISH = 20.0
"""The constant penalty j in the loss of an RBF output (`lenet.layers.competing_losses`); the paper
does not give its value."""
NONE = -1
"""The label of what is no digit."""


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


class Training:
    """One training run of `model`, in place, that can be put down and taken up between epochs.

    The data set's tensors lie on the model's device. Where PyTorch's process group is up, every
    process works on its part of each batch, and the sum of the parts is the batch that one process
    would have had.

    Raises:
        SketchpadError: a batch is larger than the set, or the network can't have that precision.
    """

    def __init__(self, model: LeNet, dataset: Dataset, settings: TrainingSettings) -> None:
        count = len(dataset.training.labels)
        if settings.batch_size > count:
            raise SketchpadError(
                f"--batch-size {settings.batch_size} is larger than the training set ({count})."
            )
        self.dataset, self.settings = dataset, settings
        self.folded = FoldedLeNet(model)
        if not self.folded.blocks:
            # What is not folded is fastest where the channels of a map lie side by side.
            model.to(memory_format=torch.channels_last)
        self.model = model
        self.epoch = 0
        self._raw: dict[str, Tensor] | None = None
        self.steps = count // settings.batch_size
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.optimizer = _optimizer(model, settings)
        self.average = _average(model, settings)
        self.others = 0
        if dataset.non_digits is not None:
            self.others = round(settings.nondigit_share * settings.batch_size)
        labels = dataset.training.labels
        self._none = labels.new_full((self.others,), NONE)
        self._weights = torch.ones(settings.batch_size + self.others, device=labels.device)
        if self.others:
            share = settings.nondigit_share * settings.batch_size / self.others
            self._weights[settings.batch_size :] = NONDIGIT_WEIGHT * share
        self.dtype = _precision(self.folded, settings, labels.device)
        rank, self.processes = parallel.rank_and_count()
        self.part = slice(rank, None, self.processes)

    def reports(self) -> Iterator[Report]:
        """Train, reporting as it goes; `epoch` counts the epochs that are done.

        At each report with a validation accuracy the model holds the weights that were validated
        (the moving average if there is one).

        Raises:
            SketchpadError: the loss is no longer a number.
        """
        settings, training = self.settings, self.dataset.training
        wrapped = DistributedDataParallel(self.folded) if self.processes > 1 else self.folded
        marks = _marks(self.steps, REPORTS_PER_EPOCH)
        validations = _marks(self.steps, settings.validations)
        self.model.train()
        while self.epoch < settings.epochs:
            # Drawn on the CPU, so that a seed means the same order on every device.
            order = torch.randperm(len(training.labels), generator=self.generator)
            order = order.to(training.labels.device)
            sums, seen, since = torch.zeros(2, device=order.device), 0, time.perf_counter()
            for step, chosen in enumerate(order.split(settings.batch_size)[: self.steps], start=1):
                self._set_rate(self.epoch * self.steps + step - 1)
                sums += self._step(wrapped, chosen)
                seen += settings.batch_size
                if step not in marks:
                    continue
                if self.processes > 1:
                    distributed.all_reduce(sums)
                loss_sum, right_sum = sums.tolist()
                if not math.isfinite(loss_sum):
                    raise SketchpadError(
                        f"The loss stopped being a number in epoch {self.epoch + 1}: "
                        "try a smaller --lr."
                    )
                rate = seen / (time.perf_counter() - since)
                ended, validated = step == self.steps, step in validations
                self.epoch += ended
                with self._averaged() if validated else nullcontext():
                    yield Report(
                        epoch=self.epoch + (not ended) * step / self.steps,
                        loss=loss_sum / seen,
                        accuracy=right_sum / seen,
                        examples_per_second=rate,
                        validation_accuracy=(
                            accuracy(self.model, self.dataset.validation) if validated else None
                        ),
                    )
                self.model.train()
                sums, seen, since = torch.zeros_like(sums), 0, time.perf_counter()

    def _step(self, wrapped: nn.Module, chosen: Tensor) -> Tensor:
        """One step on the images `chosen` `(B,)`; sums over this process's part: loss, right."""
        training, settings = self.dataset.training, self.settings
        images = training.images.index_select(0, chosen).float() / 255
        labels = training.labels[chosen]
        if self.others:
            images = torch.cat(
                [images, _nondigits(images, self.dataset, self.others, self.generator)]
            )
            labels = torch.cat([labels, self._none])
        if settings.augment:
            amount = DATASETS[settings.dataset].distortion
            images = distort(images, self.generator, amount, self.part)
        else:
            images = images[self.part]
        labels, weights = labels[self.part], self._weights[self.part]
        logits = wrapped(images.to(self.dtype))
        losses = _losses(self.model, logits, labels, settings.label_smoothing)
        loss = (losses * weights).sum()
        self.optimizer.zero_grad()
        # DistributedDataParallel takes the mean over the processes.
        (loss * (self.processes / len(chosen))).backward()
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)
        with torch.no_grad():
            return torch.stack([loss, (logits.argmax(1) == labels).sum()])

    def _set_rate(self, step: int) -> None:
        share = _rate(step, self.steps * self.settings.epochs, self.settings)
        for group in self.optimizer.param_groups:
            group["lr"] = share * self.settings.learning_rate

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """The model with the averaged weights in it, if there is an average."""
        if not self.average:
            yield
            return
        self._raw = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.average.module.state_dict())
        yield
        self.model.load_state_dict(self._raw)
        self._raw = None

    def state(self) -> dict[str, Tensor]:
        """All that it takes to go on from the end of this epoch, as tensors by name."""
        model = self._raw or self.model.state_dict()
        steps = self.optimizer.state_dict()["state"]
        return {
            **{f"model.{name}": value for name, value in model.items()},
            **{f"optimizer.{i}.{key}": v for i, of in steps.items() for key, v in of.items()},
            **(
                {f"average.{name}": value for name, value in self.average.state_dict().items()}
                if self.average
                else {}
            ),
            "generator": self.generator.get_state(),
            "epoch": torch.tensor(self.epoch),
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from `state`, which a `Training` with the same settings has given."""

        def part(name: str) -> dict[str, Tensor]:
            prefix = f"{name}."
            return {k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)}

        self.model.load_state_dict(part("model"))
        weights = list(self.model.parameters())
        steps: dict[int, dict[str, Tensor]] = {}
        for name, value in part("optimizer").items():
            index, key = name.split(".")
            weight = weights[int(index)].detach()
            if value.shape == weight.shape:
                # A fused step takes it for granted that both lie in memory in the same order.
                value = torch.empty_like(weight).copy_(value)
            steps.setdefault(int(index), {})[key] = value
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": steps})
        if self.average:
            self.average.load_state_dict(part("average"))
        self.generator.set_state(state["generator"].cpu())
        self.epoch = int(state["epoch"])


def _marks(steps: int, count: int) -> set[int]:
    """The steps of an epoch, counted from 1, after which each `count`-th part of it is done."""
    return {steps * i // count for i in range(1, count + 1)}


def train(model: LeNet, dataset: Dataset, settings: TrainingSettings) -> Iterator[Report]:
    """Train `model` in place, from start to end; see `Training`."""
    return Training(model, dataset, settings).reports()


def _nondigits(digits: Tensor, dataset: Dataset, count: int, generator: torch.Generator) -> Tensor:
    """`count` images `(count, 1, 28, 28)` that are no digits: made ones, and mixed halves."""
    assert dataset.non_digits is not None
    made = dataset.non_digits
    mixed = min(round(MIXED_SHARE * count), len(digits))
    chosen = torch.randint(len(made), (count - mixed,), generator=generator).to(made.device)
    halves = non_digits.mixed_halves(digits, generator)[:mixed]
    return torch.cat([made[chosen].float() / 255, halves])


def _precision(model: FoldedLeNet, settings: TrainingSettings, device: torch.device) -> torch.dtype:
    """What the pooled convolutions compute in; the weights and all else are float32."""
    if settings.precision == "bfloat16" and not model.blocks:
        raise SketchpadError(
            f"--precision bfloat16 is for networks whose first layers can be folded; "
            f"{settings.preset} is none of them: leave it out."
        )
    # Without matrix units for it bfloat16 is slower than float32. PyTorch 2.8 can't say.
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    fast = device.type == "cpu" and model.blocks and capabilities.get("amx_bf16", False)
    if settings.precision == "bfloat16" or (settings.precision == "auto" and fast):
        return torch.bfloat16
    return torch.float32


def _optimizer(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(
            model.parameters(),
            settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )
    return torch.optim.SGD(
        model.parameters(),
        settings.learning_rate,
        momentum=settings.momentum,
        nesterov=settings.momentum > 0,
        weight_decay=settings.weight_decay,
        fused=True,
    )


def _rate(step: int, total: int, settings: TrainingSettings) -> float:
    """Share of the highest rate: a straight warm-up, then down to the final rate or on."""
    rising = settings.warmup * total
    if step < rising:
        return (step + 1) / (rising + 1)
    done = (step - rising) / max(1.0, total - rising)
    left = {"cosine": 0.5 * (1 + math.cos(math.pi * done)), "linear": 1 - done, "constant": 1.0}
    return settings.final_rate + (1 - settings.final_rate) * left[settings.schedule]


def _losses(model: LeNet, logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Loss of each example: logits `(B, classes)`, labels `(B,)`, `NONE` for what is no digit."""
    if model.config.output == "rbf":
        rubbish = torch.where(labels == NONE, logits.shape[1], labels)
        return competing_losses(logits, rubbish, RUBBISH)
    classes = logits.shape[1]
    # Outlier exposure: where there is no digit, every class is as likely. NONE takes the last row.
    rows = [torch.eye(classes), torch.full((1, classes), 1 / classes)]
    targets = torch.cat(rows).to(logits.device)[labels]
    return F.cross_entropy(logits, targets, label_smoothing=smoothing, reduction="none")


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
    folded = FoldedLeNet(model.eval())
    parts = [folded(batch.float() / 255) for batch in images.split(batch_size)]
    return torch.cat(parts).cpu()


@torch.inference_mode()
def view_logits(model: LeNet, images: Tensor, batch_size: int = 200) -> Tensor:
    """Logits `(9, N, 10)`, on the CPU, of the views of images `(N, 1, 28, 28)` uint8."""
    folded = FoldedLeNet(model.eval())
    parts = []
    for batch in images.split(batch_size):
        seen = views(batch.float() / 255)
        logits = folded(seen.flatten(0, 1))
        parts.append(logits.unflatten(0, seen.shape[:2]))
    return torch.cat(parts, dim=1).cpu()


def accuracy(model: LeNet, split: Split) -> float:
    """Share of the images of `split` whose most probable class is right."""
    return share_right(logits_of(model, split.images), split.labels)


def share_right(logits: Tensor, labels: Tensor) -> float:
    return (logits.argmax(1) == labels.cpu()).sum().item() / len(labels)


def prepare_device(settings: TrainingSettings) -> torch.device:
    """The device to train on, with threads, memory and arithmetic as training needs them.

    Raises:
        SketchpadError: there is no such device.
    """
    device = pick_device(settings.device)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    torch.backends.cudnn.deterministic = True
    _keep_freed_memory()
    return device


def _keep_freed_memory() -> None:
    """Have the C library keep what one step has freed for the next.

    glibc gives the free end of its heap back to the system and gets it again page by page, each
    of them wiped, which can make a step half as long again. See mallopt(3).
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mmap_threshold, trim_threshold = -3, -1
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, 32 << 20)  # the most that it takes
    libc.mallopt(trim_threshold, 2**31 - 1)


def with_made_drawings(dataset: Dataset, settings: TrainingSettings) -> Dataset:
    """The data set with made digits among the training images, and with made non-digits."""
    device = dataset.training.images.device
    training, nondigits = dataset.training, None
    if settings.made_digits:
        made = synthetic_digits.synthetic_digits(settings.made_digits, settings.seed)
        pairs = zip(training, made, strict=True)
        training = Split(*(torch.cat([real, other.to(device)]) for real, other in pairs))
    if settings.made_nondigits and settings.nondigit_share:
        nondigits = non_digits.synthetic_non_digits(settings.made_nondigits, settings.seed).to(
            device
        )
    return replace(dataset, training=training, non_digits=nondigits)


def calibrate(model: LeNet, dataset: Dataset, refused: float) -> None:
    """Set the model's temperature and threshold by the validation split.

    The threshold is the evidence that all but the share `refused` of these digits reach; a model
    that has seen no non-digits in training gets none, since its evidence would say little.
    """
    logits = view_logits(model, dataset.validation.images)
    threshold = None
    if dataset.non_digits is not None:
        threshold = choose_threshold(evidence(logits), refused)
    temperature = fit_temperature(answer_logits(logits), dataset.validation.labels)
    model.calibrate(temperature, threshold)
