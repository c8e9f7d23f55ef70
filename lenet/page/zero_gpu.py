"""What a ZeroGPU Space of Hugging Face offers in addition: an evaluation on its GPU.

A Space on ZeroGPU starts only if it contains a function for the GPU. Reading a drawing never needs
one, so this function reads many test images instead.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import numpy as np
import torch

from lenet.errors import SketchpadError
from lenet.page.examples import large_sheet_of, read_sheet
from lenet.page.gallery import DEFAULT_MODEL, Gallery, load
from lenet.reading.muting import evaluate as evaluate_on
from lenet.reading.prediction import Predictor

SECONDS = 30
"""The longest time for which an evaluation may occupy the GPU."""


class Evaluated(TypedDict):
    """The answer of the API."""

    images: int
    accuracy: float
    rejected: float
    device: str


def evaluation(gallery: Gallery) -> Callable[[str], Evaluated] | None:
    """A function for the API; None without the package `spaces`, which Spaces install."""
    if find_spec("spaces") is None:
        return None
    # Importing it prepares PyTorch and Gradio, so it must happen before the launch.
    on_gpu = import_module("spaces").GPU(duration=SECONDS)(_evaluate)

    # Each version of a network is evaluated once, however often it is requested.
    @lru_cache(maxsize=64)
    def evaluated(path: Path, version: str) -> Evaluated:
        return on_gpu(path, version)

    def evaluate(model: str = DEFAULT_MODEL) -> Evaluated:
        """Evaluate a network on test images that ship with the page.

        Parameters:
            model: the network, by the name of its checkpoint folder
        Returns:
            how many images it read, the share of right answers, the share of rejected images, and
            the device that computed them
        """
        checkpoint = gallery.checkpoint(model)
        # In this process, where errors keep their sentence.
        if large_sheet_of(load(checkpoint.path, checkpoint.version).labels) is None:
            raise SketchpadError(f"The page has no test images with the classes of {model}.")
        return evaluated(checkpoint.path, checkpoint.version)

    return evaluate


def _evaluate(path: Path, version: str) -> Evaluated:
    """Evaluate a checkpoint, on the GPU if there is one.

    ZeroGPU runs this in a process of its own.
    """
    cuda = torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    predictor = load(path, version)
    sheet = large_sheet_of(predictor.labels)
    assert sheet
    images = np.rint(read_sheet(sheet).images * 255).astype(np.uint8)
    labels = np.arange(len(images)).repeat(images.shape[1])
    found = evaluate_on(
        Predictor(deepcopy(predictor.model).to(device)),
        torch.from_numpy(images).flatten(0, 1)[:, None].to(device),
        torch.from_numpy(labels),
    )
    return {
        "images": len(labels),
        "accuracy": found.accuracy,
        "rejected": found.rejected / len(labels),
        "device": torch.cuda.get_device_name() if cuda else "cpu",
    }
