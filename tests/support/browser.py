"""A real Chromium, and helpers that wait for the page in it."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Frame, Page, sync_playwright

# Without these, Chromium contacts Google's hosts at every start.
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
    """A headless Chromium: the system's own, or else the one that Playwright installed."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def wait_for_answer(page: Page, after: int = 0) -> int:
    """Wait until the page has shown more than `after` answers; returns how many it has shown."""
    wait_until(
        page,
        "after => Number(document.querySelector('[data-sequence]')?.dataset.sequence) > after",
        after,
    )
    return sequence(page)


def sequence(page: Page) -> int:
    """How many answers the page has shown."""
    return int(page.locator("[data-sequence]").get_attribute("data-sequence") or 0)


def settle(page: Page, milliseconds: int = 100) -> None:
    """Wait until no new answer has been shown for that many milliseconds and two frames.

    A busy machine draws late, but not before the frames in which it draws.
    """
    before = -1
    while before != (before := sequence(page)):
        page.wait_for_timeout(milliseconds)
        page.evaluate(
            "() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))"
        )


def wait_until(
    page: Page | Frame, function: str, argument: Any = None, timeout: int = 20_000
) -> None:
    """Wait until a function or expression of JavaScript returns a true value, or a promise of one.

    `page.wait_for_function` evaluates text in the page, which the page's policy forbids, and to it
    every promise is a true value.
    """
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(function, argument):
        if time.monotonic() > end:
            raise AssertionError(f"This has not become true: {function}")
        page.wait_for_timeout(50)


def requests_of(page: Page) -> list[str]:
    """Collects the addresses of the page's requests from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found
