import pytest
import torch

from lenet.reading import views as v


def made(sharpness: float, count: int = 20_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are `sharpness` times as large as they should be, and labels."""
    generator = torch.Generator().manual_seed(0)
    honest = torch.randn(count, 10, generator=generator) * 2
    labels = torch.multinomial(honest.softmax(1), 1, generator=generator)[:, 0]
    return honest * sharpness, labels


def test_evidence_is_the_mean_free_energy() -> None:
    one, two = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    energies = [logits.exp().sum().log() for logits in (one, two)]
    found = v.evidence(torch.stack([torch.stack([one, two]), torch.stack([two, two])]))
    assert torch.allclose(found, torch.stack([sum(energies) / 2, energies[1]]))


def test_the_first_view_is_the_image_itself() -> None:
    images = torch.rand(3, 1, 28, 28)
    seen = v.views(images)
    assert seen.shape == (9, 3, 1, 28, 28)
    assert torch.equal(seen[0], images)


def test_four_views_are_moved_by_one_pixel_each_way() -> None:
    images = torch.rand(2, 1, 28, 28)
    padded = torch.nn.functional.pad(images, [1] * 4)
    corners = ((1, 2), (1, 0), (2, 1), (0, 1))
    moved = torch.stack([padded[..., y : y + 28, x : x + 28] for y, x in corners])
    # What comes in at the edge is ground.
    torch.testing.assert_close(v.views(images)[1:5], moved, atol=1e-5, rtol=0)


def test_the_other_views_are_turned_and_scaled() -> None:
    bar = torch.zeros(1, 1, 28, 28)
    bar[0, 0, 4:24, 12:16] = 1
    one, other, smaller, larger = v.views(bar)[5:, 0, 0]
    for turned, sign in ((one, 1), (other, -1)):
        top, bottom = ((row * torch.arange(28)).sum() / row.sum() for row in turned[[6, 21]])
        slant = torch.atan2((top - bottom) * sign, torch.tensor(15.0)).rad2deg().item()
        assert abs(abs(slant) - 5) < 0.7
        torch.testing.assert_close(one, other.flip(1), atol=1e-5, rtol=0)
    assert smaller.sum() == pytest.approx(80 / v.ZOOM**2, rel=0.02)
    assert larger.sum() == pytest.approx(80 * v.ZOOM**2, rel=0.02)


def test_the_answer_is_the_mean_over_the_views() -> None:
    logits = torch.randn(9, 3, 10)
    expected = sum(logits[1:], start=logits[0]) / 9
    torch.testing.assert_close(v.answer_logits(logits), expected)
