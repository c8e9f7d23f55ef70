"""What the page serves besides Gradio's own files: browser modules and the preview picture."""

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
    """Files whose address changes with their contents, so that browsers may keep them."""

    def file_response(self, full_path: Any, *rest: Any, **options: Any) -> Response:
        response = super().file_response(full_path, *rest, **options)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        # A machine may have another idea of what .js is, and browsers then reject the modules.
        if str(full_path).endswith(".js"):
            response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response


@lru_cache(maxsize=1)
def web_path() -> str:
    """Where the modules are served: relative imports inside them are versioned, too."""
    digest = hashlib.sha256()
    for file in sorted(WEB.rglob("*.*")):
        digest.update(os.fsencode(file.relative_to(WEB).as_posix()))
        digest.update(file.read_bytes())
    return f"/web-{digest.hexdigest()[:16]}"


def style() -> str:
    """All style sheets, the shared one first. Gradio confines them to the page's own element."""
    sheets = sorted((WEB / "styles").glob("*.css"), key=lambda path: (path.stem != "base", path))
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def routes() -> list[BaseRoute]:
    """The routes to add to Gradio's."""
    modules = Modules(directory=WEB)

    # No `Mount`: below the path of a proxy, it looks for files under the wrong name.
    async def module(request: Request) -> Response:
        return await modules.get_response(request.path_params["name"], request.scope)

    async def preview(_: Request) -> Response:
        return FileResponse(ASSETS / "screenshot.png")

    return [Route(web_path() + "/{name:path}", module), Route(PREVIEW_PATH, preview)]
