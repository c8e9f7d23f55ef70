"""The routes by which the app serves the page's files."""

import json
from functools import partial
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lenet.errors import SketchpadError
from lenet.page.gallery import Gallery
from lenet.page.modules import web_folder
from lenet.page.published import ELEMENT, MENU, PREVIEW, published

# Some systems map .js to a different type, which makes browsers reject the modules.
TEXT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}
BINARY_TYPES = {".png": "image/png", ".safetensors": "application/octet-stream"}
# The names by which Gradio recognises an app that runs on the visitor's own machine.
LOCAL_NAMES = ("localhost", "127.0.0.1", "0.0.0.0")


def routes(gallery: Gallery) -> list[BaseRoute]:
    """The routes to add to Gradio's; see `lenet.page.published`."""

    # Not asynchronous: they run in threads, since a network may have to be loaded.
    def file(address: str, request: Request) -> Response:
        return _respond(gallery, address, request)

    def below(folder: str, request: Request) -> Response:
        return _respond(gallery, f"{folder}/{request.path_params['path']}", request)

    # `Mount` would look for files under the wrong name behind a proxy with a path.
    return [
        *(Route(f"/{name}", partial(file, name)) for name in (MENU, ELEMENT, PREVIEW)),
        *(
            Route(f"/{folder}/{{path:path}}", partial(below, folder))
            for folder in ("networks", "examples", web_folder())
        ),
    ]


def _respond(gallery: Gallery, address: str, request: Request) -> Response:
    headers = {"Cache-Control": "no-cache", **_sharing(request)}
    try:
        file = published(gallery, address)
    except SketchpadError as error:
        problem = json.dumps({"error": str(error)})
        return Response(problem, 404, headers, TEXT_TYPES[".json"])
    headers["ETag"] = tag = f'W/"{file.version}"'
    if file.immutable:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    content, suffix = file.content, PurePosixPath(address).suffix
    if suffix in TEXT_TYPES:
        headers["Vary"] = "Accept-Encoding, Origin"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            content = file.gzipped
    return Response(content, 200, headers, {**TEXT_TYPES, **BINARY_TYPES}[suffix])


def _sharing(request: Request) -> dict[str, str]:
    """Headers that let pages of other hosts read the file, as `<lenet-sketchpad>` does.

    If the app runs on the visitor's own machine, Gradio decides: it allows only local pages, so
    that no website can read a visitor's networks.
    """
    is_local = request.url.hostname in LOCAL_NAMES
    return {"Vary": "Origin", **({} if is_local else {"Access-Control-Allow-Origin": "*"})}
