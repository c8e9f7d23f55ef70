"""A real Chromium, and helpers that wait for the page in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

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
    page.wait_for_function(
        "after => Number(document.querySelector('[data-sequence]')?.dataset.sequence) > after",
        arg=after,
        timeout=20_000,
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


def wait_until(page: Page, function: str, argument: Any = None) -> None:
    """Wait until an asynchronous function of JavaScript returns a true value.

    `page.wait_for_function` doesn't wait for promises: to it, each of them is a true value.
    """
    for _ in range(400):
        if page.evaluate(function, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"This has not become true: {function}")


def requests_of(page: Page) -> list[str]:
    """Collects the addresses of the page's requests from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found
