"""The addresses that answer. Gradio brings many more, which are closed.

An address ends with `*` if anything may follow.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from lenet.page.modules import web_folder
from lenet.page.published import ELEMENT, MENU, PREVIEW
from lenet.server.problems import RequestError, problem_response

READ, SEND = ("GET", "HEAD"), ("POST",)

OURS = {
    f"/{MENU}": READ,
    f"/{ELEMENT}": READ,
    f"/{PREVIEW}": READ,
    "/networks/*": READ,
    "/examples/*": READ,
    f"/{web_folder()}/*": READ,
    "/health": READ,
    "/predict": READ + SEND,
    "/evaluate": READ,
}
GRADIO_PAGE = {
    "/": READ,
    "/assets/*": READ,
    "/theme.css": READ,
    "/favicon.ico": READ,
    "/robots.txt": READ,
    "/static/js/iframeResizer.contentWindow.min.js": READ,
}
GRADIO_CLIENTS = {
    "/config": READ,
    "/gradio_api/info": READ,
    "/gradio_api/startup-events": READ,
    "/gradio_api/upload": SEND,
    "/gradio_api/queue/join": SEND,
    "/gradio_api/queue/data": READ,
    "/gradio_api/call/predict": SEND,
    "/gradio_api/call/predict/*": READ,
}
DOORS = {**OURS, **GRADIO_PAGE, **GRADIO_CLIENTS}


class Doors:
    """Middleware that answers 404 or 405 to whatever the table doesn't list."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":  # a websocket, which nothing here uses
            return await send({"type": "websocket.close", "code": 1000})
        methods = methods_of(path_of(scope))
        if scope["method"] in methods:
            return await self.app(scope, receive, send)
        if not methods:
            response = problem_response(RequestError("There is nothing at this address.", 404))
        else:
            sentence = f"This address accepts only {_listed(methods)}."
            response = problem_response(RequestError(sentence, 405))
            response.headers["Allow"] = ", ".join(methods)
        await response(scope, receive, send)


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that the address of this path allows; none if it is closed."""
    if path in DOORS:
        return DOORS[path]
    below = (methods for door, methods in DOORS.items() if _is_below(path, door))
    return next(below, ())


def _is_below(path: str, door: str) -> bool:
    return door.endswith("*") and path.startswith(door[:-1]) and path != door[:-1]


def path_of(scope: Scope) -> str:
    """The path of a request without what a proxy puts before it."""
    path: str = scope.get("path", "")
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
