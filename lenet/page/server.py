"""The functions that the browser calls: asynchronous and bounded; they return errors as values."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from lenet.errors import SketchpadError
from lenet.page.answers import (
    MAX_UPLOAD_BYTES,
    Answer,
    describe,
    describe_comparison,
    describe_inputs,
    describe_network,
    describe_strip,
)
from lenet.page.gallery import Gallery, title_of
from lenet.page.sketches import picture_for_pad, sketch_ink, unpack_picture
from lenet.reading.comparison import Comparison

MANY_POINTS = 1000
"""Sketches with more points are drawn in a thread, so that other visitors don't have to wait."""

ServerFunction = Callable[[Any], Awaitable[Answer]]


def server_functions(gallery: Gallery) -> list[ServerFunction]:
    """The functions, each with one argument. Errors are sentences under the key `error`."""
    unpacking = asyncio.Semaphore(2)  # limits the memory for large pictures

    async def models(_: Any = None) -> Answer:
        """The menu of networks."""
        return {"models": gallery.menu(), "folder": gallery.folder.name}

    async def inputs(name: Any) -> Answer:
        """The classes, test images and film-strip steps of the network of that name."""
        return await _answer(lambda: describe_inputs(gallery.predictor(name)))

    async def read_sketch(sketch: Any) -> Answer:
        """Read the pad: `{model, strokes, picture}`, and `skip` if the film-strip is open."""
        sketch = _mapping(sketch)
        return await _answer(lambda: _read_sketch(gallery, sketch), _points(sketch))

    async def compare(sketches: Any) -> Answer:
        """Read two pads side by side: `{model, a, b}`, each of them `{strokes, picture}`."""
        sketches = _mapping(sketches)
        pads = [_mapping(sketches.get(name)) for name in ("a", "b")]

        def read() -> Answer:
            predictor = gallery.predictor(sketches.get("model"))
            box = predictor.model.config.box
            inks = [sketch_ink(pad.get("strokes"), pad.get("picture"), box) for pad in pads]
            return describe_comparison(Comparison(*map(predictor.read_ink, inks)))

        return await _answer(read, sum(map(_points, pads)))

    async def network(request: Any) -> Answer:
        """The layers of the network `{model}`, as numbers and as a drawing."""
        name = _mapping(request).get("model")

        def read() -> Answer:
            return describe_network(gallery.predictor(name).model.config, title_of(str(name)))

        return await _answer(read)

    async def open_file(file: Any) -> Answer:
        """Convert an uploaded picture `{name, data}` (base64) to ink for the pad."""
        file = _mapping(file)
        name = str(file.get("name") or "The picture")[:80]
        packed = str(file.get("data", ""))
        if len(packed) > MAX_UPLOAD_BYTES * 4 // 3 + 4:
            limit = MAX_UPLOAD_BYTES // 10**6
            return {"error": f"{name} is larger than {limit} MB. Make it smaller."}
        async with unpacking:
            return await _answer(lambda: {"picture": _open_packed(packed, name)}, MANY_POINTS + 1)

    return [models, inputs, read_sketch, compare, network, open_file]


async def _answer(read: Callable[[], Answer], points: int = 0) -> Answer:
    """The result of `read`, or its error as a sentence; runs in a thread if there is much to do."""
    try:
        return await asyncio.to_thread(read) if points > MANY_POINTS else read()
    except SketchpadError as error:
        return {"error": str(error)}


def _read_sketch(gallery: Gallery, sketch: Mapping[str, Any]) -> Answer:
    strokes: Any = sketch.get("strokes")
    picture, skip = unpack_picture(sketch.get("picture")), sketch.get("skip")
    predictor = gallery.predictor(sketch.get("model"))
    answer = describe(predictor.read_sketch(strokes, picture), predictor)
    if isinstance(skip, list):
        steps = [step for step in skip if isinstance(step, str)]
        answer["strip"] = describe_strip(predictor.film_strip(strokes, picture, steps))
    return answer


def _open_packed(packed: str, name: str) -> str:
    try:
        file = BytesIO(base64.b64decode(packed, validate=True))
    except ValueError as error:
        raise SketchpadError(f"{name} was damaged in transit. Upload it again.") from error
    return picture_for_pad(file, name)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _points(sketch: Mapping[str, Any]) -> int:
    """The number of points in a sketch; 0 if its strokes are invalid."""
    try:
        return sum(len(stroke) for stroke in sketch.get("strokes") or ())
    except TypeError:
        return 0
