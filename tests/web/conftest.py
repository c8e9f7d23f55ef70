"""Run the browser's modules on an empty page, without Gradio or its server."""

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from lenet import Convolution, LeNet, LeNetConfig
from lenet.page.modules import WEB, style

BLANK = f"""<!doctype html><html lang="en"><title>Modules</title>
<style>#root {{ {style()} }}</style><body><div id="root"><div class="sketchpad"></div></div>"""

Run = Callable[..., Any]


class _Files(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(BLANK.encode())

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def packed_checkpoint(folder: Path) -> dict[str, str]:
    """The files of a checkpoint as text, to pass to `run`; the weights are in base64."""
    return {
        "config": (folder / "config.json").read_text("utf-8"),
        "weights": base64.b64encode((folder / "model.safetensors").read_bytes()).decode(),
    }


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A network with a single map and no dense layers, packed."""
    folder = tmp_path_factory.mktemp("tiny")
    LeNet(LeNetConfig(convolutions=(Convolution(1, 1),), dense=())).save_pretrained(folder)
    return packed_checkpoint(folder)


@pytest.fixture(scope="session")
def web_address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(WEB))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def blank(browser: Browser, web_address: str) -> Iterator[Callable[..., Page]]:
    """Opens an empty page that can import the modules."""
    with _pages(browser, web_address) as open_blank:
        yield open_blank


@contextmanager
def _pages(browser: Browser, web_address: str) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def open_blank(**device: Any) -> Page:
        context = browser.new_context(**device)
        contexts.append(context)
        page = context.new_page()
        page.goto(web_address)
        return page

    yield open_blank
    for context in contexts:
        context.close()


@pytest.fixture
def run(blank: Callable[..., Page]) -> Run:
    """Runs the body of an asynchronous function that may `await import("/core/…")`."""
    return _runner(blank())


@pytest.fixture(scope="module")
def shared_run(browser: Browser, web_address: str) -> Iterator[Run]:
    """The same on one page for all tests of a module, for modules without any state."""
    with _pages(browser, web_address) as open_blank:
        yield _runner(open_blank())


def _runner(page: Page) -> Run:
    def evaluate(body: str, argument: Any = None) -> Any:
        return page.evaluate(f"async (argument) => {{ {body} }}", argument)

    return evaluate
