import pytest
import torch

from lenet.datasets.datasets import Dataset, Split
from lenet.datasets.non_digits import synthetic_non_digits
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.reading.prediction import Predictor
from lenet.reading.views import answer_logits, evidence, views
from lenet.training.data import with_synthetic_drawings
from lenet.training.evaluation import (
    accuracy,
    calibrate,
    evaluate,
    logits_of,
    share_correct,
    view_logits,
)
from tests.training.helpers import small_settings, trained


@pytest.mark.parametrize("preset", ["relu", "lenet5-1998"])
def test_logits_match_the_network(dataset: Dataset, preset: str) -> None:
    model, images = LeNet(PRESETS[preset]).eval(), dataset.test.images[:30]
    with torch.inference_mode():
        expected = model(images / 255).logits
        over_views = torch.stack([model(view).logits for view in views(images / 255)])
    assert torch.allclose(logits_of(model, images, batch_size=7), expected, atol=1e-4)
    assert torch.allclose(view_logits(model, images, batch_size=7), over_views, atol=1e-4)


def test_accuracy_is_the_share_of_correct_answers() -> None:
    logits = torch.eye(4)
    assert share_correct(logits, torch.tensor([0, 1, 2, 0])) == 0.75
    model, images = LeNet(), torch.randint(256, (20, 1, 28, 28), dtype=torch.uint8)
    answers = logits_of(model, images).argmax(1)
    labels = torch.cat([answers[:15], (answers[15:] + 1) % 10])
    assert accuracy(model, Split(images, labels)) == 0.75


@pytest.mark.trains
def test_non_digits_get_less_evidence(dataset: Dataset) -> None:
    with_non_digits = with_synthetic_drawings(dataset, 0, 600, seed=0)
    model = trained(with_non_digits, small_settings(epochs=6))
    calibrate(model, dataset.validation, rejected=0.05)
    assert model.config.threshold is not None
    unseen = evidence(view_logits(model, synthetic_non_digits(300, seed=99)))
    digits = evidence(view_logits(model, dataset.test.images))
    assert (unseen >= model.config.threshold).float().mean() < 0.5
    assert (digits < model.config.threshold).float().mean() < 0.2


def test_a_network_trained_without_non_digits_has_no_threshold(dataset: Dataset) -> None:
    model = LeNet()
    calibrate(model, dataset.validation, rejected=None)
    assert model.config.threshold is None
    assert model.config.temperature > 0


def test_the_threshold_rejects_the_requested_share(dataset: Dataset) -> None:
    model = LeNet()
    calibrate(model, dataset.validation, rejected=0.1)
    assert model.config.threshold is not None
    below = evidence(view_logits(model, dataset.validation.images)) < model.config.threshold
    assert below.float().mean().item() == pytest.approx(0.1, abs=0.01)


def test_results_on_the_test_set_follow_from_the_logits(
    predictor: Predictor, dataset: Dataset
) -> None:
    model = LeNet(predictor.model.config)
    model.load_state_dict(predictor.model.state_dict())
    model.calibrate(2.0, threshold=None)
    results = evaluate(model, dataset.test)
    assert results["test_accuracy"] == accuracy(model, dataset.test)
    viewed = view_logits(model, dataset.test.images)
    correct = share_correct(answer_logits(viewed), dataset.test.labels)
    assert results["test_accuracy_over_views"] == correct
    assert 0 <= results["test_calibration_error_before"] < results["test_calibration_error"] < 1
    assert "test_rejected" not in results
    model.calibrate(1.0, threshold=evidence(viewed).median().item() + 1e-4)
    results = evaluate(model, dataset.test)
    assert results["test_rejected"] == pytest.approx(0.5, abs=0.01)
    assert results["test_calibration_error_before"] == results["test_calibration_error"]
