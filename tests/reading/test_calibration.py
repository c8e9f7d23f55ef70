import pytest
import torch

from lenet.reading import calibration as c


def made(sharpness: float, count: int = 20_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are `sharpness` times as large as they should be, and labels."""
    generator = torch.Generator().manual_seed(0)
    honest = torch.randn(count, 10, generator=generator) * 2
    labels = torch.multinomial(honest.softmax(1), 1, generator=generator)[:, 0]
    return honest * sharpness, labels


@pytest.mark.parametrize("sharpness", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_what_was_too_sharp(sharpness: float) -> None:
    logits, labels = made(sharpness)
    assert c.fit_temperature(logits, labels) == pytest.approx(sharpness, rel=0.03)


def test_the_temperature_is_where_the_likelihood_is_highest() -> None:
    logits, labels = made(2.0)
    found = c.fit_temperature(logits, labels)

    def loss(temperature: float) -> float:
        return torch.nn.functional.cross_entropy(logits / temperature, labels).item()

    grid = [found * factor for factor in (0.9, 0.97, 1.03, 1.1)]
    assert loss(found) < min(map(loss, grid))


def test_calibration_lowers_the_error_and_keeps_the_order_of_the_classes() -> None:
    logits, labels = made(3.0)
    scaled = logits / c.fit_temperature(logits, labels)
    before = c.expected_calibration_error(logits.softmax(1), labels)
    after = c.expected_calibration_error(scaled.softmax(1), labels)
    assert before > 0.1
    assert after < 0.02
    assert torch.equal(logits.argsort(1), scaled.argsort(1))


def test_the_calibration_error_of_known_cases() -> None:
    sure = torch.eye(10).repeat(10, 1)
    labels = torch.arange(10).repeat(10)
    assert c.expected_calibration_error(sure, labels) == pytest.approx(0)
    assert c.expected_calibration_error(sure, (labels + 1) % 10) == pytest.approx(1)
    halves = torch.tensor([[0.7, 0.3]] * 10)
    six_right = torch.tensor([0] * 6 + [1] * 4)
    assert c.expected_calibration_error(halves, six_right) == pytest.approx(0.1, abs=1e-6)


def test_evidence_is_the_mean_free_energy() -> None:
    one, two = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    energies = [logits.exp().sum().log() for logits in (one, two)]
    found = c.evidence(torch.stack([torch.stack([one, two]), torch.stack([two, two])]))
    assert torch.allclose(found, torch.stack([sum(energies) / 2, energies[1]]))


def test_the_first_view_is_the_image_itself() -> None:
    images = torch.rand(3, 1, 28, 28)
    seen = c.views(images)
    assert seen.shape == (9, 3, 1, 28, 28)
    assert torch.equal(seen[0], images)


def test_four_views_are_moved_by_one_pixel_each_way() -> None:
    images = torch.rand(2, 1, 28, 28)
    padded = torch.nn.functional.pad(images, [1] * 4)
    corners = ((1, 2), (1, 0), (2, 1), (0, 1))
    moved = torch.stack([padded[..., y : y + 28, x : x + 28] for y, x in corners])
    # What comes in at the edge is ground.
    torch.testing.assert_close(c.views(images)[1:5], moved, atol=1e-5, rtol=0)


def test_the_other_views_are_turned_and_scaled() -> None:
    bar = torch.zeros(1, 1, 28, 28)
    bar[0, 0, 4:24, 12:16] = 1
    one, other, smaller, larger = c.views(bar)[5:, 0, 0]
    for turned, sign in ((one, 1), (other, -1)):
        top, bottom = ((row * torch.arange(28)).sum() / row.sum() for row in turned[[6, 21]])
        slant = torch.atan2((top - bottom) * sign, torch.tensor(15.0)).rad2deg().item()
        assert abs(abs(slant) - 5) < 0.7
        torch.testing.assert_close(one, other.flip(1), atol=1e-5, rtol=0)
    assert smaller.sum() == pytest.approx(80 / c.ZOOM**2, rel=0.02)
    assert larger.sum() == pytest.approx(80 * c.ZOOM**2, rel=0.02)


def test_the_answer_is_the_mean_over_the_views() -> None:
    logits = torch.randn(9, 3, 10)
    expected = sum(logits[1:], start=logits[0]) / 9
    torch.testing.assert_close(c.answer_logits(logits), expected)


def test_the_threshold_refuses_the_share_it_was_asked_for() -> None:
    evidences = torch.randn(10_000, generator=torch.Generator().manual_seed(0))
    threshold = c.choose_threshold(evidences, 0.02)
    assert (evidences < threshold).float().mean().item() == pytest.approx(0.02, abs=0.0002)
