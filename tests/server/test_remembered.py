"""Answers are remembered while they are the same for everybody, and no longer."""

import asyncio
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lenet.page.modules import web_folder
from lenet.server.remembered import CAPACITY, Remembered, remembering
from tests.support.loops import run

Client = Callable[..., Any]
"""Requests an address; the answer is a number that the app counts up with every request."""


class App:
    """Counts its answers."""

    def __init__(self) -> None:
        self.count = 0
        self.headers: dict[str, str] = {}
        self.status = 200
        self.body = b""
        self.kind = "text/html"

    async def answer(self, request: Request) -> Response:
        self.count += 1
        content = self.body or f"{self.count} {request.headers['host']}".encode()
        return Response(content, self.status, self.headers, self.kind)


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    routes = [Route("/{path:path}", app.answer, methods=["GET", "POST"])]
    with TestClient(Starlette(routes=routes, lifespan=remembering)) as client:
        yield client


@contextmanager
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Sets the seconds that have passed."""
    now = [0.0]
    monkeypatch.setattr("lenet.server.remembered.monotonic", lambda: now[0])
    yield lambda seconds: now.__setitem__(0, seconds)


FILES = ["/assets/index-DiEE.js", "/static/js/frame.js", "/theme.css?v=12", "/favicon.ico",
         "/element.js", f"/{web_folder()}/page.js", "/examples/mnist.json"]  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_files_are_remembered_for_good(
    app: App, client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with clock(monkeypatch) as set_time:
        first = client.get(path)
        set_time(100_000)
        assert client.get(path).content == first.content
    assert app.count == 1


@pytest.mark.parametrize("path", ["/", "/networks.json", "/networks/mnist-relu/about.json"])
def test_what_may_change_is_remembered_for_half_a_second(
    app: App, client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with clock(monkeypatch) as set_time:
        first = client.get(path)
        set_time(0.4)
        assert client.get(path).content == first.content
        set_time(0.6)
        assert client.get(path).content != first.content
    assert app.count == 2


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/gradio_api/info", {}),
        ("/?__theme=dark", {}),
        ("/networks.json?x", {}),
        ("/assets/a.js", {"headers": {"Range": "bytes=0-1"}}),
        ("/assets/a.js", {"headers": {"Origin": "https://elsewhere.example"}}),
        ("/", {"headers": {"Cookie": "access-token-x=1"}}),
        ("/", {"headers": {"Authorization": "Basic x"}}),
        ("/", {"method": "POST"}),
        ("/", {"method": "HEAD"}),
    ],
    ids=str,
)
def test_everything_else_is_asked_each_time(
    app: App, client: TestClient, path: str, options: dict[str, Any]
) -> None:
    for _ in range(2):
        client.request(options.get("method", "GET"), path, headers=options.get("headers"))
    assert app.count == 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {}),
        (500, {}),
        (200, {"Set-Cookie": "a=b"}),
        (200, {"Cache-Control": "private"}),
        (200, {"Cache-Control": "no-store"}),
    ],
)
def test_errors_and_personal_answers_are_not_remembered(
    app: App, client: TestClient, status: int, headers: dict[str, str]
) -> None:
    app.status, app.headers = status, headers
    answers = [client.get("/assets/a.js") for _ in range(2)]
    assert [answer.text for answer in answers] == ["1 testserver", "2 testserver"]
    assert {answer.status_code for answer in answers} == {status}


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto"])
def test_each_public_address_has_its_own_answers(app: App, client: TestClient, header: str) -> None:
    for value in ("https", "elsewhere.example"):
        client.get("/", headers={header: value})
    assert app.count == 2


def test_browsers_receive_what_they_accept(app: App, client: TestClient) -> None:
    app.body = b"digits " * 1000
    with client.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw) == app.body
    assert answer.headers["Content-Length"] == str(len(raw))
    assert answer.headers["Vary"] == "Accept-Encoding"
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert plain.content == app.body
    assert "Content-Encoding" not in plain.headers
    brotli_only = client.get("/", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in brotli_only.headers, "which this app doesn't know"


def test_what_a_browser_has_is_not_sent_again(app: App, client: TestClient) -> None:
    first = client.get("/")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"
    assert client.get("/", headers={"If-None-Match": 'W/"x"'}).status_code == 200
    app.headers = {"ETag": '"own"'}
    assert client.get("/favicon.ico").headers["ETag"] == '"own"'
    own = client.get("/favicon.ico", headers={"If-None-Match": 'W/"own"'})
    assert own.status_code == 304


def test_browsers_keep_only_addresses_with_a_hash(app: App, client: TestClient) -> None:
    app.kind = "text/css"
    for path in ("/assets/index-DiEE.css", "/theme.css?v=12"):
        assert "immutable" in client.get(path).headers["Cache-Control"]
    for path in ("/theme.css", "/favicon.ico"):
        assert "Cache-Control" not in client.get(path).headers
    app.headers = {"Cache-Control": "max-age=60"}
    assert client.get("/assets/other-XyZ.css").headers["Cache-Control"] == "max-age=60"


def test_the_memory_is_bounded(app: App, client: TestClient) -> None:
    app.body = bytes(CAPACITY // 3)
    plain = {"Accept-Encoding": "identity"}
    for name in "abcda":
        assert len(client.get(f"/assets/{name}.js", headers=plain).content) == CAPACITY // 3
    assert app.count == 5, "a was forgotten when d came"
    client.get("/assets/d.js", headers=plain)
    assert app.count == 5


def test_long_hosts_of_short_answers_count(
    app: App, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet.server.remembered.CAPACITY", 100_000)
    for host in "abcda":
        client.get("/element.js", headers={"X-Forwarded-Host": host * 30_000})
    assert app.count == 5, "a was forgotten when d came"


def test_an_answer_that_is_too_large_drives_no_other_out(app: App, client: TestClient) -> None:
    client.get("/assets/a.js")
    app.body = bytes(CAPACITY)
    for _ in range(2):
        client.get("/assets/b.js", headers={"Accept-Encoding": "identity"})
    assert client.get("/assets/a.js").text == "1 testserver"
    assert app.count == 3


def ask(app: Any, path: str = "/assets/a.js") -> Any:
    """The body of the answer to a request, and the client never sends anything else."""
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http",
        "headers": [], "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    body = bytearray()

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        body.extend(message.get("body", b""))

    async def run() -> bytes:
        await app(scope, receive, send)
        return bytes(body)

    return run()


def test_many_visitors_at_once_ask_the_app_once() -> None:
    asked = 0

    async def parts() -> Any:
        for part in (b"a", b"b"):
            await asyncio.sleep(0.01)
            yield part

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        nonlocal asked
        asked += 1
        await StreamingResponse(parts())(scope, receive, send)

    async def visit() -> list[bytes]:
        app = Remembered(slow)
        return await asyncio.gather(*(ask(app) for _ in range(20)))

    assert run(visit()) == [b"ab"] * 20
    assert asked == 1


def test_a_failure_is_not_remembered() -> None:
    calls = 0

    async def fails_first(scope: Any, receive: Any, send: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("at first")
        await Response(b"fine")(scope, receive, send)

    async def visit() -> bytes:
        app = Remembered(fails_first)
        with pytest.raises(RuntimeError, match="at first"):
            await ask(app)
        return await ask(app)

    assert run(visit()) == b"fine"
