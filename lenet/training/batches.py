"""Batches of training images, with non-digits added and every image distorted."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from lenet.datasets.augmentation import Distortion, distort
from lenet.datasets.datasets import Dataset
from lenet.datasets.non_digits import mixed_halves
from lenet.errors import SketchpadError
from lenet.training.losses import NON_DIGIT

NON_DIGIT_WEIGHT = 0.2
"""Weight of a non-digit's loss. Hendrycks, Mazeika, Dietterich, "Deep anomaly detection with
outlier exposure", ICLR 2019, use 0.5 for a loss that is smaller; with 0.5 here, fewer drawn digits
are read, and no more non-digits are rejected."""


class Batch(NamedTuple):
    """This process's part of the examples in one step."""

    images: Tensor
    """`(B, 1, 28, 28)` in [0, 1]"""
    labels: Tensor
    """`(B,)`, `NON_DIGIT` for non-digits"""
    weights: Tensor
    """of the losses, `(B,)`"""


class Batches:
    """The training images of `dataset` in batches of `size`, in a new order each epoch.

    If the data set has non-digits, each batch contains an extra `non_digit_share` · `size` of them;
    `mixed_share` of these combine halves of two images.
    Images are distorted by up to `distortion`, if set. This process receives `part` of each batch;
    random numbers are the same in all processes.

    Raises:
        SketchpadError: a batch is larger than the training set.
    """

    def __init__(
        self,
        dataset: Dataset,
        size: int,
        non_digit_share: float,
        mixed_share: float,
        distortion: Distortion | None,
        seed: int,
        part: slice = slice(None),
    ) -> None:
        count = len(dataset.training.labels)
        if size > count:
            raise SketchpadError(
                f"--batch-size must be at most the size of the training set, {count:,}, got {size}."
            )
        self.size, self.steps = size, count // size
        # On the CPU, so that a seed gives the same result on every device.
        self.generator = torch.Generator().manual_seed(seed)
        self._training, self._distortion, self._part = dataset.training, distortion, part
        self._non_digits = dataset.non_digits
        added = 0 if dataset.non_digits is None else round(non_digit_share * size)
        labels = dataset.training.labels
        self._non_digit_labels = labels.new_full((added,), NON_DIGIT)
        self._mixed = min(round(mixed_share * added), size)
        self._weights = torch.ones(size + added, device=labels.device)
        if added:
            self._weights[size:] = NON_DIGIT_WEIGHT * non_digit_share * size / added

    def epoch(self) -> Iterator[Batch]:
        """The batches of one epoch, without the remainder that would not fill a batch."""
        labels = self._training.labels
        order = torch.randperm(len(labels), generator=self.generator).to(labels.device)
        return map(self._batch, order.split(self.size)[: self.steps])

    def _batch(self, chosen: Tensor) -> Batch:
        """The batch made of the training images with the indices `chosen`, `(size,)`."""
        images = self._training.images.index_select(0, chosen).float() / 255
        labels = self._training.labels[chosen]
        if len(self._non_digit_labels):
            images = torch.cat([images, self._some_non_digits(images)])
            labels = torch.cat([labels, self._non_digit_labels])
        if self._distortion is None:
            images = images[self._part]
        else:
            images = distort(images, self.generator, self._distortion, self._part)
        return Batch(images, labels[self._part], self._weights[self._part])

    def _some_non_digits(self, digits: Tensor) -> Tensor:
        """Non-digits `(N, 1, 28, 28)`: synthetic ones, and mixed halves of `digits`."""
        assert self._non_digits is not None
        count = len(self._non_digit_labels) - self._mixed
        chosen = torch.randint(len(self._non_digits), (count,), generator=self.generator)
        synthetic = self._non_digits[chosen.to(digits.device)].float() / 255
        return torch.cat([synthetic, mixed_halves(digits, self.generator)[: self._mixed]])
