import math

import pytest
import torch
from torch.nn import functional as F

from lenet.network.config import PRESETS
from lenet.training.losses import NON_DIGIT, RUBBISH, competing_losses, cross_entropies, losses

LOGITS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]])


def test_the_loss_of_digits_is_the_cross_entropy() -> None:
    labels = torch.tensor([0, 2])
    for smoothing in (0.0, 0.1):
        expected = F.cross_entropy(LOGITS, labels, label_smoothing=smoothing, reduction="none")
        assert torch.allclose(cross_entropies(LOGITS, labels, smoothing), expected)


def test_the_target_of_a_non_digit_is_uniform() -> None:
    none = torch.tensor([NON_DIGIT, NON_DIGIT])
    expected = -LOGITS.log_softmax(1).mean(1)
    assert torch.allclose(cross_entropies(LOGITS, none), expected)
    even = cross_entropies(torch.zeros(1, 3), none[:1])
    assert even.item() == pytest.approx(torch.tensor(3.0).log().item())
    assert (cross_entropies(LOGITS, none) > even).all()


def test_the_loss_matches_the_kind_of_output() -> None:
    labels, logits = torch.tensor([3, NON_DIGIT]), -10 * torch.rand(2, 10)
    linear = losses(PRESETS["relu"], smoothing=0.1)
    assert torch.equal(linear(logits, labels), cross_entropies(logits, labels, 0.1))
    rbf = losses(PRESETS["lenet5-1998"], smoothing=0.0)
    expected = competing_losses(logits, torch.tensor([3, 10]), RUBBISH)
    assert torch.equal(rbf(logits, labels), expected)


def test_the_loss_is_equation_9_of_the_paper() -> None:
    penalties, labels, j = torch.rand(6, 10) * 30, torch.arange(6), 20.0
    expected = 0.0
    for row, label in zip(penalties.tolist(), labels.tolist(), strict=True):
        competing = math.exp(-j) + sum(math.exp(-y) for y in row)
        expected += (row[label] + math.log(competing)) / 6
    assert competing_losses(-penalties, labels, j).mean().item() == pytest.approx(
        expected, rel=1e-5
    )
