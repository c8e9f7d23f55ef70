"""Whether the app can read drawings, for health checks."""

import json

from starlette.requests import Request
from starlette.responses import Response

from lenet.errors import SketchpadError
from lenet.page.gallery import Gallery
from lenet.server.problems import RequestError, problem_response


def health(gallery: Gallery, _: Request) -> Response:
    """`GET /health`: 200, or 503 if no network can be used."""
    # One is enough, and loading the others would take time at every call.
    usable = next((name for name in gallery.names() if _is_usable(gallery, name)), None)
    if usable is None:
        response = problem_response(
            RequestError("No network can be used. Check the checkpoints folder.", 503)
        )
    else:
        content = json.dumps({"status": "ok", "network": usable})
        response = Response(content, media_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_usable(gallery: Gallery, name: str) -> bool:
    try:
        gallery.predictor(name)
    except SketchpadError:
        return False
    return True
