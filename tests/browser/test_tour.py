"""The tour: every task is done by what a visitor does."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lenet import Predictor
from lenet.reading.numbers import blank_glow
from tests.support.browser import settle
from tests.support.digits import DIGITS, line
from tests.support.hands import DESKTOP, PHONE, Hand, clear

pytestmark = [pytest.mark.browser, pytest.mark.forms("site")]

PLUS = [line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))]


def press_unit(page: Page, number: int, row: int, column: int) -> None:
    """Click a unit of a map of C1, all counted from 0."""
    canvas = page.locator("#layer-1 canvas").nth(number)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    x = (column + 0.5) * box["width"] / 28
    y = (row + 0.5) * box["height"] / 28
    canvas.click(position={"x": x, "y": y})


def brightest(page: Page, number: int, inside: tuple[int, int, int, int]) -> tuple[int, int]:
    """Row and column of the brightest pixel of a map, in a rectangle top, left, bottom, right."""
    return page.evaluate(
        """([number, [top, left, bottom, right]]) => {
          const canvas = document.querySelectorAll("#layer-1 canvas")[number];
          const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
          let best = [-1];
          for (let y = top; y < bottom; y++)
            for (let x = left; x < right; x++) {
              const light = data[4 * (28 * y + x)] + data[4 * (28 * y + x) + 1];
              if (light > best[0]) best = [light, y, x];
            }
          return best.slice(1);
        }""",
        [number, list(inside)],
    )


def done(page: Page) -> None:
    """The task is done; go to the next one, which is not."""
    expect(page.locator("#tour")).to_have_class("done")
    assert page.locator(".tour-target").count() == 0
    page.locator("[name=tour-next]").click()


def todo(page: Page, number: int) -> None:
    expect(page.locator("#tour h2")).to_contain_text(f"{number} of 8")
    settle(page)
    expect(page.locator("#tour")).not_to_have_class("done")
    assert page.locator(".tour-target").count() > 0


def test_every_task_can_be_done(open_page: Callable[..., Page], predictor: Predictor) -> None:
    page = open_page(DESKTOP)
    hand = Hand(page)
    assert not page.locator("#tour").is_visible(), "it waits to be called"
    page.locator("[name=tour]").click()

    todo(page, 1)
    clear(page)
    hand.draw(DIGITS["1"])
    done(page)

    todo(page, 2)
    # The stroke fills the middle; its upper end is 10 pixels above the centre.
    press_unit(page, 1, 1, 26)
    settle(page)
    todo(page, 2)
    press_unit(page, 1, *brightest(page, 1, (3, 10, 7, 19)))
    done(page)

    todo(page, 3)
    page.locator("[name=before]").check()
    done(page)
    page.locator("[name=before]").uncheck()

    todo(page, 4)
    clear(page)
    todo(page, 4)
    glowing = max(blank_glow(predictor), key=lambda glow: glow.value)
    press_unit(page, glowing.map, 2, 2)
    done(page)

    todo(page, 5)
    hand.draw(DIGITS["1"])
    settle(page)
    todo(page, 5)
    page.locator("#muting summary").click()
    page.get_by_role("button", name="Rank all maps").click()
    flip = page.locator("#muting .flip", has_text="→").first
    flip.wait_for(timeout=20_000)
    flip.click()
    done(page)
    page.locator("#edited button").first.click()

    todo(page, 6)
    press_unit(page, 1, 10, 10)
    page.locator("#microscope [tabindex='0']").last.focus()
    page.keyboard.press("+")
    done(page)
    page.locator("#edited button").first.click()

    todo(page, 7)
    clear(page)
    hand.draw(PLUS)
    done(page)

    todo(page, 8)
    page.locator("#tab-compare").click()
    page.locator("[name=same]").check()
    todo(page, 8)
    page.locator(".side [name=network]").last.select_option("mnist-classic")
    done(page)
    expect(page.locator("#tour")).to_be_hidden()


def test_it_closes_at_once_and_returns_the_focus(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    button = page.locator("[name=tour]")
    button.press("Enter")
    expect(page.locator("#tour")).to_be_focused()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    expect(page.locator("#tour")).to_be_hidden()
    expect(button).to_be_focused()
    assert page.locator(".tour-target").count() == 0
    button.press("Enter")
    page.locator("[name=tour-next]").click()
    page.locator("[name=tour-close]").click()
    button.click()
    expect(page.locator("#tour h2")).to_contain_text("2 of 8")
    page.locator("[name=tour-back]").click()
    expect(page.locator("#tour h2")).to_contain_text("1 of 8")


def test_pad_and_answer_still_fit_the_screen(open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    page.locator("[name=tour]").click()
    page.wait_for_timeout(200)
    answer = page.locator("#answer").bounding_box()
    assert answer
    assert answer["y"] + answer["height"] < PHONE["viewport"]["height"]
    found = Axe().run(page, context=".sketchpad")
    assert found.violations_count == 0, found.generate_report()


def test_it_does_not_cover_the_pad_under_the_microscope(open_page: Callable[..., Page]) -> None:
    for screen in (PHONE, DESKTOP):
        page = open_page(screen)
        page.locator("[name=tour]").click()
        page.locator("[data-layer=F6] .map").click()
        page.evaluate("scrollBy(0, 100)")
        page.wait_for_timeout(100)
        tour = page.locator("#tour").bounding_box()
        pad = page.locator("#pad").bounding_box()
        assert tour
        assert pad
        assert tour["y"] + tour["height"] <= pad["y"] + 1
