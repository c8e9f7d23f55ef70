"""The page: one custom Gradio component that holds the sketch pad and the view of the network.

The browser sends the sketch while the pen moves; `read_sketch` answers with one plain value,
and the view is drawn from that value alone. See `pad.js` for the other side.
"""

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypedDict, cast

# Before Gradio is imported: the page collects nothing and asks no other host for anything.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import torch
from gradio.utils import get_upload_folder

from lenet.drawing.ink import PEN_WIDTH
from lenet.errors import SketchpadError
from lenet.network.checkpoint import WEIGHTS, find_checkpoints
from lenet.page.answers import (
    Answer,
    describe,
    describe_comparison,
    describe_inputs,
    describe_network,
    describe_strip,
    picture_for_pad,
    sketch_ink,
)
from lenet.reading.comparison import Comparison
from lenet.reading.prediction import Predictor

HERE = Path(__file__).parent
SCRIPTS = ("view", "ask", "pad", "tabs", "draw", "compare", "network")
"""They run one after the other as the body of one function."""
DEFAULT_MODEL = "mnist-relu"
MAX_UPLOAD_BYTES = 20_000_000
# Gradio's `css` reaches only what is inside its margins.
NARROW_MARGINS = """<style>@media (max-width: 760px) {
  .gradio-container .main.app { padding: 6px 2px !important; }
}</style>"""
MANY_POINTS = 1000
"""Sketches with more points are drawn in a thread, so that nobody else has to wait."""

ServerFunction = Callable[[Any], Awaitable[Answer]]


class Gallery:
    """The checkpoints of one folder, each loaded when it is first asked for."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def names(self) -> list[str]:
        """Names of the checkpoints that are there now: the default, its kin, the others."""
        kin = DEFAULT_MODEL.partition("-")[0]

        def order(name: str) -> tuple[bool, bool, str]:
            return name != DEFAULT_MODEL, not name.startswith(kin), name

        return sorted(find_checkpoints(self.folder), key=order)

    def predictor(self, name: Any) -> Predictor:
        """The network of that name, as it is on the disk now.

        Raises:
            SketchpadError: there is no such checkpoint, or it is damaged.
        """
        path = find_checkpoints(self.folder).get(str(name))
        if path is None:
            names = self.names()
            there = f"choose {' or '.join(names)}" if names else "run `python train.py` to make one"
            raise SketchpadError(f"There is no network {name!r} in {self.folder.name}: {there}.")
        weights = path / WEIGHTS
        return _load(path, weights.stat().st_mtime_ns if weights.is_file() else 0)


@lru_cache(maxsize=16)
def _load(path: Path, changed: int) -> Predictor:
    """Load a checkpoint; `changed` makes a newly trained one another entry."""
    return Predictor.from_pretrained(path)


def server_functions(gallery: Gallery) -> list[ServerFunction]:
    """What the browser may ask for. Each takes one value and never raises."""
    unpacking = asyncio.Semaphore(2)  # bounds the memory that large pictures take

    def open_packed(packed: str, name: str) -> str:
        try:
            file = BytesIO(base64.b64decode(packed, validate=True))
        except ValueError as error:
            raise SketchpadError(f"{name} did not arrive whole: upload it again.") from error
        return picture_for_pad(file, name)

    async def models(_: Any = None) -> Answer:
        """The menu."""
        return {"models": gallery.names(), "pen": PEN_WIDTH, "folder": gallery.folder.name}

    async def inputs(name: Any) -> Answer:
        """What the network of that name reads, with test images of its classes."""
        try:
            return describe_inputs(gallery.predictor(name))
        except SketchpadError as error:
            return {"error": str(error)}

    async def read_sketch(sketch: Any) -> Answer:
        """Read the pad: `{model, strokes, picture}`, and `skip` where the film-strip is open."""
        sketch = _mapping(sketch)
        strokes, picture, skip = (sketch.get(key) for key in ("strokes", "picture", "skip"))

        def read() -> Answer:
            predictor = gallery.predictor(sketch.get("model"))
            ink = sketch_ink(strokes, picture)
            answer = describe(predictor.read_ink(ink), predictor)
            if isinstance(skip, list):
                if "pen" in skip:
                    ink = sketch_ink(strokes, picture, PEN_WIDTH)
                steps = [step for step in skip if isinstance(step, str)]
                answer["strip"] = describe_strip(predictor.film_strip(ink, steps))
            return answer

        try:
            many = _points(strokes) > MANY_POINTS
            return await asyncio.to_thread(read) if many else read()
        except SketchpadError as error:
            return {"error": str(error)}

    async def compare(sketches: Any) -> Answer:
        """Read two pads side by side: `{model, a, b}`, each of them `{strokes, picture}`."""
        sketches = _mapping(sketches)
        pads = [_mapping(sketches.get(name)) for name in ("a", "b")]

        def read() -> Answer:
            predictor = gallery.predictor(sketches.get("model"))
            inks = [sketch_ink(pad.get("strokes"), pad.get("picture")) for pad in pads]
            return describe_comparison(Comparison(*map(predictor.read_ink, inks)))

        try:
            many = sum(_points(pad.get("strokes")) for pad in pads) > MANY_POINTS
            return await asyncio.to_thread(read) if many else read()
        except SketchpadError as error:
            return {"error": str(error)}

    async def network(wanted: Any) -> Answer:
        """The network `{model}` layer by layer, in numbers and as a picture."""
        name = _mapping(wanted).get("model")
        try:
            return describe_network(gallery.predictor(name).model.config, str(name))
        except SketchpadError as error:
            return {"error": str(error)}

    async def open_file(file: Any) -> Answer:
        """Turn an uploaded picture `{name, data}` (bytes in base64) into ink for the pad."""
        file = _mapping(file)
        name = str(file.get("name") or "The picture")[:80]
        try:
            packed = str(file.get("data", ""))
            if len(packed) > MAX_UPLOAD_BYTES * 4 // 3 + 4:
                raise SketchpadError(f"{name} is larger than {MAX_UPLOAD_BYTES // 10**6} MB.")
            async with unpacking:
                return {"picture": await asyncio.to_thread(open_packed, packed, name)}
        except SketchpadError as error:
            return {"error": str(error)}

    return [models, inputs, read_sketch, compare, network, open_file]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _points(strokes: Any) -> int:
    try:
        return sum(len(stroke) for stroke in strokes)
    except TypeError:
        return 0


def uploaded(file: Any) -> Path:
    """The path of a file that a client has uploaded; no other file of this machine is read.

    Raises:
        SketchpadError: it names something else.
    """
    path = file.get("path") if isinstance(file, Mapping) else None
    folder = Path(get_upload_folder()).resolve()
    if not isinstance(path, str) or not Path(path).resolve().is_relative_to(folder):
        raise SketchpadError("The picture is not an uploaded file: upload it first.")
    return Path(path)


class Reading(TypedDict):
    """What the API answers."""

    state: str
    label: str | None
    probabilities: dict[str, float]
    sentence: str
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
            state ("digit", "not a digit" or "blank"), label (null unless it is a digit), the
            probability of each label, the answer in a sentence, the 28×28 network input, and the
            maps of both layers (6×28×28 and 16×10×10)
        """
        try:
            return cast(Reading, gallery.predictor(model)(uploaded(image)).to_json())
        except SketchpadError as error:
            raise gr.Error(str(error), print_exception=False) from error

    with gr.Blocks(
        title="LeNet Sketchpad",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),  # pictures sent to the API: looked for, and kept, an hour
    ) as page:
        gr.HTML(
            html_template=_text("sketchpad.html"),
            css_template=_text("sketchpad.css"),
            js_on_load="".join(_text(f"{name}.js") for name in SCRIPTS),
            server_functions=server_functions(gallery),
            apply_default_css=False,
        )
        gr.api(predict, api_name="predict", concurrency_limit=2)
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
        head=NARROW_MARGINS,
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
