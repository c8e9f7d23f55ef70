"""One journey inside a network, in every form of the page, by mouse and by finger."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import settle
from tests.support.digits import DIGITS
from tests.support.hands import Hand, label

pytestmark = pytest.mark.browser


def press(page: Page, selector: str, number: int = 0) -> None:
    element = page.locator(selector).nth(number)
    element.scroll_into_view_if_needed()
    # Chromium drops some synthetic taps that follow a synthetic stroke, so this is a click.
    element.click()
    settle(page)


def test_from_a_unit_to_a_muted_map_and_back(page: Page) -> None:
    hand = Hand(page)
    page.locator("#clear").click()
    hand.draw(DIGITS["5"])
    settle(page)
    assert label(page) == "5"

    press(page, "#layer-2 .map canvas", 7)
    microscope = page.locator("#microscope")
    expect(microscope).to_be_visible()
    expect(microscope).to_have_attribute("data-layer", "C3")
    expect(microscope).to_have_attribute("data-map", "7")
    expect(microscope).to_have_attribute("data-pinned", "true")
    expect(microscope).to_contain_text("The network computed the same value.")
    total = microscope.get_attribute("data-sum") or "nan"
    value = float(microscope.get_attribute("data-value") or "nan")
    assert value == max(float(total), 0), "ReLU"

    # It follows the pen.
    hand.draw([[(0.2, 0.8), (0.5, 0.5), (0.8, 0.2)]])
    settle(page)
    expect(microscope).not_to_have_attribute("data-sum", total)
    press(page, "#undo")
    expect(microscope).to_have_attribute("data-sum", total)
    press(page, "#microscope [name=close]")
    expect(microscope).to_be_hidden()

    odds = page.locator(".odds")
    settle(page, 400)  # the odds are written a little later than the answer
    before = odds.inner_text()
    press(page, "#muting > summary")
    press(page, "#muting .mute-maps button")
    expect(page.locator("#edited")).to_be_visible()
    expect(odds).not_to_have_text(before)
    press(page, "#muting [name=rank]")
    expect(page.locator("#muting")).to_contain_text("Speak for 5")
    press(page, "#edited button")
    expect(page.locator("#edited")).to_be_hidden()
    expect(odds).to_have_text(before)
