"""A walk through the whole page, during which it contacts no host but its own."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_pictures import photograph, wait_for_label
from tests.support.browser import settle, wait_for_answer
from tests.support.hands import DESKTOP, choose, draw_seven, label

pytestmark = pytest.mark.browser

PANELS = ("film-strip", "views", "muting", "changes", "compass", "take-away")
FROM_MEMORY = ("blob", "data")
"""Addresses of what the page itself has made."""


class Watched:
    """A browser whose requests and errors are collected, also those of workers."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.requests: list[str] = []
        self.problems: list[str] = []
        # Unlike a page's, a context's events include those of its workers.
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.problems.append(str(error.error)))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.problems.append(text)

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.goto(address)
        wait_for_answer(page)
        settle(page)
        return page


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(
        **DESKTOP,
        accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
        # A service worker's requests are its site's own, but Playwright can't see all of them.
        service_workers="block",
    )
    yield Watched(context)
    context.close()


def test_a_walk_through_the_page_contacts_no_other_host(
    watched: Watched, address: str, tmp_path: Path
) -> None:
    page = watched.open(address)
    draw(page)
    open_a_picture(page, tmp_path)
    inspect(page)
    open_panels(page)
    change_networks_and_language(page)
    compare_and_list_layers(page)
    follow_a_link(watched, page)
    own = urlsplit(address)
    foreign = [
        url
        for url in watched.requests
        if urlsplit(url).scheme not in FROM_MEMORY
        and (urlsplit(url).scheme, urlsplit(url).netloc) != (own.scheme, own.netloc)
    ]
    assert foreign == []
    assert len(watched.requests) >= 2, "each visit is seen"
    assert watched.problems == []


def draw(page: Page) -> None:
    draw_seven(page)
    page.locator("#undo").click()


def open_a_picture(page: Page, folder: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#open").click()
    chooser.value.set_files(photograph(folder, "8"))
    wait_for_label(page, "8")


def inspect(page: Page) -> None:
    """The microscope, a painted kernel, and a muted map."""
    page.locator("#layer-2 .map canvas").nth(7).click()
    expect(page.locator("#microscope")).to_be_visible()
    page.locator("#microscope [tabindex='0']").last.focus()
    page.keyboard.press("+")
    expect(page.locator("#edited")).to_be_visible()
    page.locator("#microscope [name=close]").click()
    with page.expect_download():
        page.locator("#edited [name=save]").click()
    page.locator("#edited button").first.click()
    page.locator("[name=kernels]").check()
    page.locator("[name=before]").check()
    page.locator("[name=before]").uncheck()
    page.locator("[name=tour]").click()
    page.locator("[name=tour-next]").click()
    page.locator("[name=tour-close]").click()


def open_panels(page: Page) -> None:
    for panel in PANELS:
        page.locator(f"#{panel} > summary").click()
        settle(page)
    page.locator("#muting .mute-maps button").first.click()
    page.locator("#muting [name=rank]").click()
    expect(page.locator("#muting")).to_contain_text("Speak for", timeout=30_000)
    page.locator("#edited button").first.click()
    for name in ("json", "png"):
        with page.expect_download():
            page.locator(f"#take-away [name={name}]").click()


def change_networks_and_language(page: Page) -> None:
    for name in ("mnist-lenet5-1998", "things", "mnist-relu"):
        choose(page, name)
    for code in ("ru", "en"):
        page.locator("#language").select_option(code)
        page.locator(f".sketchpad[lang={code}]").wait_for()
        settle(page)
    page.locator("#draw .classes button").first.click()
    page.locator("#draw .images button").first.click()
    settle(page)


def compare_and_list_layers(page: Page) -> None:
    page.locator("#tab-compare").click()
    page.locator("#difference-1").wait_for()
    page.locator("#tab-layers").click()
    page.locator("#network tbody tr").first.wait_for()
    page.locator("#tab-draw").click()


def follow_a_link(watched: Watched, page: Page) -> None:
    page.get_by_role("button", name="Copy link").click()
    page.locator(".notice").get_by_text("Link copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    copy = watched.open(link)
    assert label(copy) == label(page)
