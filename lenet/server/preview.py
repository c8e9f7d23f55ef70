"""Gradio's page, with our title, preview and policy."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.page.preview import tags
from lenet.server.doors import path_of
from lenet.server.headers import policy

# Gradio writes two sets of these tags into every page.
_GRADIO_TAGS = re.compile(
    rb"""<title>.*?</title>|<meta\s+(?:property|name)="(?:og:|twitter:|description")[^>]*>""", re.S
)
# It would make browsers ask for an app to install, whose icons Gradio makes in any size.
_MANIFEST = b'<link rel="manifest" href="/manifest.json" />'


class Preview:
    """Middleware that replaces Gradio's title, description, picture and address on the page `/`.

    `root` returns the public address of the app for a request, without a trailing slash. `elements`
    returns more elements for the page's head: Gradio's option `head` adds them much later.
    """

    def __init__(
        self, app: ASGIApp, image: str, root: Callable[[Scope], str], elements: Callable[[], str]
    ) -> None:
        self.app, self.image, self.root, self.elements = app, image, root, elements

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or path_of(scope) != "/":
            return await self.app(scope, receive, send)
        start: dict[str, Any] = {}
        body = b""

        async def send_rewritten(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            root = self.root(scope)
            # In a thread, since they may have to load a network.
            elements = await asyncio.to_thread(self.elements)
            page = rewrite_head(body, f"{tags(root + self.image, root + '/')}\n{elements}")
            headers = [header for header in start["headers"] if header[0] != b"content-length"]
            length = (b"content-length", str(len(page)).encode())
            allowed = (b"content-security-policy", policy(page).encode())
            await send({**start, "headers": [*headers, length, allowed]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, send_rewritten)


def rewrite_head(page: bytes, ours: str) -> bytes:
    """The HTML `page` with our elements instead of Gradio's."""
    head, script, rest = page.partition(b"<script")  # what follows is settings, not tags
    if b"</head>" in head or not script:
        return page
    head = _GRADIO_TAGS.sub(b"", head)
    rest = rest.replace(_MANIFEST, b"", 1)
    charset = re.search(rb"<meta\s+charset[^>]*>", head)
    position = charset.end() if charset else len(head)
    return head[:position] + ours.encode() + head[position:] + script + rest
