"""Ink that would change the answer: what the page shows is what happens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import settle, wait_for_answer, wait_until
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, PHONE, Hand, clear, contrasts, label

pytestmark = [pytest.mark.browser, pytest.mark.forms("site")]

READY = "document.querySelector('#changes .pictures').ariaBusy === 'false'"
FOUND = "document.querySelector('#changes .path').ariaBusy === 'false'"


def open_changes(page: Page, digit: str = "5") -> None:
    clear(page)
    Hand(page).draw(DIGITS[digit])
    settle(page)
    page.locator("#changes summary").click()
    wait_until(page, READY)


def ask(page: Page, target: str) -> None:
    page.locator("#changes [name=target]").select_option(target)
    wait_until(page, "document.querySelector('#changes .pictures').ariaBusy === 'true'")
    wait_until(page, READY)


def pixels(page: Page) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('#changes .field canvas:first-child')]"
        ".map((canvas) => canvas.toDataURL())"
    )


def test_the_found_changes_flip_the_answer(open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE | {"reduced_motion": "reduce"})
    open_changes(page)
    assert label(page) == "5"
    ask(page, "8")
    find = page.get_by_role("button", name="Find a short way to 8")
    find.click()
    wait_until(page, FOUND)
    steps = page.locator("#changes .walk-steps button")
    assert steps.count() > 1
    assert steps.last.inner_text() == "8"
    assert "8" not in steps.all_inner_texts()[:-1]
    # With reduced motion, nothing plays by itself.
    expect(steps.first).to_have_attribute("aria-current", "step")
    for number in range(1, steps.count()):
        page.locator("#changes [name=next]").click()
        expect(page.locator("#changes .verdict")).to_contain_text(f"Step {number} of")
    expect(page.locator("#changes [name=next]")).to_be_disabled()
    expect(page.locator("#changes [name=play]")).to_be_focused()
    before = wait_for_answer(page)
    page.locator("#tab-layers").click()
    page.locator("#tab-draw").click()
    wait_for_answer(page, before)
    settle(page)
    expect(page.locator("#changes .path .stale")).to_be_hidden()
    before = wait_for_answer(page)
    page.locator("#changes [name=use]").click()
    wait_for_answer(page, before)
    assert label(page) == "8"
    expect(page.locator("#changes .path .stale")).to_contain_text("a different drawing")
    expect(page.get_by_role("button", name="It already reads 8")).to_be_disabled()
    page.locator("#undo").click()
    settle(page)
    assert label(page) == "5"


def test_the_steps_play_one_by_one(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    open_changes(page)
    ask(page, "8")
    page.locator("#changes [name=find]").click()
    wait_until(page, FOUND)
    play = page.locator("#changes [name=play]")
    steps = page.locator("#changes .walk-steps button")
    expect(play).to_have_text("Pause")
    expect(steps.last).to_have_attribute("aria-current", "step", timeout=20_000)
    expect(play).to_have_text("Play")
    play.click()
    expect(steps.first).to_have_attribute("aria-current", "step")
    play.click()
    expect(play).to_have_text("Play")
    steps.nth(1).click()
    expect(page.locator("#changes .verdict")).to_contain_text("Step 1 of")
    page.locator("#changes [name=back]").click()
    expect(page.locator("#changes .verdict")).to_have_text("Your drawing: 5.")


def test_a_search_can_be_stopped(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    page.locator("#changes > summary").click()
    wait_until(page, READY)
    page.locator("#changes [name=size]").select_option("1")
    button = page.locator("#changes [name=find]")
    before = button.inner_text()
    button.click()
    expect(button).to_have_text("Stop the search")
    button.click()
    wait_until(page, FOUND)
    expect(button).to_have_text(before)
    expect(button).to_be_enabled()


def test_the_pictures_answer_to_keys_and_choices(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    open_changes(page)
    expect(page.locator("#changes [name=target] option").first).to_have_text("3, the runner-up")
    runner_up = pixels(page)
    ask(page, "2")
    assert pixels(page) != runner_up
    added, taken = page.locator("#changes .field").all()
    readout = page.locator("#changes .readout")
    added.focus()
    page.keyboard.press("ArrowUp")
    expect(readout).to_contain_text("Ink added in row 7, column 8")
    taken.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    # Where there is no ink, taking it away changes nothing.
    expect(readout).to_have_text("Ink taken away in row 8, column 1 hardly changes the odds of 2.")
    added.hover(position={"x": 5, "y": 5})
    expect(readout).to_contain_text("row 1, column 1")
    page.locator("#changes [name=size]").select_option("1")
    wait_until(
        page, "document.querySelector('#changes .field canvas').width === 28", timeout=60_000
    )
    clear(page)
    expect(page.locator("#changes .blank")).to_be_visible()
    expect(page.locator("#changes .pictures")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(PHONE, color_scheme=scheme)
    open_changes(page)
    page.locator("#compass summary").click()
    wait_until(page, "document.querySelector('#compass [role=grid]').ariaBusy === 'false'")
    faint = [text for text, ratio in contrasts(page).items() if ratio < 4.5]
    # Descriptions are only for screen readers.
    assert [text for text in faint if ".description" not in text] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
