import pytest
import torch

from lenet.reading import views as v


def test_evidence_is_the_mean_of_the_log_sum_exp() -> None:
    one, two = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    energies = [logits.exp().sum().log() for logits in (one, two)]
    found = v.evidence(torch.stack([torch.stack([one, two]), torch.stack([two, two])]))
    assert torch.allclose(found, torch.stack([sum(energies) / 2, energies[1]]))


def test_the_first_view_is_the_image_itself() -> None:
    images = torch.rand(3, 1, 28, 28)
    seen = v.views(images)
    assert seen.shape == (9, 3, 1, 28, 28)
    assert torch.equal(seen[0], images)


def test_four_views_are_shifted_by_one_pixel() -> None:
    images = torch.rand(2, 1, 28, 28)
    padded = torch.nn.functional.pad(images, [1] * 4)
    corners = ((1, 2), (1, 0), (2, 1), (0, 1))
    moved = torch.stack([padded[..., y : y + 28, x : x + 28] for y, x in corners])
    # New pixels at the edge are background.
    torch.testing.assert_close(v.views(images)[1:5], moved, atol=1e-5, rtol=0)


def test_four_views_are_rotated_or_scaled() -> None:
    bar = torch.zeros(1, 1, 28, 28)
    bar[0, 0, 4:24, 12:16] = 1
    left, right, smaller, larger = v.views(bar)[5:, 0, 0]
    for rotated, angle in ((left, -5), (right, 5)):
        top, bottom = ((row * torch.arange(28)).sum() / row.sum() for row in rotated[[6, 21]])
        slant = torch.atan2(top - bottom, torch.tensor(15.0)).rad2deg().item()
        assert slant == pytest.approx(angle, abs=0.7)
    torch.testing.assert_close(left, right.flip(1), atol=1e-5, rtol=0)
    assert smaller.sum() == pytest.approx(80 / v.ZOOM**2, rel=0.02)
    assert larger.sum() == pytest.approx(80 * v.ZOOM**2, rel=0.02)


def test_the_answer_is_the_mean_over_the_views() -> None:
    logits = torch.randn(9, 3, 10)
    expected = sum(logits[1:], start=logits[0]) / 9
    torch.testing.assert_close(v.answer_logits(logits), expected)
