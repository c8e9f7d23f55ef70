"""Test images that ship with the page, eight per class, so that it needs no data set.

Each data set has one sheet, with a row of images per class. The text field `labels` of the PNG
lists the labels of the rows in JSON.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from lenet.datasets.datasets import DATASETS
from lenet.network.config import IMAGE_SIZE
from lenet.reading.prediction import Array

ASSETS = Path(__file__).with_name("assets")


def example_images(labels: tuple[str, ...]) -> Array:
    """The first images of each class in the official test set, `(classes, 8, 28, 28)` in [0, 1].

    Classes without a sheet have none: `(classes, 0, 28, 28)`.
    """
    return _sheets().get(labels, np.zeros((len(labels), 0, IMAGE_SIZE, IMAGE_SIZE), np.float32))


@lru_cache(maxsize=1)
def _sheets() -> dict[tuple[str, ...], Array]:
    sheets = {}
    for path in (ASSETS / d.sample_sheet for d in DATASETS.values() if d.sample_sheet):
        with Image.open(path) as picture:
            labels = tuple(json.loads(picture.info["labels"]))
            sheet = np.asarray(picture, np.float32) / np.float32(255)
        grid = sheet.reshape(len(labels), IMAGE_SIZE, -1, IMAGE_SIZE)
        sheets[labels] = grid.swapaxes(1, 2)
    return sheets
