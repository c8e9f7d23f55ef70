import pytest
import torch

from lenet.network.model import LeNet
from lenet.training.loop import Report
from lenet.training.selection import BestSoFar, is_within_standard_error


@pytest.mark.parametrize(
    ("accuracy", "highest", "count", "within"),
    [
        (0.9, 0.9, 100, True),
        (0.88, 0.9, 100, True),  # the standard error is 0.03
        (0.86, 0.9, 100, False),
        (0.88, 0.9, 10_000, False),  # 0.003
        (0.999, 1.0, 100, False),
        (0.0, 0.0, 100, True),
    ],
)
def test_an_accuracy_is_compared_within_one_standard_error(
    accuracy: float, highest: float, count: int, within: bool
) -> None:
    assert is_within_standard_error(accuracy, highest, count) == within


def test_the_last_epoch_within_one_standard_error_is_selected() -> None:
    best, model = BestSoFar(count=100), LeNet()
    selected = []
    for epoch, accuracy in (
        (1.0, 0.5),
        (2.0, 0.9),
        (3.0, 0.89),
        (4.0, 0.8),
        (4.5, 0.99),
        (5.0, None),
    ):
        with torch.no_grad():
            model.get_parameter("convolutions.0.bias").fill_(epoch)
        best.consider(Report(epoch, 1.0, 0.5, 1.0, accuracy), model)
        assert best.report is not None
        selected.append(best.report.epoch)
        assert best.weights["convolutions.0.bias"].unique().item() == best.report.epoch
    assert selected == [1, 2, 3, 3, 3, 3]
    assert best.highest == 0.9


def test_without_validation_the_last_epoch_is_selected() -> None:
    best, model = BestSoFar(count=0), LeNet()
    for epoch in (0.5, 1.0, 1.5, 2.0, 2.5):
        with torch.no_grad():
            model.get_parameter("convolutions.0.bias").fill_(epoch)
        best.consider(Report(epoch, 1.0, 0.5, 1.0, None), model)
    assert best.report is not None
    assert best.report.epoch == 2
    assert best.weights["convolutions.0.bias"].unique().item() == 2
