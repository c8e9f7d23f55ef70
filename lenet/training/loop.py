"""Train a network: a generator of reports."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lenet.datasets.datasets import DATASETS, Dataset, Split
from lenet.errors import SketchpadError
from lenet.network.folding import FoldedLeNet
from lenet.network.model import LeNet
from lenet.training.batches import Batch, Batches
from lenet.training.device import training_dtype
from lenet.training.evaluation import accuracy
from lenet.training.losses import Losses, losses
from lenet.training.optimisation import Optimisation, optimisation
from lenet.training.parallel import Processes
from lenet.training.settings import REPORTS_PER_EPOCH, TrainingSettings


@dataclass(frozen=True)
class Report:
    """The progress of training; there are ten reports per epoch."""

    epoch: float
    """finished epochs, including fractions"""
    loss: float
    """mean training loss since the last report"""
    accuracy: float
    """training accuracy since the last report, on the distorted examples"""
    examples_per_second: float
    """since the last report, not counting validation"""
    validation_accuracy: float | None = None
    """None if it was not measured; it is at the end of an epoch, if there are validation images"""


@dataclass
class Training:
    """Trains `model` in place; its state can be saved and restored between epochs.

    All tensors are on the model's device.
    """

    model: LeNet
    network: nn.Module
    """the same weights in the form that is trained: images `(B, 1, 28, 28)` → logits"""
    dtype: torch.dtype
    """of the images"""
    batches: Batches
    losses: Losses
    optimisation: Optimisation
    validation: Split
    """empty if the run trains on all images"""
    epochs: int
    validations: int
    """per epoch"""
    processes: Processes
    epoch: int = 0
    """number of finished epochs"""

    def reports(self) -> Iterator[Report]:
        """Train, yielding a report every tenth of an epoch.

        At each report that `validations` asks for, the model has the validated weights (the moving
        average, if there is one).

        Raises:
            SketchpadError: the loss became NaN or infinite.
        """
        network, steps = self.processes.wrap(self.network), self.batches.steps
        marks = _marks(steps, REPORTS_PER_EPOCH)
        validations = _marks(steps, self.validations)
        self.model.train()
        while self.epoch < self.epochs:
            sums, examples, since = self._zeros(), 0, time.perf_counter()
            for step, batch in enumerate(self.batches.epoch(), start=1):
                sums += self._step(network, batch, self.epoch * steps + step - 1)
                examples += self.batches.size
                if step not in marks:
                    continue
                loss_sum, correct_sum = self.processes.sum(sums).tolist()
                if not math.isfinite(loss_sum):
                    raise SketchpadError(
                        f"The loss became NaN or infinite in epoch {self.epoch + 1}. "
                        "Try a smaller --lr."
                    )
                rate = examples / (time.perf_counter() - since)
                ended, validated = step == steps, step in validations
                self.epoch += ended
                with self.optimisation.averaged() if validated else nullcontext():
                    yield Report(
                        epoch=self.epoch + (not ended) * step / steps,
                        loss=loss_sum / examples,
                        accuracy=correct_sum / examples,
                        examples_per_second=rate,
                        validation_accuracy=(
                            accuracy(self.model, self.validation)
                            if validated and len(self.validation.labels)
                            else None
                        ),
                    )
                self.model.train()
                sums, examples, since = self._zeros(), 0, time.perf_counter()

    def _zeros(self) -> Tensor:
        return torch.zeros(2, device=self.processes.device)

    def _step(self, network: nn.Module, batch: Batch, number: int) -> Tensor:
        """Take one step; returns the loss and the number of correct answers, `(2,)`.

        Both are sums over this process's part of the batch.
        """
        logits = network(batch.images.to(self.dtype))
        loss = (self.losses(logits, batch.labels) * batch.weights).sum()
        # Gradients are averaged over the processes.
        self.optimisation.step(number, loss * (self.processes.count / self.batches.size))
        with torch.no_grad():
            return torch.stack([loss, (logits.argmax(1) == batch.labels).sum()])

    def state(self) -> dict[str, Tensor]:
        """Everything needed to continue from the end of this epoch, as tensors by name."""
        return {
            **self.optimisation.state(),
            "generator": self.batches.generator.get_state(),
            "epoch": torch.tensor(self.epoch),
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from the `state` of a run with the same settings."""
        self.optimisation.restore(state)
        self.batches.generator.set_state(state["generator"].cpu())
        self.epoch = int(state["epoch"])


def _marks(steps: int, count: int) -> set[int]:
    """The steps of an epoch, counted from 1, that complete a `count`-th of it."""
    return {steps * i // count for i in range(1, count + 1)}


def prepare_training(
    model: LeNet,
    dataset: Dataset,
    settings: TrainingSettings,
    processes: Processes | None = None,
) -> Training:
    """Prepare to train `model` on `dataset`; both must be on the same device.

    Raises:
        SketchpadError: a batch is larger than the training set, or the precision needs folding.
    """
    device, description = dataset.training.images.device, DATASETS[settings.dataset]
    processes = processes or Processes(device)
    folded = FoldedLeNet(model)
    if not folded.blocks:
        # Without folding, convolutions are fastest with adjacent channels in memory.
        model.to(memory_format=torch.channels_last)
    batches = Batches(
        dataset,
        settings.batch_size,
        settings.non_digit_share,
        description.mixed_share,
        description.distortion if settings.augment else None,
        settings.seed,
        processes.part,
    )
    return Training(
        model=model,
        network=folded,
        dtype=training_dtype(settings.precision, device, foldable=bool(folded.blocks)),
        batches=batches,
        losses=losses(model.config, settings.label_smoothing, dataset.non_digits is not None),
        optimisation=optimisation(model, settings, settings.epochs * batches.steps),
        validation=dataset.validation,
        epochs=settings.epochs,
        validations=settings.validations,
        processes=processes,
    )


def train(model: LeNet, dataset: Dataset, settings: TrainingSettings) -> Iterator[Report]:
    """Train `model` in place from start to finish; see `Training.reports`."""
    return prepare_training(model, dataset, settings).reports()
