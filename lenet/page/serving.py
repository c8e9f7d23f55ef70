"""Files that the page serves in addition to Gradio's: browser modules and the preview picture."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
WEB, ASSETS = HERE / "web", HERE / "assets"
PREVIEW_PATH = "/preview.png"


class Modules(StaticFiles):
    """Files whose address changes with their content, so that browsers can cache them for good."""

    def file_response(self, full_path: Any, *rest: Any, **options: Any) -> Response:
        response = super().file_response(full_path, *rest, **options)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Some systems map .js to a different type, which makes browsers reject the modules.
        if str(full_path).endswith(".js"):
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response


@lru_cache(maxsize=1)
def web_path() -> str:
    """The path of the modules; it contains a version, which relative imports inherit."""
    digest = hashlib.sha256()
    for file in sorted(WEB.rglob("*.*")):
        digest.update(os.fsencode(file.relative_to(WEB).as_posix()))
        digest.update(file.read_bytes())
    return f"/web-{digest.hexdigest()[:16]}"


def style() -> str:
    """All style sheets, the shared one first. Gradio applies them only to the page's element."""
    sheets = sorted((WEB / "styles").glob("*.css"), key=lambda path: (path.stem != "base", path))
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def routes() -> list[BaseRoute]:
    """The routes to add to Gradio's."""
    modules = Modules(directory=WEB)

    # `Mount` would look for files under the wrong name behind a proxy with a path.
    async def module(request: Request) -> Response:
        return await modules.get_response(request.path_params["name"], request.scope)

    async def preview(_: Request) -> Response:
        return FileResponse(ASSETS / "screenshot.png")

    return [Route(web_path() + "/{name:path}", module), Route(PREVIEW_PATH, preview)]
