"""The app's Content-Security-Policy allows all that the page does, and nothing is blocked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support.browser import requests_of, settle, wait_for_answer
from tests.support.digits import DIGITS, grey
from tests.support.hands import DESKTOP, draw_seven

pytestmark = [pytest.mark.browser, pytest.mark.forms("app")]


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Page]:
    """The page, which must log no problem and ask no other host."""
    context = browser.new_context(**DESKTOP, accept_downloads=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        # A warning says only that a busy machine takes seconds to start the page's scripts.
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    requests = requests_of(page)
    page.goto(address)
    wait_for_answer(page)
    yield page
    context.close()
    assert problems == []
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []


def test_drawing_and_every_panel_work(watched: Page) -> None:
    draw_seven(watched)
    for panel in ("film-strip", "views", "muting", "changes", "compass", "take-away"):
        watched.locator(f"#{panel} summary").first.click()
        settle(watched)
    for name in ("json", "png"):
        with watched.expect_download():
            watched.locator(f"#take-away [name={name}]").click()


def test_a_picture_is_opened_in_the_worker(watched: Page, tmp_path: Path) -> None:
    Image.fromarray(255 - grey(DIGITS["4"])).save(tmp_path / "four.png")
    watched.locator("input[type=file]").first.set_input_files(tmp_path / "four.png")
    watched.locator("[data-label='4']").first.wait_for()
    assert len(watched.workers) == 1


def test_all_tabs_and_the_tour_work(watched: Page) -> None:
    for tab in watched.get_by_role("tab").all():
        tab.click()
        settle(watched)
    watched.get_by_role("tab").first.click()
    watched.get_by_role("button", name="Tour").click()
    settle(watched)


def test_the_footer_leads_to_the_page_for_programs(watched: Page) -> None:
    watched.get_by_role("link", name="API").click()
    watched.get_by_role("heading", name="Use it from a program").wait_for()
    watched.get_by_role("link", name="Back to the page").click()
    wait_for_answer(watched)
