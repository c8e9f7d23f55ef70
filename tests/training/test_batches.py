import dataclasses
from typing import Any

import pytest
import torch

from lenet.datasets.augmentation import Distortion
from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.training.batches import NON_DIGIT_WEIGHT, Batches
from lenet.training.losses import NON_DIGIT


def batches(dataset: Dataset, **changes: Any) -> Batches:
    values: dict[str, Any] = {
        "size": 400, "non_digit_share": 0.1, "mixed_share": 0.3, "distortion": None, "seed": 3,
        **changes,
    }  # fmt: skip
    return Batches(dataset, **values)


def test_an_epoch_has_full_batches_in_a_new_order(dataset: Dataset) -> None:
    training = batches(dataset)
    epoch = list(training.epoch())
    assert len(epoch) == training.steps == 3  # 1500 images, of which 300 remain
    labels = torch.cat([batch.labels for batch in epoch])
    images = torch.cat([batch.images for batch in epoch])
    assert images.shape == (1200, 1, 28, 28)
    assert 0 <= images.min() < images.max() <= 1
    next_epoch = torch.cat([batch.labels for batch in training.epoch()])
    assert not torch.equal(labels, next_epoch)
    same_seed = torch.cat([batch.labels for batch in batches(dataset).epoch()])
    assert torch.equal(labels, same_seed)
    assert all(torch.equal(batch.weights, torch.ones(400)) for batch in epoch)


def test_non_digits_are_added_with_a_lower_weight(dataset: Dataset) -> None:
    outliers = torch.full((7, 1, 28, 28), 255, dtype=torch.uint8)
    with_outliers = dataclasses.replace(dataset, non_digits=outliers)
    batch = next(iter(batches(with_outliers).epoch()))
    assert batch.images.shape == (440, 1, 28, 28)
    assert (batch.labels[:400] >= 0).all()
    assert (batch.labels[400:] == NON_DIGIT).all()
    assert (batch.images[400:].flatten(1).min(1).values == 1).sum() == 28  # 12 are mixed halves
    assert batch.weights[:400].sum() == 400
    assert batch.weights[400:].sum().item() == pytest.approx(40 * NON_DIGIT_WEIGHT)
    unmixed = next(iter(batches(with_outliers, mixed_share=0.0).epoch()))
    assert (unmixed.images[400:] == 1).all()


@pytest.mark.parametrize("distortion", [None, Distortion()])
def test_parts_of_several_processes_make_up_the_batch(
    dataset: Dataset, distortion: Distortion | None
) -> None:
    whole = next(batches(dataset, size=51, distortion=distortion).epoch())
    parts = [
        next(batches(dataset, size=51, distortion=distortion, part=slice(rank, None, 2)).epoch())
        for rank in (0, 1)
    ]
    for rank, part in enumerate(parts):
        assert torch.allclose(part.images, whole.images[rank::2], atol=1e-6)
        assert torch.equal(part.labels, whole.labels[rank::2])
        assert torch.equal(part.weights, whole.weights[rank::2])


def test_a_batch_larger_than_the_training_set_is_rejected(dataset: Dataset) -> None:
    with pytest.raises(SketchpadError, match=r"at most the size of the training set, 1,500"):
        batches(dataset, size=2000)
