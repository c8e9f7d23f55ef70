"""Test images that ship with the page, eight per class, so that it needs no data set.

Each data set has one sheet, with a row of images per class. The text field `labels` of the PNG
lists the labels of the rows in JSON.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from lenet.datasets.datasets import DATASETS
from lenet.network.config import IMAGE_SIZE
from lenet.page.sketches import pack_picture
from lenet.reading.prediction import Array

ASSETS = Path(__file__).with_name("assets")


class Sheet(NamedTuple):
    """The images of one data set."""

    labels: tuple[str, ...]
    images: Array
    """`(classes, 8, 28, 28)` in [0, 1]: the first ones of each class in the official test set"""


@lru_cache(maxsize=1)
def sheets() -> dict[str, Sheet]:
    """The sheets by their names."""
    found = {}
    for path in (ASSETS / d.sample_sheet for d in DATASETS.values() if d.sample_sheet):
        with Image.open(path) as picture:
            labels = tuple(json.loads(picture.info["labels"]))
            levels = np.asarray(picture, np.float32) / np.float32(255)
        grid = levels.reshape(len(labels), IMAGE_SIZE, -1, IMAGE_SIZE)
        found[path.stem] = Sheet(labels, grid.swapaxes(1, 2))
    return found


def example_images(labels: tuple[str, ...]) -> Array:
    """The images of these classes as in their sheet; `(classes, 0, 28, 28)` if there is none."""
    name = sheet_name(labels)
    none = np.zeros((len(labels), 0, IMAGE_SIZE, IMAGE_SIZE), np.float32)
    return sheets()[name].images if name else none


def sheet_name(labels: tuple[str, ...]) -> str | None:
    """The name of the sheet with images of these classes; None if there is none."""
    return next((name for name, sheet in sheets().items() if sheet.labels == labels), None)


def pack(sheet: Sheet) -> list[list[str]]:
    """The images of a sheet, `[class][image]`, each as bytes in base64."""
    return [[pack_picture(image) for image in row] for row in sheet.images]
