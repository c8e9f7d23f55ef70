"""What a program reads when its request can't be answered: a status and one sentence."""

import json

from starlette.responses import Response

from lenet.errors import SketchpadError


class RequestError(SketchpadError):
    """A request that can't be answered.

    Other errors of the kind `SketchpadError` count as bad requests.
    """

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def problem_response(error: SketchpadError) -> Response:
    """The error as JSON: `{"error": "…"}`."""
    status = error.status if isinstance(error, RequestError) else 400
    return Response(
        json.dumps({"error": str(error)}, ensure_ascii=False), status, media_type="application/json"
    )
