"""Headers that limit what the page may do in a browser, and the last catch for errors."""

import logging
import re

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.page.policy import hash_of
from lenet.server.doors import path_of
from lenet.server.problems import RequestError, problem_response

LOG = logging.getLogger("lenet.page")

# `frame-ancestors` is absent: any page may embed this one.
POLICY = {
    "default-src": "'none'",
    # Gradio makes a function from the text that starts the page.
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # The address of a lesson is nobody else's business.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), serial=(), usb=()",
}
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S)


def policy(page: bytes = b"") -> str:
    """The Content-Security-Policy of a page in HTML, which names each of its inline scripts."""
    hashes = "".join(
        f" {hash_of(script.decode())}" for script in dict.fromkeys(_INLINE.findall(page))
    )
    sources = {**POLICY, "script-src": POLICY["script-src"] + hashes}
    return "; ".join(f"{name} {value}" for name, value in sources.items())


class Headers:
    """Middleware that adds the headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy())
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Guard:
    """Middleware that turns unexpected errors into a line of the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except ClientDisconnect:
            return
        except Exception as error:
            path = path_of(scope)[:80]
            LOG.error("%s %r failed: %s", scope["method"], path, type(error).__name__)
            if not started:
                response = problem_response(
                    RequestError("The server failed. Try again later.", 500)
                )
                await response(scope, receive, send)
