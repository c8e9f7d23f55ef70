import pytest
import torch
from torch.nn import functional as F

from lenet.network.config import PRESETS
from lenet.network.layers import competing_losses
from lenet.training.losses import NON_DIGIT, RUBBISH, cross_entropies, losses

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
