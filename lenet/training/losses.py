"""The loss per example, for both kinds of output."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.network.config import LeNetConfig

NON_DIGIT = -1
"""The label of an image that belongs to no class."""
RUBBISH = 55.0
"""The constant penalty j of the rubbish class in the loss of an RBF output. The paper does not
state its value. An output of zeros has the penalty 84; at 20 or 40, drawings that are neither a
clear digit nor clear rubbish end up on both sides of j."""
SPREAD = 4.0
"""Divisor of the penalties and of j in the loss of an RBF output. The paper's penalties are squared
distances, whose differences are so large that a few hard drawings dominate the gradient."""

Losses = Callable[[Tensor, Tensor], Tensor]
"""Logits `(B, classes)` and labels `(B,)`, `NON_DIGIT` for non-digits → losses `(B,)`."""


def losses(config: LeNetConfig, smoothing: float, non_digits: bool) -> Losses:
    """The losses for the network's output, in a run with or without `non_digits`.

    Label smoothing applies to linear outputs only.
    """
    if config.output == "rbf":
        return rbf_losses
    if non_digits:
        return partial(competing_losses, constant=0.0, smoothing=smoothing)
    return partial(F.cross_entropy, label_smoothing=smoothing, reduction="none")


def rbf_losses(logits: Tensor, labels: Tensor) -> Tensor:
    """The losses of the 1998 paper (equation 9), `(B,)`, with all penalties divided by `SPREAD`."""
    return competing_losses(logits / SPREAD, labels, -RUBBISH / SPREAD)


def competing_losses(
    logits: Tensor, labels: Tensor, constant: float, smoothing: float = 0.0
) -> Tensor:
    """The cross-entropies `(B,)` with one extra class, "non-digit", whose logit is `constant`.

    The log-odds of "one of the classes" are then the log-sum-exp of the logits, minus `constant`:
    the evidence (`lenet.reading.views`). With penalties -logits and j = -`constant`, this is the
    discriminative criterion of the 1998 paper (equation 9), whose extra class is called rubbish.
    """
    extra = logits.new_full((len(logits), 1), constant)
    targets = torch.where(labels == NON_DIGIT, logits.shape[1], labels)
    all_logits = torch.cat([logits, extra], 1)
    return F.cross_entropy(all_logits, targets, label_smoothing=smoothing, reduction="none")
