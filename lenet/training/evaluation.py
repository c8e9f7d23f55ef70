"""Evaluate a network: logits, accuracy, calibration, test results."""

import torch
from torch import Tensor

from lenet.datasets.datasets import Split
from lenet.network.folding import FoldedLeNet
from lenet.network.model import LeNet
from lenet.reading.calibration import (
    choose_threshold,
    expected_calibration_error,
    fit_temperature,
)
from lenet.reading.views import answer_logits, evidence, views


@torch.inference_mode()
def logits_of(model: LeNet, images: Tensor, batch_size: int = 1000) -> Tensor:
    """Logits `(N, 10)`, on the CPU, of images `(N, 1, 28, 28)` uint8."""
    network = FoldedLeNet(model).eval()
    return torch.cat([network(batch.float() / 255) for batch in images.split(batch_size)]).cpu()


@torch.inference_mode()
def view_logits(model: LeNet, images: Tensor, batch_size: int = 200) -> Tensor:
    """Logits `(9, N, 10)`, on the CPU, of the views of images `(N, 1, 28, 28)` uint8."""
    network = FoldedLeNet(model).eval()
    parts = []
    for batch in images.split(batch_size):
        seen = views(batch.float() / 255)
        parts.append(network(seen.flatten(0, 1)).unflatten(0, seen.shape[:2]))
    return torch.cat(parts, dim=1).cpu()


def share_correct(logits: Tensor, labels: Tensor) -> float:
    """Share of the rows of logits `(N, 10)` whose highest value is at the label, `(N,)`."""
    return (logits.argmax(1) == labels.cpu()).sum().item() / len(labels)


def accuracy(model: LeNet, split: Split) -> float:
    """Share of the images of `split` whose most probable class is correct."""
    return share_correct(logits_of(model, split.images), split.labels)


def calibrate(model: LeNet, validation: Split, rejected: float | None) -> None:
    """Set the model's temperature and threshold on the validation split.

    The share `rejected` of these digits lies below the threshold. A model trained without
    non-digits gets no threshold (None), since its evidence would mean little.
    """
    logits = view_logits(model, validation.images)
    threshold = None if rejected is None else choose_threshold(evidence(logits), rejected)
    model.calibrate(fit_temperature(answer_logits(logits), validation.labels), threshold)


def evaluate(model: LeNet, test: Split) -> dict[str, float]:
    """Results on the test set, by their names in a checkpoint's history."""
    viewed = view_logits(model, test.images)
    logits, labels = answer_logits(viewed), test.labels.cpu()
    config = model.config

    def calibration_error(temperature: float) -> float:
        return expected_calibration_error((logits / temperature).softmax(1), labels)

    results = {
        "test_accuracy": share_correct(viewed[0], labels),
        "test_accuracy_over_views": share_correct(logits, labels),
        "test_calibration_error_before": calibration_error(1.0),
        "test_calibration_error": calibration_error(config.temperature),
    }
    if config.threshold is not None:
        below = evidence(viewed) < config.threshold
        results["test_rejected"] = below.float().mean().item()
    return results
