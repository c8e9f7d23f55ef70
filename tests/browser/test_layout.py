"""Accessibility, layout and network requests of the page in a real Chromium."""

from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.browser import requests_of, settle, wait_for_answer
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, Hand, clear, contrasts

pytestmark = pytest.mark.browser

# Present once a view shows its answer.
SHOWN = {
    "draw": "#film-strip .verdict b",
    "compare": "#difference-1",
    "layers": "#network tbody tr",
}


def names_by_tab(page: Page) -> list[str]:
    """The names of the first elements that the Tab key reaches."""
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => e.id || e.getAttribute('aria-label') || '')(document.activeElement)"
            )
        )
    return reached


@pytest.mark.forms("app")
def test_pictures_can_be_opened_by_keyboard(open_page: Callable[..., Page]) -> None:
    assert "open" in names_by_tab(open_page(DESKTOP))


def test_controls_are_reachable_by_keyboard_and_have_names(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    reached = names_by_tab(page)
    for name in ("model", "clear", "undo", "pad", "Start from 9"):
        assert name in reached
    named: tuple[tuple[Literal["button", "combobox", "img"], str], ...] = (
        ("button", "Clear"),
        ("button", "Undo"),
        ("combobox", "Network"),
        ("img", "C1, map 6"),
        ("img", "C3, map 16"),
    )
    for role, name in named:
        assert page.get_by_role(role, name=name, exact=True).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_in_both_schemes(
    open_page: Callable[..., Page], device: dict[str, Any], scheme: str
) -> None:
    page = open_page(device, color_scheme=scheme)
    page.locator("#film-strip summary").click()
    settle(page)
    for name, shown in SHOWN.items():
        page.locator(f"#tab-{name}").click()
        page.locator(shown).first.wait_for()
        ratios = contrasts(page)
        assert len(ratios) > 20
        assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violations(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(DESKTOP, color_scheme=scheme)
    page.locator("#film-strip summary").click()
    settle(page)
    for name, shown in SHOWN.items():
        page.locator(f"#tab-{name}").click()
        page.locator(shown).first.wait_for()
        found = Axe().run(page, context=".sketchpad")
        assert found.violations_count == 0, found.generate_report()


def test_the_layout_fits_the_screen(open_page: Callable[..., Page], device: dict[str, Any]) -> None:
    page = open_page(device)
    box: dict[str, Any] = {
        name: page.locator(name).bounding_box()
        for name in ("#pad", "#answer", "#network-input", "#probabilities", "#layer-1", "#layer-2")
    }
    bottom = {name: b["y"] + b["height"] for name, b in box.items()}
    assert page.evaluate("document.documentElement.scrollWidth") == device["viewport"]["width"]
    if device is DESKTOP:
        assert max(bottom.values()) <= 720, "everything is visible without scrolling"
    else:
        assert 0 <= box["#answer"]["y"] - bottom["#pad"] < 30, (
            "the answer is directly below the pad"
        )
        assert bottom["#layer-1"] <= 844, "the first layer is visible without scrolling"


@pytest.mark.forms("app")
def test_the_footer_has_one_link_and_no_stray_dot(open_page: Callable[..., Page]) -> None:
    footer = open_page(DESKTOP).locator("footer")
    assert footer.inner_text().split() == ["API"]


def test_an_idle_page_requests_no_frames(browser: Browser, address: str) -> None:
    """Frames without need use up batteries and delay the pen."""
    page = browser.new_page(**DESKTOP)
    page.add_init_script(
        """{
          const { requestAnimationFrame } = window;
          window.requestedFrames = 0;
          window.requestAnimationFrame = (callback) => {
            window.requestedFrames++;
            return requestAnimationFrame(callback);
          };
        }"""
    )
    page.goto(address)
    wait_for_answer(page)
    requested = "window.requestedFrames"
    for _ in range(20):  # what appears at the start may move for a while
        before = page.evaluate(requested)
        page.wait_for_timeout(500)
        if page.evaluate(requested) == before:
            break
    else:
        pytest.fail("The page requests frames all the time.")
    page.context.close()


@pytest.mark.forms("app", "site")
def test_scripts_that_fail_to_load_are_reported(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/page.js", lambda route: route.abort())
    page.goto(address)
    page.get_by_text("The page's scripts could not be loaded. Reload the page.").wait_for()
    page.close()


def test_the_page_contacts_no_other_host_and_stores_nothing(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    requests = requests_of(page)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.goto(address)
    wait_for_answer(page)
    clear(page)
    Hand(page).draw(DIGITS["5"])
    settle(page)
    hosts = {urlsplit(url)[:2] for url in requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address)[:2]}
    assert problems == []
    assert page.evaluate("JSON.stringify(localStorage) + document.cookie").strip("{}") == ""
    page.close()
