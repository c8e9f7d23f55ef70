"""Measure the layout at many screen sizes in a real Chromium, for digits and for clothes."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, ViewportSize

from tests.support.browser import settle, wait_until

pytestmark = pytest.mark.browser

SIZES = [
    (320, 568),
    (390, 844),
    (640, 400),  # 1280×800 at a zoom of 200 %
    (667, 375),
    (720, 520),
    (780, 900),
    (844, 390),
    (853, 533),
    (1024, 768),
    (1280, 800),
    (1440, 900),
    (1920, 1080),
    (2560, 1440),
]

# Boxes are [left, top, right, bottom] in screen pixels, without scrolling. `cut` lists elements
# that stick out of the screen to the left or right, and text that overflows its element. It skips
# names for screen readers and the table that scrolls.
MEASURE = """() => {
  const box = (e) => (({ left, top, right, bottom }) => [left, top, right, bottom])(
    e.getBoundingClientRect());
  const find = (selector) => document.querySelector(selector);
  const visible = [...document.querySelectorAll(".sketchpad *")]
    .filter((e) => e.checkVisibility()
      && !e.closest("h1 span, #open span, option, .numbers, .description"));
  const sticksOut = (e) => e.getBoundingClientRect().left < 0
    || e.getBoundingClientRect().right > innerWidth + 0.5
    || e.matches("button, label, p, h1, output") && e.scrollWidth > e.clientWidth + 1
      && getComputedStyle(e).display !== "inline";
  return {
    screen: [innerWidth, innerHeight],
    pad: box(find("#pad")),
    answer: box(find("#answer")),
    maps: [...document.querySelectorAll(".layer .map canvas")].map((e) => e.clientWidth),
    bars: [...document.querySelectorAll(".track")].map((e) => e.clientWidth),
    font: parseFloat(getComputedStyle(find(".sketchpad")).fontSize),
    width: document.documentElement.scrollWidth,
    cut: visible.filter(sticksOut).map((e) => e.outerHTML.slice(0, 80)),
  };
}"""


@pytest.fixture(scope="module", params=["mnist-relu", "things"])
def network_page(
    request: pytest.FixtureRequest, browser: Browser, address: str, device: dict[str, Any]
) -> Iterator[Page]:
    """A page that shows one network; its window is resized by each test."""
    page = browser.new_page(**device)
    page.goto(address)
    show_network(page.main_frame, request.param)
    yield page
    page.close()


def show_network(frame: Frame, name: str) -> None:
    frame.wait_for_selector(".classes button")
    frame.select_option("#model", name)
    things = "true" if name == "things" else "false"
    wait_until(frame, f"document.querySelector('#draw.things') !== null === {things}")
    frame.wait_for_selector(".layer canvas")


def measure(frame: Frame) -> dict[str, Any]:
    # Wait two frames: one for the new styles, one for resize observers.
    frame.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")
    return frame.evaluate(MEASURE)


def resize(page: Page, width: int, height: int) -> dict[str, Any]:
    page.set_viewport_size(ViewportSize(width=width, height=height))
    return measure(page.main_frame)


def assert_fits(found: dict[str, Any]) -> None:
    width, height = found["screen"]
    for part in ("pad", "answer"):
        left, top, right, bottom = found[part]
        assert 0 <= left < right <= width, part
        assert 0 <= top < bottom <= height, part
    left, top, right, bottom = found["pad"]
    assert right - left == pytest.approx(bottom - top, abs=0.5), "the pad is square"
    assert right - left >= 200, "the pad is large enough to draw on"
    assert len(found["bars"]) == 10
    assert min(found["bars"]) >= 90
    assert_nothing_is_cut(found)


def assert_nothing_is_cut(found: dict[str, Any]) -> None:
    assert found["width"] == found["screen"][0], "no horizontal scrolling"
    assert found["cut"] == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_pad_and_answer_fit_on_the_screen_together(
    network_page: Page, size: tuple[int, int]
) -> None:
    assert_fits(resize(network_page, *size))


def test_type_and_maps_grow_on_large_screens(network_page: Page) -> None:
    sizes = [(1280, 800), (1440, 900), (1920, 1080), (2560, 1440)]
    found = [resize(network_page, *size) for size in sizes]
    for smaller, larger in pairwise(found):
        assert larger["font"] > smaller["font"]
        for narrow, wide in zip(smaller["maps"], larger["maps"], strict=True):
            assert wide > narrow


@pytest.mark.parametrize(
    "part", ["#tab-compare", "#tab-layers", "#film-strip summary", "#views summary"]
)
def test_tabs_and_film_strip_fit_the_width(network_page: Page, part: str) -> None:
    network_page.locator(part).click()
    settle(network_page)
    try:
        for size in SIZES:
            assert_nothing_is_cut(resize(network_page, *size))
    finally:
        network_page.locator("#tab-draw" if "tab" in part else part).click()


@pytest.mark.forms("app", "site")  # browsers don't show local files inside other pages
@pytest.mark.parametrize("name", ["mnist-relu", "things"])
def test_the_page_fits_a_small_iframe(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(f'<iframe src="{address}" width="720" height="520"></iframe>')
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame
    show_network(frame, name)
    assert_fits(measure(frame))
    page.close()
