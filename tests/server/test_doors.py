"""Which addresses of the running app answer."""

import json
import re
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from lenet.page.modules import web_folder
from lenet.server.doors import DOORS, methods_of


def ask(address: str, path: str, method: str, body: bytes | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(address.rstrip("/") + path, body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def routes_of_gradio() -> list[tuple[str, str]]:
    """The method and path of every route in Gradio's code, with values for its parameters."""
    spec = find_spec("gradio")
    assert spec
    assert spec.origin
    code = Path(spec.origin).with_name("routes.py").read_text(encoding="utf-8")
    found = re.findall(r'@(app|router)\.(get|post|head)\(\s*f?"(/[^"]*)"', code)
    return sorted(
        (
            method.upper(),
            ("/gradio_api" if owner == "router" else "") + re.sub(r"{[^}]*}", "x", path),
        )
        for owner, method, path in found
    )


def test_every_other_route_of_gradio_is_closed(address: str) -> None:
    routes = routes_of_gradio()
    assert len(routes) > 60
    closed = [(method, path) for method, path in routes if method not in methods_of(path)]
    for method, path in closed:
        status, body = ask(address, path, method)
        assert status in (404, 405), (method, path)
        if method != "HEAD":
            assert json.loads(body)["error"].endswith("."), (method, path)
    assert {path for _, path in routes} - {path for _, path in closed} <= {
        *("/", "/assets/x", "/theme.css", "/favicon.ico", "/robots.txt", "/config"),
        *(f"/gradio_api/{name}" for name in ("info", "startup-events", "upload", "queue/join")),
        "/gradio_api/queue/data",
    }


PAGE = ["/", "/theme.css", "/favicon.ico", "/robots.txt", "/config", "/gradio_api/info"]
OURS = ["/networks.json", "/element.js", "/preview.png", "/health", "/predict"]
BELOW = ["/examples/mnist.json", "/networks/mnist-relu/about.json", f"/{web_folder()}/page.js"]


@pytest.mark.parametrize("path", [*PAGE, *OURS, *BELOW])
def test_what_the_page_needs_is_open(address: str, path: str) -> None:
    assert ask(address, path, "GET")[0] == 200
    if path in OURS:
        assert ask(address, path, "HEAD") == (200, b"")


def test_every_door_is_checked_here() -> None:
    assert {door for door in DOORS if "*" not in door} - set(PAGE) - set(OURS) == {
        "/static/js/iframeResizer.contentWindow.min.js",
        "/gradio_api/startup-events",
        "/evaluate",  # only on ZeroGPU
        *(f"/gradio_api/{name}" for name in ("upload", "queue/join", "queue/data", "call/predict")),
    }


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/networks/", "//"),
        *("/assets/", "/static/img/logo.svg", "/monitoring/summary", "/theme.css/", "/Health"),
        *("/gradio_api/proxy=http://example.com", "/docs", "/openapi.json", "/pwa_icon/90000"),
    ],
)
def test_what_is_not_listed_is_closed(address: str, path: str) -> None:
    status, body = ask(address, path, "GET")
    assert (status, json.loads(body)["error"]) == (404, "There is nothing at this address.")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_rejected(address: str, method: str) -> None:
    status, body = ask(address, "/predict", method)
    assert status == 405
    assert json.loads(body) == {"error": "This address accepts only GET, HEAD and POST."}


@pytest.mark.parametrize(
    "path",
    [
        *("../app.py", "..%2fapp.py", "%2e%2e/app.py", "..%5capp.py", "....//app.py"),
        *("%252e%252e/app.py", "/etc/passwd", "%2fetc%2fpasswd", "..;/app.py", "x%00"),
    ],
)
@pytest.mark.parametrize("folder", ["networks", "examples", "assets", web_folder()])
def test_no_other_file_can_be_read(address: str, folder: str, path: str) -> None:
    status, body = ask(address, f"/{folder}/{path}", "GET")
    assert status in (400, 403, 404)
    assert b"run_command" not in body
    assert str(Path.cwd()).encode() not in body
