"""How confident a network may be, and below which evidence it should reject a drawing.

Temperature: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature that makes softmax(logits / temperature) most likely, 0.05 to 20.

    `logits` is `(N, 10)`, `labels` `(N,)`. The order of the classes does not change.
    """
    # One number and one minimum: golden-section search on a logarithmic scale.
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
    right = (answers == labels.to(answers.device)).double()
    bins = (confidence * BINS).long().clamp(max=BINS - 1)
    gaps = torch.zeros(BINS, dtype=torch.float64, device=probabilities.device)
    gaps.index_add_(0, bins, right - confidence.double())
    return (gaps.abs().sum() / len(labels)).item()


def choose_threshold(evidences: Tensor, rejected: float) -> float:
    """The evidence that the share `rejected` of these digits does not reach."""
    return evidences.double().quantile(rejected).item()
