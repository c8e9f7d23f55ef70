"""Two processes behind a proxy that sends each request to the other one."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from PIL import Image

from tests.support.digits import DIGITS, grey
from tests.support.server import serve


class Balancer(BaseHTTPRequestHandler):
    targets: Iterator[str]

    def do_GET(self) -> None:
        self._forward(None)

    def do_POST(self) -> None:
        self._forward(self.rfile.read(int(self.headers["Content-Length"])))

    def _forward(self, body: bytes | None) -> None:
        headers = {name: self.headers[name] for name in self.headers if name != "Accept-Encoding"}
        address = next(self.targets).rstrip("/") + self.path
        try:
            with urllib.request.urlopen(
                urllib.request.Request(address, body, headers), timeout=20
            ) as answer:
                content, kind = answer.read(), answer.headers["Content-Type"]
                self.send_response(answer.status)
        except urllib.error.HTTPError as error:
            content, kind = error.read(), error.headers["Content-Type"]
            self.send_response(error.code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class Front(ThreadingHTTPServer):
    request_queue_size = 128  # 5 callers would otherwise be all that may connect at once


@pytest.fixture(scope="module")
def balanced() -> Iterator[str]:
    with (
        serve(["app.py"]) as one,
        serve(["app.py"]) as two,
        Front(("127.0.0.1", 0), Balancer) as server,
    ):
        Balancer.targets = cycle([one, two])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    Image.fromarray(255 - grey(DIGITS["4"])).save(tmp_path / "four.png")
    return tmp_path / "four.png"


def test_gradios_client_needs_no_sticky_sessions(balanced: str, digit: Path) -> None:
    client = Client(balanced, verbose=False)
    for _ in range(12):
        assert client.predict(handle_file(digit), api_name="/predict")["label"] == "4"
    jobs = [client.submit(handle_file(digit), api_name="/predict") for _ in range(24)]
    assert {job.result(timeout=60)["label"] for job in jobs} == {"4"}
    client.close()


def test_calls_without_a_session_need_none_either(balanced: str) -> None:
    for _ in range(3):  # an odd number of requests in a turn
        call = f"{balanced}gradio_api/call/predict"
        body = json.dumps({"data": [{"path": "x"}]}).encode()
        with urllib.request.urlopen(call, body, timeout=20) as answer:
            event = json.load(answer)["event_id"]
        with urllib.request.urlopen(f"{call}/{event}", timeout=20) as answer:
            assert b"event: error" in answer.read()
        with urllib.request.urlopen(f"{call}/{event}", timeout=20) as answer:
            assert b"There is no such answer" in answer.read()


def test_many_plain_callers_are_answered_by_both(balanced: str, digit: Path) -> None:
    content = digit.read_bytes()

    def label(_: int) -> str:
        with urllib.request.urlopen(f"{balanced}predict", content, timeout=60) as answer:
            return json.load(answer)["label"]

    with ThreadPoolExecutor(32) as callers:
        assert set(callers.map(label, range(64))) == {"4"}
