"""The page behind a proxy that serves it below a path and strips that path."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browser import requests_of, wait_for_answer
from tests.support.hands import draw_seven
from tests.support.server import serve

pytestmark = pytest.mark.browser

PATH = "/demos/digits"


class Proxy(BaseHTTPRequestHandler):
    target = ""

    def do_GET(self) -> None:
        self._forward(None)

    def do_POST(self) -> None:
        self._forward(self.rfile.read(int(self.headers["Content-Length"])))

    def _forward(self, body: bytes | None) -> None:
        if not self.path.startswith(PATH + "/"):
            self.send_error(404)
            return
        headers = {name: self.headers[name] for name in self.headers if name != "Accept-Encoding"}
        headers["X-Forwarded-Host"] = self.headers["Host"]
        request = urllib.request.Request(self.target + self.path[len(PATH) :], body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                content = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
        except urllib.error.HTTPError as error:
            self.send_error(error.code)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("GRADIO_ROOT_PATH", PATH)
    with serve(["app.py"]) as address, ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        monkeypatch.setattr(Proxy, "target", address.rstrip("/"))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{PATH}/"
        server.shutdown()
        thread.join()


def test_a_drawing_is_read_behind_a_proxy_with_a_path(browser: Browser, proxied: str) -> None:
    page = browser.new_page()
    requests = requests_of(page)
    page.goto(proxied)
    wait_for_answer(page)
    draw_seven(page)
    modules = [url for url in requests if url.endswith(".js") and "/web-" in url]
    assert modules
    assert all(url.startswith(proxied) for url in modules)
    preview = page.locator("meta[property='og:image']").get_attribute("content")
    assert preview == proxied + "preview.png"
    page.close()
