"""Limits on the size of requests.

Bytes are counted as they arrive, because a request need not say how many it has.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.server.doors import path_of
from lenet.server.problems import RequestError, problem_response

MAX_PICTURE_BYTES = 20_000_000
"""The largest picture that programs may send. Phones take JPEGs of up to 15 MB."""
MAX_JSON_BYTES = 1_000_000
"""The largest request without a picture."""
FORM_BYTES = 100_000
"""What a form may add around a picture."""
MAX_DISCARDED = 100_000_000
"""How much of a request that is too large is read: many programs send all of it before they look at
the answer."""
PATIENCE = 20
"""Seconds for which it is read."""

LIMITS = {"/predict": MAX_PICTURE_BYTES, "/gradio_api/upload": MAX_PICTURE_BYTES + FORM_BYTES}


class TooLargeError(Exception):
    """The request has more bytes than allowed."""


class Bounds:
    """Middleware that answers 413 to requests that are too large."""

    def __init__(self, app: ASGIApp, limits: Mapping[str, int] = LIMITS) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.limits.get(path_of(scope), MAX_JSON_BYTES)
        count, is_complete = 0, False

        async def counted() -> Message:
            nonlocal count, is_complete
            message = await receive()
            count += len(message.get("body", b""))
            is_complete = not message.get("more_body")
            if count > limit:
                raise TooLargeError
            return message

        try:
            if _declared(scope) > limit:
                raise TooLargeError
            await self.app(scope, counted, send)
        except TooLargeError:
            # A program that expects permission waits for it.
            if not is_complete and "expect" not in Headers(scope=scope):
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(_discard(receive, MAX_DISCARDED), PATIENCE)
            sentence = f"The request is larger than {limit // 1_000_000} MB. Make it smaller."
            await problem_response(RequestError(sentence, 413))(scope, receive, send)


def _declared(scope: Scope) -> int:
    """How many bytes the request says that it has; 0 if it doesn't."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


async def _discard(receive: Receive, most: int) -> None:
    """Read the rest of a request, up to `most` bytes."""
    while most > 0:
        message = await receive()
        most -= len(message.get("body", b""))
        if not message.get("more_body"):
            return
