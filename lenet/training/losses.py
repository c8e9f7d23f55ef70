"""The loss per example, for both kinds of output."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.network.config import LeNetConfig

NON_DIGIT = -1
"""The label of an image that belongs to no class."""
RUBBISH = 20.0
"""The constant penalty j in the loss of an RBF output (`competing_losses`); the paper does not
state its value."""

Losses = Callable[[Tensor, Tensor], Tensor]
"""Logits `(B, classes)` and labels `(B,)`, `NON_DIGIT` for non-digits → losses `(B,)`."""


def losses(config: LeNetConfig, smoothing: float) -> Losses:
    """The losses for the network's output; label smoothing applies to linear outputs only."""
    if config.output == "rbf":
        return rbf_losses
    return lambda logits, labels: cross_entropies(logits, labels, smoothing)


def cross_entropies(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Cross-entropies `(B,)`; the target of a non-digit is the uniform distribution.

    Hendrycks, Mazeika, Dietterich, "Deep anomaly detection with outlier exposure", ICLR 2019.
    """
    classes = logits.shape[1]
    # NON_DIGIT is -1, which selects the last row.
    rows = [torch.eye(classes), torch.full((1, classes), 1 / classes)]
    targets = torch.cat(rows).to(logits.device)[labels]
    return F.cross_entropy(logits, targets, label_smoothing=smoothing, reduction="none")


def rbf_losses(logits: Tensor, labels: Tensor) -> Tensor:
    """The losses of the 1998 paper; non-digits belong to its rubbish class."""
    rubbish = torch.where(labels == NON_DIGIT, logits.shape[1], labels)
    return competing_losses(logits, rubbish, RUBBISH)


def competing_losses(logits: Tensor, labels: Tensor, rubbish: float) -> Tensor:
    """The discriminative criterion of the 1998 paper (equation 9) for each example, `(B,)`.

    With penalties y = -logits `(B, classes)`: y of the correct class + log(e^-rubbish + Σ e^-y).
    That is the cross entropy with one extra class, "rubbish", whose penalty is constant and whose
    label is `classes` (one past the last).
    """
    constant = logits.new_full((len(logits), 1), -rubbish)
    return F.cross_entropy(torch.cat([logits, constant], 1), labels, reduction="none")
