"""The content of the page as plain values, independent of Gradio and the browser."""

import base64
from functools import lru_cache
from typing import Any

import numpy as np

from lenet.drawing.ink import MAX_POINTS, PEN_WIDTH
from lenet.drawing.preprocessing import fit_into_box
from lenet.network.config import DIGITS, LeNetConfig
from lenet.network.diagram import diagram
from lenet.network.summary import SIZE_FORMULA, summarise, to_json
from lenet.page.examples import example_images
from lenet.page.sketches import pack_picture
from lenet.reading.comparison import Comparison, LayerComparison
from lenet.reading.prediction import Array, Frame, Prediction, Predictor
from lenet.reading.views import SHIFT, TURN, VIEWS, ZOOM

STRIP_SIDE = 84
"""Maximum side of the film-strip's frames on the page."""
MAX_UPLOAD_BYTES = 20_000_000

Answer = dict[str, Any]


def facts() -> Answer:
    """Constants and texts that the browser shares with Python, sent with the page."""
    return {
        "penWidth": PEN_WIDTH,
        "maxPoints": MAX_POINTS,
        "maxUploadBytes": MAX_UPLOAD_BYTES,
        "sizeFormula": SIZE_FORMULA,
        "views": VIEWS,
        "filmStrip": (
            "Each picture shows the drawing after one step, with the answer that the network would "
            "give at that point. Turn off a step to see what goes wrong without it; the main "
            f"answer always uses every step. Each answer is an average over {VIEWS} views: the "
            f"picture itself, and copies shifted by {SHIFT:g} pixel, turned by {TURN:g}° or "
            f"resized by {ZOOM - 1:.0%}. The maps are those of the picture itself."
        ),
    }


def describe_inputs(predictor: Predictor) -> Answer:
    """A network's classes, their test images, and the steps of its film-strip.

    `skip` is the name by which a step is left out of the film-strip.
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
    """A shared colour scale (lowest, highest) for these maps.

    It starts at 0 if no value is negative; otherwise it is symmetric around 0.
    """
    low, high = float(min(m.min() for m in maps)), float(max(m.max() for m in maps))
    if low < 0:
        high = max(-low, high)
        return -high, high
    return 0.0, high or 1.0


@lru_cache(maxsize=16)
def layer_ranges(predictor: Predictor) -> tuple[tuple[float, float], ...]:
    """A colour scale for each layer, measured on test images of the network's classes.

    It stays fixed while a person draws, so that a weakly activated map looks dark. Networks whose
    classes have no test images are measured on the digits.
    """
    images = example_images(predictor.labels)
    if not images.size:
        images = example_images(DIGITS)
    predictions = [predictor.read_input(image) for row in images for image in row]
    layers = zip(*(prediction.maps for prediction in predictions), strict=True)
    return tuple(colour_scale(*maps) for maps in layers)


def pack(maps: Array, low: float, high: float) -> Answer:
    """Maps `(N, h, w)` as bytes in base64: `low` becomes 0 and `high` becomes 255."""
    levels = np.clip((maps - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    data = base64.b64encode(levels.tobytes()).decode("ascii")
    return {"shape": maps.shape, "range": (low, high), "data": data}


def describe(prediction: Prediction, predictor: Predictor) -> Answer:
    """The answer for the tab Draw, as plain values."""
    layers = zip(prediction.map_names, prediction.maps, layer_ranges(predictor), strict=True)
    return {
        **_describe_answer(prediction),
        "labels": prediction.labels,
        "probabilities": [round(float(p), 4) for p in prediction.probabilities],
        "maps": [{"name": name, **pack(maps, *span)} for name, maps, span in layers],
    }


def describe_comparison(comparison: Comparison) -> Answer:
    """The answer for the tab Compare; the maps that differ most come first."""

    def layer(name: str, maps: LayerComparison) -> Answer:
        scale = colour_scale(maps.a, maps.b)
        largest = float(np.abs(maps.difference).max()) or 1.0
        order = maps.ranking
        return {
            "name": name,
            "maps": [int(index) + 1 for index in order],
            "distances": [round(float(distance), 4) for distance in maps.distances[order]],
            "a": pack(maps.a[order], *scale),
            "b": pack(maps.b[order], *scale),
            "difference": pack(maps.difference[order], -largest, largest),
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
    """The frames of a film-strip, reduced to `STRIP_SIDE` if they are larger."""

    def reduced(image: Array) -> Array:
        longest = max(image.shape)
        return fit_into_box(image, STRIP_SIDE) if longest > STRIP_SIDE else image

    return [
        {
            "step": frame.step,
            "state": frame.prediction.state,
            "label": frame.prediction.label,
            "nearest": frame.prediction.nearest,
            "confidence": round(frame.prediction.confidence, 4),
            **pack(reduced(frame.image)[None], 0.0, max(1.0, float(frame.image.max()))),
        }
        for frame in frames
    ]


def describe_network(config: LeNetConfig, name: str) -> Answer:
    """The layers of the network called `name`, their totals, and a drawing."""
    layers = summarise(config)
    return {**to_json(layers), "picture": diagram(layers, name)}
