"""A real Chromium and a running page, for the benchmarks and the browser tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import ROOT

# Without these, Chromium calls its maker's hosts at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the system's own, or else the one that Playwright has installed."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serve(command: Sequence[str], port: int | None = None) -> Iterator[str]:
    """Run a Gradio program on a free port of this machine; yields its address."""
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "0"}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    said = process.stdout.read() if process.stdout else ""
                    raise RuntimeError(f"The page did not start:\n{said}") from None
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.communicate()


def wait_for_answer(page: Page, after: int = 0) -> int:
    """Wait until more than `after` pad states have been shown; returns how many."""
    page.wait_for_function(
        "after => Number(document.querySelector('[data-sequence]')?.dataset.sequence) > after",
        arg=after,
        timeout=20_000,
    )
    return sequence(page)


def sequence(page: Page) -> int:
    """How many pad states the page has shown."""
    return int(page.locator("[data-sequence]").get_attribute("data-sequence") or 0)


def settle(page: Page, milliseconds: int = 300) -> None:
    """Wait until nothing new has been shown for a while."""
    before = -1
    while before != (before := sequence(page)):
        page.wait_for_timeout(milliseconds)
