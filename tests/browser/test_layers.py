"""The tab Layers in a real Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from lenet.network.config import PRESETS
from lenet.network.summary import summarise
from tests.support.hands import DESKTOP, PHONE

pytestmark = pytest.mark.browser


def opened(page: Page) -> Locator:
    page.locator("#tab-layers").click()
    section = page.locator("#network")
    section.locator("tbody tr").first.wait_for()
    return section


def cells(section: Locator) -> list[list[str]]:
    rows = section.locator("tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def formula(section: Locator) -> str:
    return section.locator("#calculator output").inner_text()


def test_the_tab_shows_the_network_of_the_menu(page: Page) -> None:
    assert not page.locator("#network table").is_visible()
    section = opened(page)
    layers = summarise(PRESETS["relu"])
    shown = cells(section)
    assert [row[:3] for row in shown] == [[la.name, la.description, la.size] for la in layers]
    assert [row[3] for row in shown] == [f"{la.parameters:,}" for la in layers]
    assert [row[4] for row in shown] == [f"{la.multiplications:,}" for la in layers]
    assert [row[6] for row in shown] == [la.formula for la in layers]
    assert section.locator("tfoot").inner_text().split() == ["total", "61,706", "416,520"]
    assert page.get_by_role("img", name="LeNet with ReLU, layer by layer").is_visible()
    page.locator("#model").select_option("mnist-classic")
    page.get_by_role("img", name="Classic LeNet, layer by layer").wait_for()
    assert cells(section)[2][1] == "average pooling 2×2, stride 2"


def test_clicking_a_layer_fills_the_calculator(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    section = opened(page)
    section.get_by_role("cell", name="max pooling").last.click()
    assert formula(section) == "⌊(10 − 2 + 0 + 2)/2⌋ = 5"
    assert section.get_by_label("n, input").input_value() == "10"
    page.get_by_role("button", name="⌊(14 − 5 + 0 + 1)/1⌋ = 10").focus()
    page.keyboard.press("Enter")
    assert formula(section) == "⌊(14 − 5 + 0 + 1)/1⌋ = 10"
    section.get_by_role("cell", name="dense, 84 units").click()
    assert formula(section) == "⌊(14 − 5 + 0 + 1)/1⌋ = 10", "dense layers have no window"


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
