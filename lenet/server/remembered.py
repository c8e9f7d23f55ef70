"""Answers that every visitor needs, kept in memory.

Gradio renders its page, and reads and compresses each of its files, at every request. A first visit
makes about forty requests, so this decides how many visitors a server can welcome in a second.
"""

import asyncio
import gzip
import math
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.page.modules import web_folder
from lenet.page.published import ELEMENT, MENU, PREVIEW
from lenet.page.versions import version_of
from lenet.server.doors import path_of
from lenet.server.headers import Headers

HeaderList = list[tuple[bytes, bytes]]

CAPACITY = 64_000_000
"""Bytes of all remembered answers; the least recently used ones are forgotten first. One that would
leave no space for others isn't remembered."""
OVERHEAD = 4000
"""What the parts of an answer take in memory apart from their bytes, at most."""
SECONDS = 0.5
"""How long an answer is remembered that can change while the app runs."""
LASTING = ("/assets/", "/static/", f"/{web_folder()}/", "/examples/")
LASTING_FILES = ("/theme.css", "/favicon.ico", f"/{ELEMENT}", f"/{PREVIEW}")
CHANGING = "/networks/"
CHANGING_FILES = ("/", f"/{MENU}")
YEAR = b"public, max-age=31536000, immutable"

# What answers depend on, apart from their path and their encoding: the app's public address.
_VARYING = (b"host", b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")
# Requests with any of these are answered by the app itself.
_OWN_WAY = (b"origin", b"range", b"authorization")
_TOKEN = b"access-token"
_NOT_IN_304 = (b"content-length", b"content-encoding", b"content-type")

Key = tuple[Any, ...]


@asynccontextmanager
async def remembering(app: Starlette) -> AsyncIterator[None]:
    """While the app runs, remembered answers and `Headers` come before all of its middleware.

    Gradio's own middleware answers some requests before any middleware that an app can add.
    """
    assert app.middleware_stack, "the request to start has passed it"
    app.middleware_stack = Remembered(Headers(app.middleware_stack))
    yield


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int
    headers: HeaderList
    body: bytes
    until: float = 0
    """the time when it becomes old; 0 if it must not be remembered"""

    @property
    def tag(self) -> bytes:
        """The ETag, without a `W/` in front."""
        return _value(self.headers, b"etag").removeprefix(b"W/")

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})

    def not_modified(self) -> "Answer":
        """The answer to a browser that has the same already."""
        headers = [header for header in self.headers if header[0] not in _NOT_IN_304]
        return Answer(304, headers, b"")


class Remembered:
    """Sends answers of `app` again while they are the same for everybody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._size = 0
        self._arriving: dict[Key, asyncio.Task[Answer]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope) if scope["type"] == "http" else None
        if asked is None:
            return await self.app(scope, receive, send)
        key, known = asked
        answer = self._answers.get(key)
        if answer and monotonic() < answer.until:
            self._answers.move_to_end(key)
        else:
            answer = await self._fetched(key, scope)
        if answer.status == 200 and answer.tag and answer.tag in known:
            answer = answer.not_modified()
        await answer.send(send)

    async def _fetched(self, key: Key, scope: Scope) -> Answer:
        """The answer of the app, asked once for all who wait for it."""
        if key not in self._arriving:
            task = asyncio.create_task(self._fetch(key, scope))
            self._arriving[key] = task
            task.add_done_callback(lambda _: self._arriving.pop(key))
        return await asyncio.shield(self._arriving[key])

    async def _fetch(self, key: Key, scope: Scope) -> Answer:
        answer = await _answer(self.app, scope, encoding=key[-1])
        if answer.until and _size(key, answer) <= CAPACITY // 2:
            self._remember(key, answer)
        return answer

    def _remember(self, key: Key, answer: Answer) -> None:
        if old := self._answers.pop(key, None):
            self._size -= _size(key, old)
        self._answers[key] = answer
        self._size += _size(key, answer)
        while self._size > CAPACITY:
            self._size -= _size(*self._answers.popitem(last=False))


def _size(key: Key, answer: Answer) -> int:
    """What an answer takes; visitors choose the host in its key, which can be long."""
    headers = sum(len(name) + len(value) for name, value in answer.headers)
    return len(answer.body) + headers + sum(len(part or "") for part in key) + OVERHEAD


def _asked(scope: Scope) -> tuple[Key, bytes] | None:
    """What identifies the answer, and the tags that the browser knows.

    None if the answer might depend on more than that.
    """
    path, query = path_of(scope), scope["query_string"]
    is_shared = path.startswith((*LASTING, CHANGING)) or path in (*LASTING_FILES, *CHANGING_FILES)
    if scope["method"] != "GET" or not is_shared or (query and path != "/theme.css"):
        return None
    found = dict.fromkeys(_VARYING, b"")
    known = accepted = b""
    for name, value in scope["headers"]:
        if name in found:
            found[name] += value + b"\n"
        elif name == b"if-none-match":
            known = value
        elif name == b"accept-encoding":
            accepted = value
        elif name in _OWN_WAY or (name == b"cookie" and _TOKEN in value):
            return None
    encoding = b", ".join(name for name in (b"br", b"gzip") if name in accepted)
    address = (scope["scheme"], scope.get("root_path"), scope["path"], query)
    key = (*address, *found.values(), encoding)
    return key, known


async def _answer(app: ASGIApp, scope: Scope, encoding: bytes) -> Answer:
    """The app's answer in one of these encodings."""
    dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since")
    headers = [header for header in scope["headers"] if header[0] not in dropped]
    start: Message = {}
    body = bytearray()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()  # nobody disconnects
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    headers.append((b"accept-encoding", encoding))
    await app({**scope, "headers": headers}, receive, send)
    return _completed(Answer(start["status"], list(start["headers"]), bytes(body)), scope, encoding)


def _completed(answer: Answer, scope: Scope, encoding: bytes) -> Answer:
    """The answer with the headers that let browsers keep it, compressed, and its time."""
    headers, body = answer.headers, answer.body
    seconds = _seconds(path_of(scope), headers) if answer.status == 200 else 0
    if not seconds:
        return answer
    if not _value(headers, b"etag"):
        headers.append((b"etag", b'W/"%s"' % version_of({"": body}).encode()))
    is_page = _value(headers, b"content-type").startswith(b"text/html")
    # Gradio puts a hash of the content into the names of its files, and after theme.css.
    is_fixed = path_of(scope).startswith("/assets/") or scope["query_string"]
    if (is_page or is_fixed) and not _value(headers, b"cache-control"):
        headers.append((b"cache-control", b"no-cache" if is_page else YEAR))
    is_text = _value(headers, b"content-type").startswith(b"text/")
    if is_text and b"gzip" in encoding and not _value(headers, b"content-encoding"):
        body = gzip.compress(body, mtime=0)
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
    headers = [header for header in headers if header[0] != b"content-length"]
    headers.append((b"content-length", b"%d" % len(body)))
    return Answer(200, headers, body, monotonic() + seconds)


def _seconds(path: str, headers: HeaderList) -> float:
    """How long to remember an answer with these headers; 0 if it is for one visitor only."""
    control = _value(headers, b"cache-control")
    if _value(headers, b"set-cookie") or b"private" in control or b"no-store" in control:
        return 0
    lasts = path.startswith(LASTING) or path in LASTING_FILES or b"immutable" in control
    return math.inf if lasts else SECONDS


def _value(headers: HeaderList, name: bytes) -> bytes:
    return b", ".join(value for key, value in headers if key.lower() == name)
