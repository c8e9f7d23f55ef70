"""The tab Compare, and networks whose classes are not digits, in a real Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lenet import Predictor
from lenet.page.examples import sheets
from tests.support.browser import sequence, settle, wait_for_answer, wait_until
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear, contrasts, label, maps

pytestmark = pytest.mark.browser


def wait_for_comparison(page: Page, after: int = 0) -> int:
    """Wait until more than `after` comparisons have been shown and no new one appears."""
    shown = "Number(document.querySelector('#compare').dataset.compared)"
    wait_until(page, f"after => {shown} > after", after)
    before = -1
    while before != (before := page.evaluate(shown)):
        page.wait_for_timeout(200)
    return before


def open_compare(page: Page) -> None:
    page.locator("#tab-compare").click()
    wait_for_comparison(page)


def sides(page: Page) -> list[Locator]:
    return [page.get_by_role("region", name=f"Input {name}") for name in "AB"]


def labels(page: Page) -> list[str]:
    return [side.locator("output").inner_text() for side in sides(page)]


def columns(page: Page, layer: int) -> list[dict[str, Any]]:
    """Number, distance and the three pictures of each map, in the order on the page."""
    return page.evaluate(
        """layer => [...document.querySelectorAll("#difference-" + layer + " .column")].map(c => ({
          map: Number(c.querySelector("b").textContent),
          distance: Number(c.querySelector("span").textContent),
          pictures: [...c.querySelectorAll("canvas")].map(canvas => canvas.toDataURL()),
        }))""",
        layer,
    )


def test_the_first_comparison_is_shown_when_the_tab_opens(page: Page) -> None:
    Hand(page).draw(DIGITS["1"])
    settle(page)
    panel = page.locator("#compare")
    assert panel.get_attribute("data-compared") == "0", "nothing is compared while it is closed"
    read = sequence(page)
    open_compare(page)
    assert panel.get_attribute("data-compared") == "1"
    assert sequence(page) == read, "the drawing is not read while the tab is open"
    assert labels(page) == ["3", "8"]
    for side in sides(page):
        assert "% sure" in side.locator(".reading").inner_text()
        assert side.locator(".network-input canvas").count() == 1
    for layer, count in ((1, 6), (2, 16)):
        found = columns(page, layer)
        assert sorted(column["map"] for column in found) == list(range(1, count + 1))
        distances = [column["distance"] for column in found]
        assert distances == sorted(distances, reverse=True)
        assert distances[0] > 0.1
        assert len({picture for c in found[:3] for picture in c["pictures"]}) == 9


def test_each_side_takes_test_images_strokes_and_the_drawing(page: Page) -> None:
    Hand(page).draw(DIGITS["1"])
    settle(page)
    open_compare(page)
    a, b = sides(page)
    shown = wait_for_comparison(page)
    a.get_by_role("combobox", name="Test image").select_option("3")
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["3", "8"]
    first = columns(page, 2)
    a.get_by_role("button", name="3, image 4 of 8").click()
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["3", "8"]
    assert columns(page, 2) != first
    b.get_by_role("button", name="Use my drawing").click()
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["3", "1"]
    b.get_by_role("button", name="Undo").click()
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["3", "8"]
    b.get_by_role("button", name="Clear").click()
    shown = wait_for_comparison(page, shown)
    assert "Nothing is drawn" in b.inner_text()
    Hand(page, "section[aria-label='Input B'] .pad").draw(DIGITS["7"])
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["3", "7"]
    page.locator("#tab-draw").click()
    settle(page)
    assert label(page) == "1", "the drawing is unchanged"


def test_identical_inputs_have_no_differences(page: Page) -> None:
    open_compare(page)
    for side in sides(page):
        shown = wait_for_comparison(page)
        side.get_by_role("combobox", name="Test image").select_option("6")
        wait_for_comparison(page, shown)
    found = columns(page, 1) + columns(page, 2)
    assert {column["distance"] for column in found} == {0}
    for column in found:
        assert column["pictures"][0] == column["pictures"][1]


def rows_of(page: Page) -> list[tuple[str, list[str]]]:
    """The caption and the names of the rows of each figure."""
    figures = page.locator("#compare .difference").all()
    return [
        (
            figure.locator(".name").inner_text(),
            figure.locator(".row-names").first.locator("span").all_inner_texts(),
        )
        for figure in figures
    ]


@pytest.mark.forms("site", "file")
def test_one_drawing_passes_through_two_networks(page: Page) -> None:
    open_compare(page)
    a, b = sides(page)
    shown = wait_for_comparison(page)
    page.get_by_label("Same drawing on both sides").check()
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["3", "3"]
    assert not b.locator(".pad").is_visible()
    assert {column["distance"] for column in columns(page, 1)} == {0}
    page.get_by_label("Network of B").select_option("mnist-conv3")
    shown = wait_for_comparison(page, shown)
    assert rows_of(page) == [
        ("C1 · convolution · 6 maps, 28×28", ["A", "B"]),
        ("C3 · convolution · 16 maps, 10×10", ["A", "B"]),
        ("C5 · convolution · 120 maps, 1×1 · network B · the first 32", ["B"]),
    ]
    assert [column["map"] for column in columns(page, 2)] == list(range(1, 17)), "in their order"
    assert page.locator("#difference-1 .legend").count() == 1, "one colour scale"
    for size in ((320, 568), (390, 844), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    a.get_by_role("button", name="Clear").click()
    Hand(page, "section[aria-label='Input A'] .pad").draw(DIGITS["7"])
    shown = wait_for_comparison(page, shown)
    assert labels(page) == ["7", "7"]
    page.get_by_label("Same drawing on both sides").uncheck()
    wait_for_comparison(page, shown)
    assert labels(page) == ["7", "8"], "B has kept its own drawing"


@pytest.mark.forms("site")
def test_a_changed_network_is_compared_with_the_trained_one(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    page.evaluate("location.hash = 'v=1&muted=C1.1&view=compare&same=1'")
    wait_for_comparison(page)
    of_page = page.get_by_label("Network of A").locator("option").first
    expect(of_page).to_have_text("Network of the page, changed by you")
    page.get_by_label("Network of B").select_option("mnist-relu")
    page.locator("#difference-1 .column b").first.get_by_text("2", exact=True).wait_for()
    found = columns(page, 1)
    assert [column["map"] for column in found] == [2, 1, 3, 4, 5, 6], "ranked, as in one network"
    assert [column["distance"] > 0 for column in found] == [True, *[False] * 5]
    page.locator("#model").select_option("mnist-classic")
    page.locator("#compare").get_by_text("Each network has learned").wait_for()


def test_the_tabs_work_by_keyboard(page: Page) -> None:
    names = ("Draw", "Compare", "Layers")
    draw, compare, layers = (page.get_by_role("tab", name=name) for name in names)
    draw.focus()
    page.keyboard.press("ArrowRight")
    expect(compare).to_be_focused()
    expect(compare).to_have_attribute("aria-selected", "true")
    assert page.get_by_role("tabpanel", name="Compare").is_visible()
    assert not page.locator("#pad").is_visible()
    for key, tab in (
        ("ArrowRight", layers),
        ("ArrowRight", draw),
        ("ArrowLeft", layers),
        ("Home", draw),
        ("End", layers),
    ):
        page.keyboard.press(key)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "model", (
        "only the open tab is in the tab order"
    )


def test_the_page_adapts_to_a_clothing_network(page: Page, things: Predictor) -> None:
    choose(page, "things")
    images = sheets()["fashion-mnist"].images
    boot = things.read_input(images[9, 0])
    assert label(page) == boot.label, "a test image has replaced the untouched three"
    words = page.locator("#invitation").text_content() or ""
    assert "test image" in words
    assert "digit" not in words
    names = page.locator(".classes button").all_inner_texts()
    assert names == list(things.labels)
    classes, pad = (page.locator(name).bounding_box() for name in (".classes", "#pad"))
    assert classes
    assert pad
    assert classes["y"] < pad["y"], "the test images come first"
    for number in (0, 4):
        page.get_by_role("button", name=things.labels[number], exact=True).click()
        settle(page)
        row = page.locator("#draw .images button")
        assert row.count() == 8
        first = maps(page, 1)
        row.nth(5).click()
        settle(page)
        assert maps(page, 1) != first
        assert row.nth(5).get_attribute("aria-current") == "true"
        assert label(page) == things.read_input(images[number, 5]).label
    page.locator("#film-strip summary").click()
    settle(page)
    captions = page.locator("#film-strip label").all_inner_texts()
    assert [text.strip() for text in captions[2:4]] == ["28-pixel box", "Centred by box"]
    choose(page, "mnist-relu")
    assert page.locator("#film-strip label").nth(2).inner_text().strip() == "20-pixel box"
    assert page.locator(".classes button").all_inner_texts() == [""] * 10
    assert page.locator("#draw .images button").count() == 0


def test_a_drawing_stays_when_the_network_changes(page: Page) -> None:
    clear(page)
    Hand(page).draw(DIGITS["4"])
    settle(page)
    choose(page, "things")
    choose(page, "mnist-relu")
    assert label(page) == "4"


def test_clothes_can_be_compared(page: Page, things: Predictor) -> None:
    open_compare(page)
    shown = wait_for_comparison(page)
    page.locator("#model").select_option("things")
    wait_for_comparison(page, shown)
    images = sheets()["fashion-mnist"].images
    assert labels(page) == [things.read_input(images[number, 0]).label for number in (2, 4)]
    chosen = [s.get_by_role("combobox", name="Test image").input_value() for s in sides(page)]
    assert chosen == ["Pullover", "Coat"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_fits_the_screen_and_has_enough_contrast(
    browser: Browser, address: str, device: dict[str, Any], scheme: Any
) -> None:
    page = browser.new_page(**device, color_scheme=scheme)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    wait_for_answer(page)
    for name in ("mnist-relu", "things"):
        if name != page.locator("#model").input_value():
            choose(page, name)
        for tab in ("#tab-compare", "#tab-layers", "#tab-draw"):
            page.locator(tab).click()
            page.wait_for_timeout(400)
            ratios = contrasts(page)
            assert len(ratios) > 20
            assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide == device["viewport"]["width"]
            cut = page.evaluate(
                """() => [...document.querySelectorAll(".sketchpad *")]
                  .filter(e => e.checkVisibility() && !e.closest("h1, option, .numbers"))
                  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                  .map(e => e.outerHTML.slice(0, 80))"""
            )
            assert cut == []
    assert problems == []
    if device is PHONE:
        for button in page.locator(".classes button").all():
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44, "large enough for a finger"
            assert button.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.close()
