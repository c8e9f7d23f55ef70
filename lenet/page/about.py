"""What the page knows about a network in addition to its checkpoint."""

from typing import Any

import numpy as np
import torch

from lenet.errors import SketchpadError
from lenet.network.config import DIGITS, LeNetConfig
from lenet.network.summary import SIZE_FORMULA, summarise, to_json
from lenet.page.examples import example_images, large_sheet_of, sheet_name
from lenet.reading.prediction import NOT_FINITE, Array, Predictor
from lenet.reading.tracing import trace


def about(predictor: Predictor, title: str) -> dict[str, Any]:
    """Classes, test images, colour scales and layers, as plain values.

    Raises:
        SketchpadError: the network computes values that are not finite.
    """
    sheet = sheet_name(predictor.labels)
    test_sheet = large_sheet_of(predictor.labels)
    return {
        "title": title,
        "labels": predictor.labels,
        "digits": predictor.labels == DIGITS,
        "examples": sheet and f"examples/{sheet}.json",
        "testSheet": test_sheet and f"examples/{test_sheet.name}",
        "ranges": layer_ranges(predictor),
        "layers": _layers(predictor.model.config),
        "sizeFormula": SIZE_FORMULA,
    }


def _layers(config: LeNetConfig) -> dict[str, Any]:
    """The layers without words, which depend on the visitor's language."""
    found = to_json(summarise(config))
    for layer in found["layers"]:
        del layer["description"], layer["notation"]
    return found


def colour_scale(*maps: Array) -> tuple[float, float]:
    """A shared colour scale (lowest, highest) for these maps.

    It starts at 0 if no value is negative; otherwise it is symmetric around 0.
    """
    low, high = float(min(m.min() for m in maps)), float(max(m.max() for m in maps))
    if low < 0:
        high = max(-low, high)
        return -high, high
    return 0.0, high or 1.0


@torch.inference_mode()
def layer_ranges(predictor: Predictor) -> list[dict[str, Any]]:
    """Two colour scales for each layer: of its `sums` and of its `values`.

    They are measured on test images of the network's classes and stay fixed while a person draws,
    so that a weakly activated map looks dark. Networks whose classes have no test images are
    measured on the digits.

    Raises:
        SketchpadError: a value is not finite.
    """
    images = example_images(predictor.labels)
    if not images.size:
        images = example_images(DIGITS)
    ranges: list[dict[str, Any]] = []
    for layer in trace(predictor.model, torch.from_numpy(images).flatten(0, 1)[:, None]):
        scales = [colour_scale(values.numpy()) for values in (layer.sums, layer.values)]
        if not np.isfinite(scales).all():
            raise SketchpadError(NOT_FINITE)
        ranges.append({"name": layer.name, "sums": scales[0], "values": scales[1]})
    return ranges
