"""What the page shows and what it sends, as plain values: no Gradio and no browser in here."""

import base64
import math
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
import torch
from PIL import Image

from lenet.calibration import SHIFT, TURN, ZOOM, views
from lenet.comparison import Comparison, LayerComparison
from lenet.errors import SketchpadError
from lenet.ink import (
    MAX_POINTS,
    PAD_PIXELS,
    PEN_WIDTH,
    Ink,
    ink_from_picture,
    ink_from_strokes,
    open_picture,
)
from lenet.networks import DIGITS, IMAGE_SIZE, LeNetConfig
from lenet.page.examples import example_images
from lenet.prediction import Array, Frame, Prediction, Predictor
from lenet.preprocessing import crop_to_ink, fit_into_box, is_blank
from lenet.summary import SIZE_FORMULA, picture, summarise, to_json

PICTURE_SIDE = 140
"""An uploaded picture comes to the pad as ink of this side …"""
PICTURE_BOX = 100
"""… with what is on it in a box of this side, as large on the pad as a digit in MNIST's field."""
MAX_PACKED = 4 * PAD_PIXELS**2 // 3 + 4
"""Length of the largest picture on the pad, in base64."""
STRIP_SIDE = 84
"""Frames of the film-strip are no larger than this on the page."""

MAX_UPLOAD_BYTES = 20_000_000

Answer = dict[str, Any]


def facts() -> Answer:
    """What the browser must know as well, written once and sent with the page."""
    count = len(views(torch.zeros(1, 1, IMAGE_SIZE, IMAGE_SIZE)))
    return {
        "penWidth": PEN_WIDTH,
        "maxPoints": MAX_POINTS,
        "maxUploadBytes": MAX_UPLOAD_BYTES,
        "sizeFormula": SIZE_FORMULA,
        "views": count,
        "filmStrip": (
            "Each picture is the result of one step, with what the network would answer at that "
            "point. Turn a step off to see what goes wrong without it; the main answer always uses "
            f"every step. Every answer averages {count} views of the picture: the picture itself "
            f"and copies shifted by {SHIFT:g} pixel, turned by {TURN:g}° and resized by "
            f"{ZOOM - 1:.0%}. The maps show the picture itself."
        ),
    }


def describe_inputs(predictor: Predictor) -> Answer:
    """What a network reads: its classes, their test images, and the steps of the film-strip.

    A step is left out of the film-strip by the name `skip`.
    """
    config = predictor.model.config
    steps = [
        ("draw", "pen", "Pen fitted"),
        ("crop", "crop", "Cropped"),
        ("box", "box", f"{config.box}-pixel box"),
        ("centre", "centre", f"Centred by {config.centring}"),
        ("normalise", "normalise", "Normalised"),
    ]
    return {
        "labels": predictor.labels,
        "digits": predictor.labels == DIGITS,
        "examples": [[pack_picture(i) for i in row] for row in example_images(predictor.labels)],
        "steps": [
            {"step": step, "skip": skip, "caption": caption} for step, skip, caption in steps
        ],
    }


def colour_scale(*maps: Array) -> tuple[float, float]:
    """One colour scale (lowest, highest) for all these maps.

    It begins at 0 where the activation does, and is symmetric around 0 where values are negative.
    """
    low, high = float(min(m.min() for m in maps)), float(max(m.max() for m in maps))
    if low < 0:
        high = max(-low, high)
        return -high, high
    return 0.0, high or 1.0


@lru_cache(maxsize=16)
def layer_ranges(predictor: Predictor) -> tuple[tuple[float, float], ...]:
    """One colour scale for each layer, over the test images of the network's own classes.

    It stays the same while a person draws, so that a quiet map looks quiet. Networks whose classes
    no sheet holds are measured on the digits.
    """
    images = example_images(predictor.labels)
    if not images.size:
        images = example_images(DIGITS)
    predictions = [predictor.read_input(image) for row in images for image in row]
    layers = zip(*(prediction.maps for prediction in predictions), strict=True)
    return tuple(colour_scale(*maps) for maps in layers)


def pack(maps: Array, low: float, high: float) -> Answer:
    """Maps `(N, h, w)` as bytes in base64: 0 to 255 from the lowest to the highest of `range`."""
    levels = np.clip((maps - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    data = base64.b64encode(levels.tobytes()).decode("ascii")
    return {"shape": maps.shape, "range": (low, high), "data": data}


def describe(prediction: Prediction, predictor: Predictor) -> Answer:
    """One plain answer for the view: what is shown, and nothing of how it came about."""
    layers = zip(prediction.map_names, prediction.maps, layer_ranges(predictor), strict=True)
    return {
        **_describe_answer(prediction),
        "labels": prediction.labels,
        "probabilities": [round(float(p), 4) for p in prediction.probabilities],
        "maps": [{"name": name, **pack(maps, *span)} for name, maps, span in layers],
    }


def describe_comparison(comparison: Comparison) -> Answer:
    """Two inputs side by side for the view; the maps that differ most come first."""

    def layer(name: str, maps: LayerComparison) -> Answer:
        scale = colour_scale(maps.a, maps.b)
        most = float(np.abs(maps.difference).max()) or 1.0
        order = maps.ranking
        return {
            "name": name,
            "maps": [int(index) + 1 for index in order],
            "distances": [round(float(distance), 4) for distance in maps.distances[order]],
            "a": pack(maps.a[order], *scale),
            "b": pack(maps.b[order], *scale),
            "difference": pack(maps.difference[order], -most, most),
        }

    return {
        "a": _describe_answer(comparison.a),
        "b": _describe_answer(comparison.b),
        "layers": list(map(layer, comparison.a.map_names, comparison.layers)),
    }


def _describe_answer(prediction: Prediction) -> Answer:
    return {
        "state": prediction.state,
        "label": prediction.label,
        "sentence": prediction.sentence,
        "input": pack(prediction.network_input[None], 0, 1),
    }


def describe_strip(frames: list[Frame]) -> list[Answer]:
    """The frames of a film-strip for the view, large ones reduced."""

    def small(image: Array) -> Array:
        longest = max(image.shape)
        return fit_into_box(image, STRIP_SIDE) if longest > STRIP_SIDE else image

    return [
        {
            "step": frame.step,
            "state": frame.prediction.state,
            "label": frame.prediction.label,
            "nearest": frame.prediction.nearest,
            "confidence": round(frame.prediction.confidence, 4),
            **pack(small(frame.image)[None], 0.0, max(1.0, float(frame.image.max()))),
        }
        for frame in frames
    ]


def describe_network(config: LeNetConfig, name: str) -> Answer:
    """The layers, the sums over them, and the picture of the network of that name."""
    layers = summarise(config)
    return {**to_json(layers), "picture": picture(layers, name)}


def sketch_ink(strokes: Any, picture: Any = None, pen: float | None = None) -> Ink:
    """Ink of what is on the pad: strokes, over a picture if there is one.

    A picture is a square of bytes in base64, as `picture_for_pad` makes it. The pen fits the
    drawing, unless its width `pen` is passed or there is a picture that it has to match.

    Raises:
        SketchpadError: the strokes or the picture are invalid.
    """
    if picture is None:
        return ink_from_strokes(strokes, pen)
    ink = ink_from_strokes(strokes, PEN_WIDTH)
    if not isinstance(picture, str) or len(picture) > MAX_PACKED:
        raise SketchpadError("The picture on the pad is damaged. Clear the pad.")
    try:
        levels = np.frombuffer(base64.b64decode(picture, validate=True), np.uint8)
    except (TypeError, ValueError) as error:
        raise SketchpadError("The picture on the pad is damaged. Clear the pad.") from error
    side = math.isqrt(len(levels))
    if side * side != len(levels) or not 1 <= side <= len(ink):
        raise SketchpadError("The picture on the pad is not a square. Clear the pad.")
    # Without smoothing: a test image comes to the network as it lies in its data set.
    enlarged = Image.fromarray(levels.reshape(side, side)).resize(
        ink.shape, Image.Resampling.NEAREST
    )
    return np.maximum(ink, np.asarray(enlarged, np.float32) / 255)


def picture_for_pad(file: BytesIO, name: str) -> str:
    """Bring a picture file onto the pad: its ink, centred, `PICTURE_SIDE` squared, in base64.

    Raises:
        SketchpadError: it can't be read, or nothing is drawn on it.
    """
    ink = ink_from_picture(open_picture(file, name))
    if is_blank(ink):
        raise SketchpadError(f"{name} is empty: it has a single colour.")
    digit = fit_into_box(crop_to_ink(ink), PICTURE_BOX)
    height, width = digit.shape
    top, left = (PICTURE_SIDE - height) // 2, (PICTURE_SIDE - width) // 2
    pad = np.zeros((PICTURE_SIDE, PICTURE_SIDE), np.float32)
    pad[top : top + height, left : left + width] = digit
    return pack_picture(pad)


def pack_picture(ink: Ink) -> str:
    return base64.b64encode(np.rint(ink * 255).astype(np.uint8).tobytes()).decode("ascii")
