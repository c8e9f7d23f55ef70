from typing import Any

import pytest
import torch

from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.training.evaluation import accuracy
from lenet.training.loop import Training, prepare_training, train
from tests.training.helpers import small_settings, trained, weights

pytestmark = pytest.mark.trains


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"augment": True},
        {"average": 0.9},
        {"precision": "bfloat16"},
        {"optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 0.0005},
        # A sigmoid network takes many steps to start learning.
        {"preset": "classic", "epochs": 10, "batch_size": 25, "learning_rate": 0.01},
        {"preset": "conv3"},
        {"preset": "lenet5-1998", "batch_size": 25, "learning_rate": 0.01},
    ],
    ids=["plain", "augment", "average", "bfloat16", "sgd", "classic", "conv3", "lenet5-1998"],
)
def test_training_learns(dataset: Dataset, changes: dict[str, Any]) -> None:
    # These networks reach 0.96 to 0.99, so rounding differences between CPUs don't matter.
    chosen = small_settings(**{"epochs": 5, "augment": False, **changes})
    torch.manual_seed(0)
    model = LeNet(PRESETS[chosen.preset])
    assert accuracy(model, dataset.test) < 0.4
    reports = list(train(model, dataset, chosen))
    assert reports[-1].loss < reports[0].loss / 2
    assert accuracy(model, dataset.test) > 0.8
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_the_requested_precision_is_used_or_rejected(dataset: Dataset) -> None:
    training = prepare_training(LeNet(), dataset, small_settings(precision="bfloat16"))
    assert training.dtype == torch.bfloat16
    plain = prepare_training(LeNet(), dataset, small_settings(precision="float32"))
    assert plain.dtype == torch.float32
    unfoldable = LeNet(PRESETS["lenet5-1998"])
    settings = small_settings(preset="lenet5-1998", precision="bfloat16")
    with pytest.raises(SketchpadError, match="--precision bfloat16"):
        prepare_training(unfoldable, dataset, settings)


def test_there_are_ten_reports_per_epoch(dataset: Dataset) -> None:
    reports = list(train(LeNet(), dataset, small_settings(epochs=2)))
    assert [r.epoch for r in reports] == pytest.approx([i / 10 for i in range(1, 21)])
    validated = [r.epoch for r in reports if r.validation_accuracy is not None]
    assert validated == [1, 2]
    assert all(r.examples_per_second > 0 and 0 <= r.accuracy <= 1 for r in reports)


def test_at_each_validation_the_model_has_the_validated_weights(dataset: Dataset) -> None:
    model = LeNet()
    for report in train(model, dataset, small_settings(average=0.95)):
        if report.validation_accuracy is not None:
            assert accuracy(model, dataset.validation) == report.validation_accuracy


@pytest.mark.parametrize("augment", [False, True])
def test_a_seed_determines_the_weights(dataset: Dataset, augment: bool) -> None:
    def final(seed: int) -> torch.Tensor:
        return weights(trained(dataset, small_settings(epochs=1, augment=augment, seed=seed)))

    first = final(5)
    assert torch.equal(first, final(5))
    assert not torch.equal(first, final(6))


@pytest.mark.parametrize(
    "changes",
    [{}, {"optimizer": "sgd", "learning_rate": 0.02}, {"average": 0.0}],
    ids=["adamw", "sgd", "no average"],
)
def test_restored_training_ends_with_the_same_weights(
    dataset: Dataset, changes: dict[str, Any]
) -> None:
    chosen = small_settings(augment=True, **changes)
    first = prepare_training(LeNet(), dataset, chosen)
    state: dict[str, torch.Tensor] = {}
    for _ in first.reports():
        if first.epoch == 2 and not state:
            state = {name: value.clone() for name, value in first.state().items()}
    second = prepare_training(LeNet(), dataset, chosen)
    second.restore(state)
    assert [round(r.epoch, 6) for r in second.reports()] == [2 + i / 10 for i in range(1, 11)]
    assert torch.equal(weights(first.model), weights(second.model))


def test_the_number_of_validations_does_not_change_training(dataset: Dataset) -> None:
    def validated(validations: int) -> tuple[list[float], torch.Tensor]:
        torch.manual_seed(0)
        model = LeNet()
        settings = small_settings(epochs=1, batch_size=100, validations=validations, average=0.9)
        reports = list(train(model, dataset, settings))
        return [r.epoch for r in reports if r.validation_accuracy is not None], weights(model)

    once, after_one = validated(1)
    often, after_five = validated(5)
    assert once == [1]
    assert often == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert torch.equal(after_one, after_five)


def test_every_validation_uses_the_averaged_weights(dataset: Dataset) -> None:
    def validated(average: float) -> list[torch.Tensor]:
        torch.manual_seed(0)
        model = LeNet()
        settings = small_settings(epochs=1, batch_size=100, validations=2, average=average)
        # The average doesn't influence the training: without it, these are the plain weights.
        return [
            weights(model)
            for report in train(model, dataset, settings)
            if report.validation_accuracy is not None
        ]

    for plain, averaged in zip(validated(0.0), validated(0.9), strict=True):
        assert not torch.equal(plain, averaged)


def test_a_diverging_loss_is_reported(dataset: Dataset) -> None:
    diverging = small_settings(optimizer="sgd", learning_rate=1000.0)
    with pytest.raises(SketchpadError, match=r"NaN or infinite in epoch 1\. Try a smaller --lr"):
        trained(dataset, diverging)


def test_a_batch_larger_than_the_training_set_is_rejected(dataset: Dataset) -> None:
    with pytest.raises(SketchpadError, match="size of the training set"):
        prepare_training(LeNet(), dataset, small_settings(batch_size=2000))


def test_unfolded_networks_use_channels_last_memory(dataset: Dataset) -> None:
    def strides(preset: str) -> list[tuple[int, ...]]:
        model = LeNet(PRESETS[preset])
        prepare_training(model, dataset, small_settings(preset=preset))
        return [p.stride() for p in model.parameters() if p.dim() == 4 and p.shape[1] > 1]

    assert all(stride[1] > 1 for stride in strides("relu"))
    assert all(stride[1] == 1 for stride in strides("lenet5-1998"))


def test_each_data_set_has_its_own_distortion(dataset: Dataset) -> None:
    def loss(**changes: Any) -> float:
        torch.manual_seed(0)
        settings = small_settings(epochs=1, **changes)
        training: Training = prepare_training(LeNet(), dataset, settings)
        return next(training.reports()).loss

    plain = loss(augment=False)
    digits, clothes = loss(augment=True), loss(augment=True, dataset="fashion-mnist")
    assert len({plain, digits, clothes}) == 3
