"""Requests that are too large, and malformed ones."""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.types import Message

from lenet.server.bounds import MAX_JSON_BYTES, MAX_PICTURE_BYTES, Bounds
from tests.support.loops import run
from tests.support.server import running

JOIN, CALL, UPLOAD = "gradio_api/queue/join", "gradio_api/call/predict", "gradio_api/upload"


def send(address: str, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    """Post a body, in pieces if it is an iterator."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("POST", f"/{path}", body, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content


def pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // 100_000 + 1):
        yield bytes(100_000)


@pytest.mark.parametrize(
    ("path", "limit", "words"),
    [
        (JOIN, MAX_JSON_BYTES, "larger than 1 MB"),
        (CALL, MAX_JSON_BYTES, "larger than 1 MB"),
        ("health", MAX_JSON_BYTES, "only"),
        ("predict", MAX_PICTURE_BYTES, "larger than 20 MB"),
        (UPLOAD, MAX_PICTURE_BYTES + 100_000, "larger than 20 MB"),
    ],
)
def test_a_request_that_is_too_large_gets_a_sentence(
    address: str, path: str, limit: int, words: str
) -> None:
    form = "multipart/form-data; boundary=x"
    start = b'--x\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\n'
    for body in (start + bytes(limit), iter([start, *pieces(limit)])):
        kind = form if path == UPLOAD else "application/octet-stream"
        status, answer = send(address, path, body, **{"Content-Type": kind})
        assert status == (405 if path == "health" else 413)
        assert words in answer["error"]


def test_bytes_are_counted_whatever_the_request_says() -> None:
    seen: list[Message] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass

    async def receive() -> Message:
        return {"type": "http.request", "body": bytes(600_000), "more_body": True}

    async def keep(message: Message) -> None:
        seen.append(message)

    for length in (b"1", b"-5", b"many", b"9" * 99):
        seen.clear()
        scope = {"type": "http", "path": "/x", "headers": [(b"content-length", length)]}
        run(Bounds(app)(scope, receive, keep))
        assert seen[0]["status"] == 413


NESTED = b"[" * 4000 + b"]" * 4000
MALFORMED: dict[str, tuple[str, bytes]] = {
    "nothing": (JOIN, b""),
    "no JSON": (JOIN, b"{"),
    "bytes": (JOIN, bytes(range(256))),
    "a list": (JOIN, b"[]"),
    "nested lists": (JOIN, NESTED),
    "nested data": (JOIN, b'{"session_hash": "s", "data": ' + NESTED + b"}"),
    "no session": (JOIN, b'{"data": []}'),
    "session is a list": (JOIN, b'{"session_hash": [], "data": []}'),
    "long session": (JOIN, b'{"session_hash": "' + b"s" * 500_000 + b'"}'),
    "long number": (JOIN, b"1" * 900_000),
    "call without JSON": (CALL, b"data"),
    "call of a different function": ("gradio_api/call/other", b'{"data": []}'),
    "no form": (UPLOAD, b"picture"),
    "a picture that is none": ("predict", b"Dear Sir or Madam"),
    "no picture": ("predict", b""),
    "a long name": ("predict?model=" + "a" * 30_000, b"x"),
    "an unknown network": ("predict?model=%00%0a..%2f", b"x"),
}


@pytest.fixture(scope="module")
def logged() -> Iterator[tuple[str, Any]]:
    """A server and its process, whose output can be read."""
    with running(["app.py"]) as found:
        yield found


def test_malformed_calls_get_a_sentence_and_leave_no_traceback(logged: tuple[str, Any]) -> None:
    address, process = logged
    for _ in range(10):
        for name, (path, body) in MALFORMED.items():
            status, answer = send(address, path, body)
            assert status in (400, 404), name
            assert list(answer) == ["error"], name
            assert answer["error"].endswith("."), name
            assert len(answer["error"]) < 300, name
            assert not re.search(r"/(tmp|home|root|usr|work)", answer["error"]), name
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x", b"--x\r\n\r\n--x--", b"--y--", bytes(999)):
        assert send(address, UPLOAD, body, **form)[0] == 400
        assert send(address, UPLOAD, body, **{"Content-Type": "multipart/form-data"})[0] == 400
    assert send(address, "predict", b"--x", **form)[0] == 400
    process.terminate()
    output = process.stdout.read()
    assert output.startswith("Open http")
    assert "Traceback" not in output
    assert output.count("\n") < 12, "at most a line for each form"
