"""The robustness compass: each cell says what its variant is read as on the pad."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import settle, wait_for_answer, wait_until
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, PHONE, Hand, clear, label

pytestmark = [pytest.mark.browser, pytest.mark.forms("site")]

READY = (
    "[...document.querySelectorAll('#compass [role=grid]')]"
    ".every((grid) => grid.ariaBusy === 'false')"
)
MIDDLE = 24


def open_compass(page: Page) -> None:
    clear(page)
    Hand(page).draw(DIGITS["5"])
    settle(page)
    page.locator("#compass summary").click()
    wait_until(page, READY)


@pytest.mark.parametrize("grid", ["shift", "turn", "slant"])
def test_a_cell_puts_its_variant_on_the_pad(open_page: Callable[..., Page], grid: str) -> None:
    page = open_page(PHONE)
    open_compass(page)
    cells = page.locator(f"#compass [data-grid={grid}] button")
    assert cells.count() == 49
    expect(cells.nth(MIDDLE)).to_have_text("5")
    answers = cells.evaluate_all("(cells) => cells.map(({ dataset }) => dataset.answer)")
    assert "5" in answers
    different = next(i for i, answer in enumerate(answers) if answer != "5")
    for index in (different, MIDDLE + 1):
        before = wait_for_answer(page)
        cells.nth(index).click()
        wait_for_answer(page, before)
        settle(page)
        assert label(page) == answers[index]
        wait_until(page, READY)
        # The variant is now the middle of all grids.
        assert cells.nth(MIDDLE).get_attribute("data-answer") == answers[index]
        page.locator("#undo").click()
        settle(page)
        assert label(page) == "5"
        wait_until(page, READY)


def test_the_grids_answer_to_keys(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    open_compass(page)
    cells = page.locator("#compass [data-grid=turn] button")
    cells.nth(MIDDLE).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(cells.nth(MIDDLE + 8)).to_be_focused()
    reading = page.locator("#compass [data-grid=turn] .reading")
    expect(reading).to_contain_text("Turned by 20° and scaled ×1.4: 5, ")
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    expect(cells.nth(4)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#compass [data-grid=slant] button").nth(MIDDLE)).to_be_focused()
    before = wait_for_answer(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    wait_for_answer(page, before)
    wait_until(page, READY)


def test_classes_that_are_not_digits_have_a_legend(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    page.locator("#compass summary").click()
    wait_until(page, READY)
    legend = page.locator("#compass .classes-legend")
    expect(legend).to_be_hidden()
    before = wait_for_answer(page)
    page.locator("#model").select_option("fashion-relu")
    wait_for_answer(page, before)
    settle(page)
    wait_until(page, READY)
    expect(legend).to_be_visible()
    expect(legend.locator("li")).to_have_count(10)
    found = page.locator("#compass [data-grid=shift] button").nth(MIDDLE)
    assert found.get_attribute("data-answer") == label(page)
    assert found.inner_text() == label(page)[:2]
