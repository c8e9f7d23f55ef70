"""Reads the pictures that programs send, a few at a time.

Finding the digit takes most of the time, in many small steps that hold Python's lock. Worker
processes do it, so that every processor can work on a picture while the app still serves the page.
Workers need neither PyTorch nor Gradio: each takes 50 MB, and starts with the first picture, in a
fifth of a second.
"""

import os
from functools import cached_property
from typing import Any, BinaryIO

import anyio.to_process
import anyio.to_thread
from anyio import BrokenWorkerProcess, CapacityLimiter, fail_after

from lenet.drawing.ink import Ink
from lenet.drawing.picture import ink_from_bytes
from lenet.errors import shown
from lenet.page.gallery import DEFAULT_MODEL, Gallery
from lenet.reading.prediction import Predictor
from lenet.server.problems import RequestError

WORKERS = min(4, os.cpu_count() or 1)
AT_ONCE = WORKERS + 1
"""Pictures that are read at the same time: one for each worker, and one that is on its way to or
from a worker. Each needs the memory of a large picture."""
MOST_WAITING = 400
"""Callers that wait for their turn. Each holds a connection and perhaps a file, and many systems
allow a program 1,024 of both together."""
LONGEST = 20
"""Seconds after which a worker is stopped. The largest picture takes two."""


class Reader:
    """Reads pictures with the networks of a gallery."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery

    @cached_property
    def limiter(self) -> CapacityLimiter:
        """Made on first use, because it belongs to the event loop."""
        return CapacityLimiter(AT_ONCE)

    @cached_property
    def workers(self) -> CapacityLimiter:
        """As `limiter`, for worker processes."""
        return CapacityLimiter(WORKERS)

    @property
    def default(self) -> str:
        """The network that the page opens first."""
        return next(iter(self.gallery.names()), DEFAULT_MODEL)

    async def read(self, picture: BinaryIO, model: str) -> dict[str, Any]:
        """The reading of a picture as plain values (`Prediction.to_json`).

        Raises:
            SketchpadError: the picture can't be read, or there is no such network.
        """
        if self.limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise RequestError("Too many programs are waiting. Try again in a minute.", 503)
        async with self.limiter:
            predictor = await anyio.to_thread.run_sync(self._predictor, model)
            # Waiting for a worker doesn't count as the time that a picture takes.
            async with self.workers:
                ink = await _ink(_content(picture), predictor.reads_digits)
            return await anyio.to_thread.run_sync(lambda: predictor.read_ink(ink).to_json())

    def _predictor(self, model: str) -> Predictor:
        if not self.gallery.has(model):
            sentence = f"There is no network {shown(model)}. {self.gallery.remedy()}"
            raise RequestError(sentence, 404)
        return self.gallery.predictor(model)


def _content(picture: BinaryIO) -> bytes:
    picture.seek(0)
    return picture.read()


async def _ink(content: bytes, digits: bool) -> Ink:
    """The ink of a picture, found by a worker.

    Raises:
        SketchpadError: there is none, or finding it takes too much time or memory.
    """
    try:
        with fail_after(LONGEST):
            return await anyio.to_process.run_sync(
                ink_from_bytes, content, digits, cancellable=True
            )
    except (TimeoutError, BrokenWorkerProcess) as error:
        raise RequestError(
            "The picture takes too much time or memory to read. Send a smaller one.", 503
        ) from error
    except (OSError, NotImplementedError):
        # The system allows no more processes, or none at all.
        return await anyio.to_thread.run_sync(ink_from_bytes, content, digits)
