"""An HTTP client that costs little CPU, since it shares the machine with the server it measures."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

TIMEOUT = 120

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.I | re.M)
_CHUNKED = re.compile(rb"^transfer-encoding: *chunked", re.I | re.M)
_CLOSE = re.compile(rb"^connection: *close", re.I | re.M)


class HttpError(Exception):
    """An answer that says that something went wrong."""


@dataclass(frozen=True)
class Request:
    """A request that a browser sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def encoded(self, host: str) -> bytes:
        """The request as sent."""
        headers = {"host": host, **self.headers}
        if self.method != "GET":
            headers["content-length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Connection:
    """A connection, opened by its first request, and again if the server has closed it."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._streams:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def send(self, request: Request) -> bytes:
        """The body of the answer.

        Raises:
            HttpError: the status is 400 or more.
            OSError: there is no answer within two minutes.
        """
        async with asyncio.timeout(TIMEOUT):
            if not self._streams:
                return await self._exchange(request)
            try:
                return await self._exchange(request)
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                if getattr(error, "partial", b""):
                    raise
                await self.close()  # the server has closed it while it was unused
                return await self._exchange(request)

    async def _exchange(self, request: Request) -> bytes:
        if not self._streams:
            name, _, port = self.host.partition(":")
            self._streams = await asyncio.open_connection(name, int(port or 80))
        reader, writer = self._streams
        writer.write(request.encoded(self.host))
        head = await reader.readuntil(b"\r\n\r\n")
        body = await _body(reader, head)
        if _CLOSE.search(head) or head.startswith(b"HTTP/1.0"):
            await self.close()
        status = int(head[9:12])
        if status >= 400:
            raise HttpError(f"{request.path}: {status}")
        return body


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    """The bytes of a body, compressed as they came."""
    if length := _LENGTH.search(head):
        return await reader.readexactly(int(length[1]))
    if not _CHUNKED.search(head):
        return b""
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)
