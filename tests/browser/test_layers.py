"""The section "The network, layer by layer" in a real Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from lenet.networks import PRESETS
from lenet.summary import summarise
from tests.support.browser import settle
from tests.support.hands import DESKTOP, PHONE, label

pytestmark = pytest.mark.browser


def opened(page: Page) -> Locator:
    section = page.locator("#network")
    section.locator("summary").click()
    section.locator("tbody tr").first.wait_for()
    return section


def cells(section: Locator) -> list[list[str]]:
    rows = section.locator("tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def formula(section: Locator) -> str:
    return section.locator("#calculator output").inner_text()


def test_the_section_shows_the_network_of_the_menu(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    assert not page.locator("#network table").is_visible()
    section = opened(page)
    layers = summarise(PRESETS["relu"])
    shown = cells(section)
    assert [row[:3] for row in shown] == [[la.name, la.description, la.size] for la in layers]
    assert [row[3] for row in shown] == [f"{la.parameters:,}" for la in layers]
    assert [row[4] for row in shown] == [f"{la.multiplications:,}" for la in layers]
    assert [row[6] for row in shown] == [la.formula for la in layers]
    assert section.locator("tfoot").inner_text().split() == ["total", "61,706", "416,520"]
    assert page.get_by_role("img", name="mnist-relu, layer by layer").is_visible()
    page.locator("#model").select_option("mnist-classic")
    page.get_by_role("img", name="mnist-classic, layer by layer").wait_for()
    assert cells(section)[2][1] == "average pooling 2×2, stride 2"
    section.locator("summary").click()
    page.locator("#model").select_option("mnist-relu")
    settle(page)
    assert sum('"network"' in data for data in asked) == 2, "not asked for while it is closed"


def test_a_layer_fills_the_calculator(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    section = opened(page)
    section.get_by_role("cell", name="max pooling").last.click()
    assert formula(section) == "⌊(10 − 2 + 0 + 2)/2⌋ = 5"
    assert section.get_by_label("n, input").input_value() == "10"
    page.get_by_role("button", name="⌊(14 − 5 + 0 + 1)/1⌋ = 10").focus()
    page.keyboard.press("Enter")
    assert formula(section) == "⌊(14 − 5 + 0 + 1)/1⌋ = 10"
    section.get_by_role("cell", name="dense, 84 units").click()
    assert formula(section) == "⌊(14 − 5 + 0 + 1)/1⌋ = 10", "a dense layer has no such numbers"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"n": "28", "k": "3", "p": "1", "s": "2"}, "⌊(28 − 3 + 1 + 2)/2⌋ = 14"),
        ({"n": "4", "k": "5", "p": "1", "s": "3"}, "⌊(4 − 5 + 1 + 3)/3⌋ = 1"),
        ({"n": "4", "k": "7", "p": "2"}, "Impossible: a kernel of 7 does not fit into 6 pixels"),
        ({"n": ""}, "n is a whole number from 1 to 999."),
        ({"s": "0"}, "s is a whole number from 1 to 999."),
        ({"k": "2.5"}, "k is a whole number from 1 to 999."),
        ({"p": "-1"}, "p is a whole number from 0 to 999."),
    ],
    ids=str,
)
def test_the_calculator_answers_while_one_types(
    open_page: Callable[..., Page], values: dict[str, str], said: str
) -> None:
    section = opened(open_page(DESKTOP))
    for name, value in values.items():
        section.locator(f"input[name={name}]").fill(value)
    assert formula(section).startswith(said)


def test_taking_back_what_is_typed_leaves_the_sketch(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    page.locator(".examples button").nth(7).click()
    page.wait_for_selector("[data-label='7']")
    kernel = opened(page).locator("input[name=k]")
    kernel.press("End")
    page.keyboard.type("1")
    assert kernel.input_value() == "51"
    kernel.press("Control+z")
    settle(page)
    assert kernel.input_value() == "5"
    assert label(page) == "7"


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["1280", "390"])
def test_only_the_table_scrolls_sideways(
    open_page: Callable[..., Page], device: dict[str, Any]
) -> None:
    page = open_page(device)
    section = opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") == device["viewport"]["width"]
    hidden = section.locator(".numbers").evaluate("e => e.scrollWidth - e.clientWidth")
    assert (hidden > 0) == (device is PHONE)
    svg = section.locator("svg").bounding_box()
    assert svg is not None
    assert svg["x"] >= 0
    assert svg["x"] + svg["width"] <= device["viewport"]["width"]


def test_a_server_that_does_not_answer_is_told(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    page.route("**/component_server/", lambda route: route.abort())
    page.locator("#network summary").click()
    page.locator("#network .trouble", has_text="does not answer").wait_for()
    page.unroute("**/component_server/")
    page.locator("#network summary").click()
    opened(page)
    assert page.locator("#network .trouble").is_hidden()
