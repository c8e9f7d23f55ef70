"""Test images that ship with the page, so that it needs no data set.

Each data set has two sheets, with a row of images per class: eight of each class to start from, and
a hundred of each on which the page evaluates networks. They are the first ones of each class in the
official test set. The text field `labels` of the PNG lists the labels of the rows in JSON.
`scripts/test-images` writes the large sheets.
"""

import base64
import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lenet.datasets.datasets import DATASETS, DatasetDescription, Split
from lenet.drawing.ink import Ink
from lenet.network.config import IMAGE_SIZE
from lenet.reading.prediction import Array

ASSETS = Path(__file__).with_name("assets")
MANY = 100
"""How many images of each class a large sheet holds."""


class Sheet(NamedTuple):
    """The images of one data set."""

    labels: tuple[str, ...]
    images: Array
    """`(classes, N, 28, 28)` in [0, 1]"""


@lru_cache(maxsize=1)
def sheets() -> dict[str, Sheet]:
    """The sheets by their names."""
    found = {}
    for path in (ASSETS / d.sample_sheet for d in DATASETS.values() if d.sample_sheet):
        found[path.stem] = read_sheet(path)
    return found


def read_sheet(path: Path) -> Sheet:
    """The images in a PNG."""
    with Image.open(path) as picture:
        labels = tuple(json.loads(picture.info["labels"]))
        levels = np.asarray(picture, np.float32) / np.float32(255)
    grid = levels.reshape(len(labels), IMAGE_SIZE, -1, IMAGE_SIZE)
    return Sheet(labels, grid.swapaxes(1, 2))


def write_large_sheet(description: DatasetDescription, test: Split, folder: Path = ASSETS) -> Path:
    """Write the large sheet of a data set from its test split."""
    rows = [
        test.images[test.labels == label][:MANY, 0].cpu().numpy()
        for label in range(len(description.labels))
    ]
    info = PngInfo()
    info.add_text("labels", json.dumps(description.labels))
    sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
    path = folder / description.test_sheet
    Image.fromarray(sheet).save(path, optimize=True, pnginfo=info)
    return path


def large_sheet_of(labels: tuple[str, ...]) -> Path | None:
    """The large sheet with images of these classes; None if there is none."""
    found = (d.test_sheet for d in DATASETS.values() if d.labels == labels and d.test_sheet)
    return next((ASSETS / name for name in found), None)


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


def pack_picture(ink: Ink) -> str:
    """Ink `(side, side)` as a sketch stores it: bytes in base64."""
    return base64.b64encode(np.rint(ink * 255).astype(np.uint8).tobytes()).decode("ascii")
