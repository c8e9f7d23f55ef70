"""The sketchpad in other people's pages: examples/embed.html and docs/embed.md."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support import ROOT
from tests.support.browser import settle
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, Hand, label
from tests.support.server import serve_folder

pytestmark = pytest.mark.browser


@pytest.fixture
def host(browser: Browser, site_folder: Path, tmp_path: Path) -> Iterator[Page]:
    """The example, next to the static site."""
    shutil.copy(ROOT / "examples" / "embed.html", tmp_path)
    (tmp_path / "sketchpad").symlink_to(site_folder)
    page = browser.new_page(**DESKTOP)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    with serve_folder(tmp_path, "/course/") as address:
        page.goto(address + "embed.html")
        page.locator("lenet-sketchpad [data-label='3']").wait_for()
        yield page
        page.context.close()
    assert problems == []


def collect_readings(page: Page) -> None:
    """Collect the details of all readings from now on."""
    page.evaluate(
        """() => {
          window.readings = [];
          document.querySelector("lenet-sketchpad").addEventListener(
            "reading", (event) => window.readings.push(event.detail));
        }"""
    )


def draw(page: Page, digit: str) -> None:
    pad = page.locator("lenet-sketchpad")
    pad.locator("#clear").click()
    Hand(page, "lenet-sketchpad #pad").draw(DIGITS[digit])
    page.locator(f"lenet-sketchpad [data-label='{digit}']").wait_for()


def test_the_host_page_receives_every_reading(host: Page) -> None:
    collect_readings(host)
    draw(host, "7")
    labels = host.evaluate("window.readings.map((reading) => reading.label)")
    assert len(labels) > 5, "while the pen moves"
    assert (labels[0], labels[-1]) == (None, "7")


def test_the_table_in_the_docs_lists_every_field(host: Page) -> None:
    collect_readings(host)
    draw(host, "1")
    table = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8").partition("`event.detail`")[2]
    documented = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert set(documented) == set(host.evaluate("Object.keys(window.readings.at(-1))"))


def test_the_example_reacts_to_a_drawing(host: Page) -> None:
    draw(host, "4")
    assert host.locator("#read").inner_text() == "4"
    assert re.fullmatch(r"map [1-6]", host.locator("#strongest").inner_text())
    host.locator("lenet-sketchpad #clear").click()
    host.locator("#read").get_by_text("blank").wait_for()


def test_the_frame_in_the_example_works(host: Page) -> None:
    frame = host.locator("iframe").element_handle().content_frame()
    assert frame
    frame.locator("[data-label='3']").wait_for()
    frame.locator("#clear").click()
    hand = Hand(host)
    hand.canvas = frame.locator("#pad canvas")
    hand.canvas.scroll_into_view_if_needed()
    hand.draw(DIGITS["5"])
    frame.locator("[data-label='5']").wait_for()
    assert host.locator("lenet-sketchpad [data-label]").get_attribute("data-label") == "3"


def test_readings_bubble_to_the_document(page: Page) -> None:
    page.evaluate("document.addEventListener('reading', (e) => { window.read = e.detail.label; });")
    Hand(page).draw(DIGITS["2"])
    settle(page)
    assert page.evaluate("window.read") == label(page) == "2"
