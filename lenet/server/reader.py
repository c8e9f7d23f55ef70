"""Reads the pictures that programs send, a few at a time."""

from functools import cached_property
from typing import Any, BinaryIO

import anyio
from anyio import CapacityLimiter

from lenet.errors import shown
from lenet.page.gallery import DEFAULT_MODEL, Gallery
from lenet.server.problems import RequestError

AT_ONCE = 2
"""Pictures that are read at the same time. The memory of a large picture is needed as often."""
MOST_WAITING = 400
"""Callers that wait for their turn. Each holds a connection and perhaps a file, and many systems
allow a program 1,024 of both together."""


class Reader:
    """Reads pictures with the networks of a gallery."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery

    @cached_property
    def limiter(self) -> CapacityLimiter:
        """Made on first use, because it belongs to the event loop."""
        return CapacityLimiter(AT_ONCE)

    @property
    def default(self) -> str:
        """The network that the page opens first."""
        return next(iter(self.gallery.names()), DEFAULT_MODEL)

    async def read(self, picture: BinaryIO, model: str) -> dict[str, Any]:
        """The reading of a picture as plain values; see `read_now`."""
        if self.limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise RequestError("Too many programs are waiting. Try again in a minute.", 503)
        return await anyio.to_thread.run_sync(self.read_now, picture, model, limiter=self.limiter)

    def read_now(self, picture: BinaryIO, model: str) -> dict[str, Any]:
        """The reading of a picture in this thread.

        Raises:
            SketchpadError: the picture can't be read, or there is no such network.
        """
        if model not in self.gallery.names():
            sentence = f"There is no network {shown(model)}. {self.gallery.remedy()}"
            raise RequestError(sentence, 404)
        return self.gallery.predictor(model)(picture).to_json()
