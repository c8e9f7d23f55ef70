import pytest
import torch

from lenet.reading import calibration as c


def random_logits(sharpness: float, count: int = 20_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are `sharpness` times too large for their labels."""
    generator = torch.Generator().manual_seed(0)
    calibrated = torch.randn(count, 10, generator=generator) * 2
    labels = torch.multinomial(calibrated.softmax(1), 1, generator=generator)[:, 0]
    return calibrated * sharpness, labels


@pytest.mark.parametrize("sharpness", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_a_wrong_scale(sharpness: float) -> None:
    logits, labels = random_logits(sharpness)
    assert c.fit_temperature(logits, labels) == pytest.approx(sharpness, rel=0.03)


def test_the_temperature_maximises_the_likelihood() -> None:
    logits, labels = random_logits(2.0)
    found = c.fit_temperature(logits, labels)

    def loss(temperature: float) -> float:
        return torch.nn.functional.cross_entropy(logits / temperature, labels).item()

    grid = [found * factor for factor in (0.9, 0.97, 1.03, 1.1)]
    assert loss(found) < min(map(loss, grid))


def test_calibration_lowers_the_error_and_preserves_the_order_of_classes() -> None:
    logits, labels = random_logits(3.0)
    scaled = logits / c.fit_temperature(logits, labels)
    before = c.expected_calibration_error(logits.softmax(1), labels)
    after = c.expected_calibration_error(scaled.softmax(1), labels)
    assert before > 0.1
    assert after < 0.02
    assert torch.equal(logits.argsort(1), scaled.argsort(1))


def test_the_calibration_error_is_right_in_known_cases() -> None:
    certain = torch.eye(10).repeat(10, 1)
    labels = torch.arange(10).repeat(10)
    assert c.expected_calibration_error(certain, labels) == pytest.approx(0)
    assert c.expected_calibration_error(certain, (labels + 1) % 10) == pytest.approx(1)
    halves = torch.tensor([[0.7, 0.3]] * 10)
    six_right = torch.tensor([0] * 6 + [1] * 4)
    assert c.expected_calibration_error(halves, six_right) == pytest.approx(0.1, abs=1e-6)


def test_the_threshold_rejects_the_requested_share() -> None:
    evidences = torch.randn(10_000, generator=torch.Generator().manual_seed(0))
    threshold = c.choose_threshold(evidences, 0.02)
    assert (evidences < threshold).float().mean().item() == pytest.approx(0.02, abs=0.0002)
