"""The page: one custom Gradio component that holds the sketch pad and the view of the network.

The browser sends the sketch while the pen moves; `read_sketch` answers with one plain value,
and the view is drawn from that value alone. See `sketchpad.js` for the other side.
"""

import asyncio
import base64
import binascii
import math
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypedDict, cast

# Before Gradio is imported: the page collects nothing and asks no other host for anything.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import numpy as np
import torch
from PIL import Image

from lenet.checkpoint import WEIGHTS, find_checkpoints
from lenet.errors import SketchpadError
from lenet.ink import PEN_WIDTH, Ink, ink_from_picture, ink_from_strokes, open_picture
from lenet.prediction import Array, Prediction, Predictor
from lenet.preprocessing import crop_to_ink, fit_into_box, is_blank

HERE = Path(__file__).parent
DEFAULT_MODEL = "mnist-relu"
PICTURE_SIDE = 140
"""An uploaded picture comes to the pad as ink of this side …"""
PICTURE_BOX = 100
"""… with the digit in a box of this side, as large on the pad as in MNIST's field."""
MAX_UPLOAD_BYTES = 20_000_000
NARROW_MARGINS = "@media (max-width: 760px) { .gradio-container .main.app { padding: 8px 4px; } }"
MANY_POINTS = 1000
"""Sketches with more points are drawn in a thread, so that nobody else has to wait."""

Answer = dict[str, Any]
ServerFunction = Callable[[Any], Awaitable[Answer]]


def example_digits() -> list[Array]:
    """The first digit of each class in MNIST's test set, ten arrays `(28, 28)` in [0, 1]."""
    strip = np.asarray(Image.open(HERE / "examples.png"), np.float32) / 255
    return np.split(strip, 10, axis=1)


class Gallery:
    """The checkpoints of one folder, each loaded when it is first asked for."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def names(self) -> list[str]:
        """Names of the checkpoints that are there now, the default first."""
        return sorted(find_checkpoints(self.folder), key=lambda name: (name != DEFAULT_MODEL, name))

    def predictor(self, name: str) -> Predictor:
        """The network of that name, as it is on the disk now.

        Raises:
            SketchpadError: there is no such checkpoint, or it is damaged.
        """
        path = self.folder / name
        if name not in find_checkpoints(self.folder):
            names = self.names()
            there = f"choose {' or '.join(names)}" if names else "run `python train.py` to make one"
            raise SketchpadError(f"There is no network {name!r} in {self.folder.name}: {there}.")
        weights = path / WEIGHTS
        return _load(path, weights.stat().st_mtime_ns if weights.is_file() else 0)


@lru_cache(maxsize=16)
def _load(path: Path, changed: int) -> Predictor:
    """Load a checkpoint; `changed` makes a newly trained one another entry."""
    return Predictor.from_pretrained(path)


@lru_cache(maxsize=16)
def layer_ranges(predictor: Predictor) -> tuple[tuple[float, float], tuple[float, float]]:
    """The one colour scale of each layer: (lowest, highest) over the ten example digits.

    It stays the same while a person draws, so that a quiet map looks quiet. It begins at 0 where
    the activation does, and is symmetric around 0 where values are negative.
    """
    predictions = [predictor.read_input(digit) for digit in example_digits()]

    def span(maps: list[Array]) -> tuple[float, float]:
        low, high = float(np.min(maps)), float(np.max(maps))
        if low < 0:
            high = max(-low, high)
            return -high, high
        return 0.0, high or 1.0

    return span([p.layer1 for p in predictions]), span([p.layer2 for p in predictions])


def describe(prediction: Prediction, predictor: Predictor) -> Answer:
    """One plain answer for the view: what is shown, and nothing of how it came about.

    `input`, `layer1` and `layer2` are bytes in base64, 0 to 255 from the lowest to the highest
    value of `range`, in the order of `shape`.
    """
    span1, span2 = layer_ranges(predictor)

    def pack(maps: Array, low: float, high: float) -> Answer:
        levels = np.clip((maps - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
        data = base64.b64encode(levels.tobytes()).decode("ascii")
        return {"shape": maps.shape, "range": (low, high), "data": data}

    return {
        "label": prediction.label,
        "labels": prediction.labels,
        "probabilities": [round(float(p), 4) for p in prediction.probabilities],
        "input": pack(prediction.network_input[None], 0, 1),
        "layer1": pack(prediction.layer1, *span1),
        "layer2": pack(prediction.layer2, *span2),
    }


def sketch_ink(strokes: Any, picture: Any = None) -> Ink:
    """Ink of what is on the pad: strokes, over a picture if there is one.

    A picture is a square of bytes in base64, as `picture_for_pad` makes it.

    Raises:
        SketchpadError: the strokes or the picture are not what they should be.
    """
    if picture is None:
        return ink_from_strokes(strokes)
    ink = ink_from_strokes(strokes, PEN_WIDTH)
    try:
        levels = np.frombuffer(base64.b64decode(picture, validate=True), np.uint8)
    except (TypeError, ValueError) as error:
        raise SketchpadError("The picture on the pad is damaged: clear the pad.") from error
    side = math.isqrt(len(levels))
    if side * side != len(levels) or not 1 <= side <= len(ink):
        raise SketchpadError("The picture on the pad is not a square: clear the pad.")
    enlarged = Image.fromarray(levels.reshape(side, side)).resize(
        ink.shape, Image.Resampling.BILINEAR
    )
    return np.maximum(ink, np.asarray(enlarged, np.float32) / 255)


def picture_for_pad(file: BytesIO, name: str) -> str:
    """Bring a picture file onto the pad: its ink, centred, `PICTURE_SIDE` squared, in base64.

    Raises:
        SketchpadError: it can't be read, or nothing is drawn on it.
    """
    ink = ink_from_picture(open_picture(file, name))
    if is_blank(ink):
        raise SketchpadError(f"There is nothing drawn on {name}: it has one colour all over.")
    digit = fit_into_box(crop_to_ink(ink), PICTURE_BOX)
    height, width = digit.shape
    top, left = (PICTURE_SIDE - height) // 2, (PICTURE_SIDE - width) // 2
    pad = np.zeros((PICTURE_SIDE, PICTURE_SIDE), np.float32)
    pad[top : top + height, left : left + width] = digit
    return _pack_picture(pad)


def _pack_picture(ink: Ink) -> str:
    return base64.b64encode(np.rint(ink * 255).astype(np.uint8).tobytes()).decode("ascii")


def server_functions(gallery: Gallery) -> list[ServerFunction]:
    """What the browser may ask for. Each takes one value and never raises."""
    unpacking = asyncio.Semaphore(2)  # bounds the memory that large pictures take

    async def models(_: Any = None) -> Answer:
        """The menu, and the digits to start from."""
        return {
            "models": gallery.names(),
            "examples": [_pack_picture(digit) for digit in example_digits()],
            "pen": PEN_WIDTH,
            "folder": gallery.folder.name,
        }

    async def read_sketch(sketch: Any) -> Answer:
        """Read the pad: `{model, strokes, picture}`."""
        sketch = sketch if isinstance(sketch, Mapping) else {}
        strokes, picture = sketch.get("strokes"), sketch.get("picture")
        try:
            predictor = gallery.predictor(str(sketch.get("model")))
            if _points(strokes) > MANY_POINTS:
                ink = await asyncio.to_thread(sketch_ink, strokes, picture)
            else:
                ink = sketch_ink(strokes, picture)
            return describe(predictor.read_ink(ink), predictor)
        except SketchpadError as error:
            return {"error": str(error)}

    async def open_file(file: Any) -> Answer:
        """Turn an uploaded picture `{name, data}` (bytes in base64) into ink for the pad."""
        file = file if isinstance(file, Mapping) else {}
        name = str(file.get("name") or "The picture")[:80]
        try:
            data = base64.b64decode(str(file.get("data", "")), validate=True)
            if len(data) > MAX_UPLOAD_BYTES:
                raise SketchpadError(f"{name} is larger than {MAX_UPLOAD_BYTES // 10**6} MB.")
            async with unpacking:
                return {"picture": await asyncio.to_thread(picture_for_pad, BytesIO(data), name)}
        except binascii.Error:
            return {"error": f"{name} did not arrive whole: upload it again."}
        except SketchpadError as error:
            return {"error": str(error)}

    return [models, read_sketch, open_file]


def _points(strokes: Any) -> int:
    try:
        return sum(len(stroke) for stroke in strokes)
    except TypeError:
        return 0


class Reading(TypedDict):
    """What the API answers."""

    label: str | None
    probabilities: dict[str, float]
    network_input: list[list[float]]
    layer1: list[list[list[float]]]
    layer2: list[list[list[float]]]


def build(folder: str | Path = "checkpoints") -> gr.Blocks:
    """The page as a Gradio app that shows the checkpoints in `folder`."""
    gallery = Gallery(folder)

    def predict(image: gr.FileData, model: str = DEFAULT_MODEL) -> Reading:
        """Read the digit in a picture.

        Parameters:
            image: the picture, a file of any common format
            model: the network, one of those in the page's menu
        Returns:
            label (null for a blank picture), the probability of each label, the 28×28 network
            input, and the maps of both layers (6×28×28 and 16×10×10)
        """
        try:
            return cast(Reading, gallery.predictor(model)(image["path"]).to_json())
        except SketchpadError as error:
            raise gr.Error(str(error), print_exception=False) from error

    with gr.Blocks(title="LeNet Sketchpad", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(
            html_template=_text("sketchpad.html"),
            css_template=_text("sketchpad.css"),
            js_on_load=_text("sketchpad.js"),
            server_functions=server_functions(gallery),
            apply_default_css=False,
        )
        gr.api(predict, api_name="predict", concurrency_limit=4)
    return page


def launch(page: gr.Blocks, **options: Any) -> None:
    """Serve the page until it is stopped; host and port come from the environment, as on Spaces."""
    # The network is too small to gain from threads within one forward pass.
    torch.set_num_threads(1)
    page.launch(
        theme=gr.themes.Default(
            font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
            font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        ),
        css=NARROW_MARGINS,
        favicon_path=HERE / "icon.png",
        footer_links=["api"],
        max_file_size=MAX_UPLOAD_BYTES,
        run_history=False,
        show_error=True,
        ssr_mode=False,
        **options,
    )


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
