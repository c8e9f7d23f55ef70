"""The page that says how programs use the app."""

import json
from collections.abc import Callable
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from lenet.page.published import encoded
from lenet.server.bounds import MAX_PICTURE_BYTES
from lenet.server.reader import Reader

TEMPLATE = Path(__file__).with_name("predict.html")


def programs_page(reader: Reader, root: Callable[[Scope], str], request: Request) -> Response:
    """`GET /predict`: commands with the app's own address, which is `root` of the request."""
    template = TEMPLATE.read_text(encoding="utf-8")
    head, style, rest = template.partition("</style>")  # which has braces of its own
    return HTMLResponse(
        head
        + style
        + rest.format(
            address=escape(f"{root(request.scope)}/"),
            model=escape(reader.default),
            query=escape(encoded(reader.default)),
            argument=escape(json.dumps(reader.default)),
            networks=", ".join(f"<code>{escape(name)}</code>" for name in reader.gallery.names()),
            megabytes=MAX_PICTURE_BYTES // 1_000_000,
        )
    )
