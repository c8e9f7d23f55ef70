"""The page in its other languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.browser import settle
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear, contrasts, label

pytestmark = [pytest.mark.browser, pytest.mark.forms("site")]

# Names, and what stands in formulas or code.
LATIN = re.compile(
    r"LeNet|one-layer|things|Sketchpad|ReLU|Fashion-MNIST|RBF|JSON|PNG|tanh|squash|relu|"
    r"sigmoid|Page (?:Up|Down)|Enter|Escape|Delete|Control|Ctrl|\b[CSF]\d\b|English|"
    r"\b[A-Z]{1,2}\b|\b[a-z]\b"
)
# Every text and every name for screen readers, visible or not.
TEXTS = """() => {
  const page = document.querySelector(".sketchpad"), found = [];
  for (const e of [page, ...page.querySelectorAll("*")]) {
    if (e.matches("style, script, #language *")) continue;
    for (const name of ["title", "aria-label", "aria-roledescription", "placeholder"])
      found.push(e.getAttribute(name) ?? "");
    for (const node of e.childNodes) if (node.nodeType === 3) found.push(node.textContent);
  }
  return [...new Set(found.map((text) => text.trim()).filter(Boolean))];
}"""


def speak(page: Page, code: str) -> None:
    page.locator("#language").select_option(code)
    page.locator(f".sketchpad[lang={code}]").wait_for()
    settle(page, 300)


def untranslated(page: Page) -> list[str]:
    return [text for text in page.evaluate(TEXTS) if re.search("[A-Za-z]{2,}", LATIN.sub("", text))]


def test_switching_the_language_keeps_what_a_visitor_has_made(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(DESKTOP)
    choose(page, "mnist-classic")
    clear(page)
    Hand(page).draw(DIGITS["7"])
    page.locator("[name=before]").check()
    page.locator("#film-strip summary").click()
    page.locator("#layer-1 canvas").first.click()
    settle(page)
    assert label(page) == "7"
    page.locator("#language").focus()
    speak(page, "ru")
    assert label(page) == "7"
    assert page.locator("#model").input_value() == "mnist-classic"
    assert page.locator("[name=before]").is_checked()
    assert page.locator("#film-strip .verdict b").first.inner_text() == "7"
    assert page.locator("#microscope").get_attribute("data-pinned") == "true"
    assert page.evaluate("document.activeElement.id") == "language"
    page.locator("#tab-compare").click()
    speak(page, "en")
    assert page.locator("#tab-compare").get_attribute("aria-selected") == "true"
    assert page.locator("#tab-compare").inner_text() == "Compare"


def test_the_example_is_still_an_example_after_the_switch(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    speak(page, "ru")
    assert label(page) == "3"
    Hand(page).draw(DIGITS["1"])
    settle(page)
    assert label(page) == "1", "the stroke has replaced the example"
    clear(page)
    speak(page, "en")
    assert label(page) == "", "no example covers what has been cleared"


def test_visitors_find_the_language_that_they_prefer(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP, locale="ru-RU")
    assert page.locator(".sketchpad").get_attribute("lang") == "ru"
    assert page.locator("#answer").inner_text().strip() == "3"
    assert page.locator("#clear").inner_text() == "Очистить"
    assert re.fullmatch(r"[\d,]+\s%", page.locator("#probabilities .best .share").inner_text())


@pytest.mark.parametrize("network", ["mnist-relu", "fashion-classic"])
def test_nothing_is_left_in_english(open_page: Callable[..., Page], network: str) -> None:
    page = open_page(DESKTOP, locale="ru-RU")
    if network != "mnist-relu":
        choose(page, network)
    for summary in page.locator("#draw details > summary").all():
        if summary.is_visible():
            summary.click()
    page.locator("[name=kernels]").check()
    page.locator("[name=tour]").click()
    page.locator("#muting [name=rank]").click()
    page.locator("#muting [name=evaluate]").click()
    page.locator("#muting table button").first.wait_for(timeout=60_000)
    page.locator("#muting .factor").first.wait_for(timeout=60_000)
    for layer in ("#layer-1", "#layer-output"):
        page.locator(f"{layer} canvas").first.click()
        settle(page, 600)
        assert untranslated(page) == []
    clear(page)
    settle(page, 400)
    for tab in ("compare", "layers"):
        page.locator(f"#tab-{tab}").click()
        page.wait_for_timeout(300)
    assert untranslated(page) == []


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_longer_words_fit(
    open_page: Callable[..., Page], screen: dict[str, Any], scheme: str
) -> None:
    page = open_page(screen, locale="ru-RU", color_scheme=scheme)
    page.locator("[name=tour]").click()
    page.locator("[name=kernels]").check()
    for tab in ("draw", "compare", "layers"):
        page.locator(f"#tab-{tab}").click()
        page.wait_for_timeout(300)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide == screen["viewport"]["width"], tab
        assert {text: ratio for text, ratio in contrasts(page).items() if ratio < 4.5} == {}


def test_captions_and_menus_fit_a_small_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE | {"viewport": {"width": 320, "height": 568}}, locale="ru-RU")
    choose(page, "mnist-lenet5-1998")
    page.locator("#changes summary").click()
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
