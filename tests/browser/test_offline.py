"""The page without a server: while it is open, after a first visit, and from a file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lenet.__main__ import main
from tests.support import ROOT
from tests.support.browser import requests_of, settle, wait_for_answer, wait_until
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, Hand, choose, clear, label
from tests.support.server import serve, serve_folder

pytestmark = pytest.mark.browser

CHECKPOINTS = ROOT / "checkpoints"


def draw(page: Page, digit: str) -> None:
    """Draw a digit on an empty pad; the page must read it."""
    clear(page)
    Hand(page).draw(DIGITS[digit])
    settle(page)
    assert label(page) == digit


def test_no_request_is_made_while_the_pen_moves(page: Page) -> None:
    requests = requests_of(page)
    draw(page, "8")
    page.locator("#undo").click()
    settle(page)
    assert requests == []


@pytest.mark.forms("file")
def test_the_single_file_makes_no_request(browser: Browser, address: str) -> None:
    page = browser.new_page(**DESKTOP)
    requests = requests_of(page)
    page.goto(address)
    wait_for_answer(page)
    for name in ("things", "mnist-lenet5-1998", "mnist-relu"):
        choose(page, name)
    page.locator("#tab-compare").click()
    page.locator("#difference-1").wait_for()
    page.locator("#tab-layers").click()
    page.locator("#network tbody tr").first.wait_for()
    assert requests == [address]
    page.context.close()


@pytest.mark.forms("app")
def test_the_open_page_works_when_the_server_is_gone(browser: Browser, form: str) -> None:
    page = browser.new_page(**DESKTOP)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    with serve(["app.py"]) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        page.goto(address)
        wait_for_answer(page)
        choose(page, "mnist-classic")
        choose(page, "mnist-relu")
    draw(page, "7")
    page.locator("#film-strip summary").click()
    settle(page)
    assert page.locator("#film-strip b").all_inner_texts()[-1] == "7"
    page.locator("#tab-compare").click()
    page.locator("#difference-2").wait_for()
    page.locator("#tab-layers").click()
    expect(page.locator("#network tfoot")).to_contain_text("61,706")
    page.locator("#tab-draw").click()
    choose(page, "mnist-classic")
    draw(page, "4")
    expect(page.locator("#message")).to_be_hidden()
    page.locator("#model").select_option("mnist-conv3")
    page.locator("#message").filter(has_text="isn't responding").wait_for()
    draw(page, "6")
    with serve(["app.py"], port):
        choose(page, "mnist-relu")
        choose(page, "mnist-conv3")
        expect(page.locator("#message")).to_be_hidden()
    page.context.close()
    assert problems == []


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that keeps what it has stored."""
    context = browser.new_context(**DESKTOP)
    yield context
    context.close()


def wait_until_cached(page: Page, folder: Path) -> None:
    """Wait until the browser has stored the site that is now in `folder`."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    worker = (folder / "service-worker.js").read_text(encoding="utf-8")
    found = re.search(r'"version": "(\w+)"', worker)
    assert found
    wait_until(
        page,
        """async (version) => {
          const names = await caches.keys();
          const { installing } = await navigator.serviceWorker.getRegistration();
          return names.some((name) => name.endsWith(version)) && !installing;
        }""",
        found[1],
    )


def first_visit(visitor: BrowserContext, address: str, folder: Path) -> Page:
    """The site in `folder`, opened and stored by the browser."""
    page = visitor.new_page()
    page.goto(address)
    wait_for_answer(page)
    wait_until_cached(page, folder)
    return page


def test_the_static_site_opens_offline_after_the_first_visit(
    visitor: BrowserContext, site_folder: Path
) -> None:
    with serve_folder(site_folder, "/demos/digits/") as address:
        page = first_visit(visitor, address, site_folder)
    page.reload()
    wait_for_answer(page)
    draw(page, "2")
    page.locator("#model").select_option("mnist-conv3")
    page.locator("#message").filter(has_text="isn't responding").wait_for()
    page.close()
    again = visitor.new_page()
    again.goto(address)
    wait_for_answer(again)
    draw(again, "5")


def test_the_static_site_keeps_the_networks_that_were_used(
    visitor: BrowserContext, site_folder: Path
) -> None:
    with serve_folder(site_folder, "/demos/digits/") as address:
        page = first_visit(visitor, address, site_folder)
        wait_until(page, "navigator.serviceWorker.controller !== null")
        choose(page, "mnist-conv3")
    page.reload()
    wait_for_answer(page)
    choose(page, "mnist-conv3")
    draw(page, "9")


def test_a_site_that_is_written_again_reaches_its_visitors(
    visitor: BrowserContext, tmp_path: Path
) -> None:
    folder = tmp_path / "site"

    def write(*names: str) -> None:
        assert main(["site", str(folder), "--networks", *names]) == 0

    def visit() -> tuple[Page, list[str]]:
        page = visitor.new_page()
        page.goto(address)
        wait_for_answer(page)
        options = page.locator("#model option").all()
        return page, [option.get_attribute("value") or "" for option in options]

    write("mnist-relu")
    with serve_folder(folder) as address:
        page, menu = visit()
        assert menu == ["mnist-relu"]
        wait_until_cached(page, folder)
        write("mnist-classic", "mnist-relu")
        page.close()
        page, menu = visit()
        assert menu == ["mnist-classic", "mnist-relu"], "at the next visit"
        wait_until_cached(page, folder)
        page.close()
    page, menu = visit()
    assert menu == ["mnist-classic", "mnist-relu"], "without a connection"
    draw(page, "7")
