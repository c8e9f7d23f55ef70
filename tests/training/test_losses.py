import math

import pytest
import torch
from torch.nn import functional as F

from lenet.network.config import PRESETS
from lenet.training.losses import NON_DIGIT, competing_losses, losses, rbf_losses

LOGITS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_without_non_digits_the_loss_is_the_cross_entropy(smoothing: float) -> None:
    labels = torch.tensor([0, 2])
    expected = F.cross_entropy(LOGITS, labels, label_smoothing=smoothing, reduction="none")
    found = losses(PRESETS["relu"], smoothing, non_digits=False)(LOGITS, labels)
    assert torch.equal(found, expected)


def test_a_non_digit_belongs_to_an_extra_class_whose_logit_is_constant() -> None:
    labels = torch.tensor([0, NON_DIGIT])
    digit, non_digit = competing_losses(LOGITS, labels, constant=0.0).tolist()
    odds = LOGITS.exp()
    assert digit == pytest.approx(-math.log(odds[0, 0] / (1 + odds[0].sum())), rel=1e-6)
    assert non_digit == pytest.approx(math.log(1 + odds[1].sum()), rel=1e-6)


def test_the_log_odds_of_a_digit_are_the_log_sum_exp_of_the_logits() -> None:
    none = torch.tensor([NON_DIGIT, NON_DIGIT])
    non_digit = (-competing_losses(LOGITS, none, constant=0.0)).exp()
    assert torch.allclose(((1 - non_digit) / non_digit).log(), LOGITS.logsumexp(1))


def test_the_loss_matches_the_kind_of_output() -> None:
    labels, logits = torch.tensor([3, NON_DIGIT]), -10 * torch.rand(2, 10)
    linear = losses(PRESETS["relu"], smoothing=0.1, non_digits=True)
    assert torch.equal(linear(logits, labels), competing_losses(logits, labels, 0.0, 0.1))
    for non_digits in (False, True):  # the paper's loss always has the extra class
        assert losses(PRESETS["lenet5-1998"], 0.0, non_digits) is rbf_losses


def test_the_loss_is_equation_9_of_the_paper() -> None:
    penalties, labels, j = torch.rand(6, 10) * 30, torch.arange(6), 20.0
    expected = 0.0
    for row, label in zip(penalties.tolist(), labels.tolist(), strict=True):
        competing = math.exp(-j) + sum(math.exp(-y) for y in row)
        expected += (row[label] + math.log(competing)) / 6
    assert competing_losses(-penalties, labels, -j).mean().item() == pytest.approx(
        expected, rel=1e-5
    )
