"""Calibrate a network's confidence, and choose the threshold below which it rejects a drawing.

Temperature: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature, 0.05 to 20, that maximises the likelihood of softmax(logits / temperature).

    `logits` is `(N, 10)`, `labels` `(N,)`. A temperature never changes the order of the classes.
    """
    # The loss has one parameter and one minimum: golden-section search on a logarithmic scale.
    logits, labels = logits.double(), labels.to(logits.device)
    low, high = torch.tensor(0.05).log().item(), torch.tensor(20.0).log().item()
    ratio = (5**0.5 - 1) / 2

    def loss(log_temperature: float) -> float:
        scaled = logits / torch.tensor(log_temperature, dtype=torch.float64).exp()
        return F.cross_entropy(scaled, labels).item()

    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(torch.tensor((low + high) / 2).exp())


def expected_calibration_error(probabilities: Tensor, labels: Tensor) -> float:
    """Mean gap between confidence and accuracy over 15 bins, weighted by their size.

    `probabilities` is `(N, 10)`, `labels` `(N,)`; 0 is perfect.
    """
    confidence, answers = probabilities.max(1)
    correct = (answers == labels.to(answers.device)).double()
    bins = (confidence * BINS).long().clamp(max=BINS - 1)
    gaps = torch.zeros(BINS, dtype=torch.float64, device=probabilities.device)
    gaps.index_add_(0, bins, correct - confidence.double())
    return (gaps.abs().sum() / len(labels)).item()


def choose_threshold(evidences: Tensor, rejected: float) -> float:
    """The evidence below which the share `rejected` of these digits lies."""
    return evidences.double().quantile(rejected).item()
