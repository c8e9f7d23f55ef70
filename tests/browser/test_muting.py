"""Mute maps, rank them and see what that costs, in a real Chromium."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from lenet import Predictor
from lenet.network.config import DIGITS
from lenet.page.examples import ASSETS, read_sheet
from lenet.reading.muting import Evaluation, evaluate
from lenet.reading.tracing import Muted
from tests.support import ROOT
from tests.support.browser import settle, wait_until
from tests.support.digits import line
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear

pytestmark = pytest.mark.browser

MUTED: Muted = {"C3": [2], "F5": [7]}


@cache
def in_python(muted: bool) -> Evaluation:
    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")
    sheet = read_sheet(ASSETS / "mnist-1000.png")
    levels = torch.from_numpy(np.rint(sheet.images * 255).astype(np.uint8)).flatten(0, 1)[:, None]
    labels = torch.arange(10).repeat_interleave(100)
    return evaluate(Predictor(predictor.model, MUTED if muted else {}), levels, labels)


def opened(page: Page) -> Locator:
    panel = page.locator("#muting")
    panel.locator("summary").click()
    panel.locator(".mute-layer").first.wait_for()
    return panel


def map_button(panel: Locator, layer: str, number: int) -> Locator:
    return panel.locator(f".mute-maps [data-layer={layer}][data-map='{number}']")


def pressed(panel: Locator) -> list[str]:
    return panel.locator(".mute-maps [aria-pressed=true]").evaluate_all(
        "buttons => buttons.map(b => b.dataset.layer + b.dataset.map)"
    )


def evaluated(panel: Locator, before: str = "") -> str:
    wait_until(
        panel.page,
        "before => ![before, ''].includes(document.querySelector('#muting .summary').textContent)"
        "&& document.querySelector('#muting .confusion').ariaBusy === 'false'",
        before,
        timeout=90_000,
    )
    return panel.locator(".summary").inner_text()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["mouse", "touch"])
@pytest.mark.forms("site")
def test_a_muted_map_is_zero_and_looks_muted(
    open_page: Callable[..., Page], screen: dict[str, Any]
) -> None:
    page = open_page(screen)
    panel = opened(page)
    bars = "[...document.querySelectorAll('#probabilities .share')].map(e => e.textContent)"
    before = page.evaluate(bars)
    for number in range(6):
        map_button(panel, "C1", number).click()
    map_button(panel, "F6", 3).click()
    settle(page)
    assert page.evaluate(bars) != before
    assert pressed(panel) == [*(f"C1{n}" for n in range(6)), "F63"]
    assert page.locator("#layer-1 .map.muted").count() == 6
    assert page.locator("#layer-F6 .muted-unit").count() == 1
    is_black = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, 28, 28).data"
        ".every((v, i, all) => v === all[i % 4])"
    )
    assert page.locator("#layer-1 canvas").first.evaluate(is_black)
    panel.get_by_role("button", name="Unmute all maps").click()
    settle(page)
    assert page.evaluate(bars) == before
    assert pressed(panel) == []
    assert page.locator(".map.muted, .muted-unit").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["viewport"]["width"]


@pytest.mark.forms("site")
def test_maps_are_muted_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    panel = opened(page)
    panel.locator("summary").focus()
    for key in ("Tab", "ArrowRight", "ArrowRight", "Enter", "Tab", "Tab", "ArrowDown", "Space"):
        page.keyboard.press(key)
    settle(page)
    assert pressed(panel) == ["C12", "C38"]


@pytest.mark.forms("site")
def test_the_ranking_follows_requests_not_the_pen(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    panel = opened(page)
    panel.get_by_role("button", name="Rank all maps").click()
    rows = panel.locator(".ranking li button")
    rows.first.wait_for()
    effects = [float(value) for value in rows.evaluate_all("r => r.map(b => b.dataset.effect)")]
    speak_for = [effect for effect in effects if effect > 0]
    assert len(speak_for) == 8
    assert speak_for == sorted(speak_for, reverse=True)
    assert "the odds of 3 are" in (rows.first.get_attribute("aria-label") or "")
    assert panel.locator(".stale").inner_text() == ""
    rows.first.click()
    settle(page)
    assert rows.first.get_attribute("aria-pressed") == "true"
    assert len(pressed(panel)) == 1
    assert panel.locator(".stale").is_visible()
    panel.get_by_role("button", name="Show all").press("Enter")
    assert rows.count() > 16
    expect(rows.first).to_be_focused()
    assert rows.first.get_attribute("aria-pressed") == "true"
    panel.get_by_role("button", name="Unmute all maps").press("Enter")
    settle(page)
    expect(panel.locator(".mute-maps [tabindex='0']").first).to_be_focused()


@pytest.mark.forms("site")
def test_the_ranking_says_which_maps_change_a_rejection(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    panel = opened(page)
    clear(page)
    Hand(page).draw([line((0.2, 0.5), (0.8, 0.5)), line((0.7, 0.2), (0.7, 0.8))])
    settle(page)
    assert page.locator("#results").get_attribute("data-state") == "not a digit"
    panel.get_by_role("button", name="Rank all maps").click()
    rows = panel.locator(".ranking li button")
    rows.first.wait_for()
    flips = rows.locator(".flip").all_inner_texts()
    assert "→ ?" not in flips, "it is rejected anyway"
    assert any(flips)
    rows.nth(next(i for i, flip in enumerate(flips) if flip)).click()
    settle(page)
    assert page.locator("#results").get_attribute("data-state") == "digit"


@pytest.mark.forms("site")
def test_the_cost_of_one_network_is_not_shown_for_another(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    panel = opened(page)
    button = panel.get_by_role("button", name="Read 1,000 test images")
    button.click()
    progress = panel.locator(".costs .progress")
    progress.wait_for()
    choose(page, "mnist-classic")
    expect(button).to_be_visible()
    page.wait_for_timeout(1000)  # the first network still reads
    expect(progress).to_be_hidden()


def test_the_cost_is_what_the_library_computes(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    panel = opened(page)
    panel.get_by_role("button", name="Read 1,000 test images").click()
    text = evaluated(panel)
    assert f"{in_python(False).right} of 1,000" in text
    assert len(page.workers) == 1, "not on the thread that follows the pen"
    for layer, numbers in MUTED.items():
        for number in numbers:
            map_button(panel, layer, number).click()
    now, trained = in_python(True), in_python(False)
    wait_until(
        page,
        "right => document.querySelector('#muting .summary').dataset.right === right",
        str(now.right),
        timeout=90_000,
    )
    assert f"{trained.right - now.right} fewer than as trained" in evaluated(panel)
    cells = panel.locator("td button").evaluate_all(
        "cells => cells.map(({ dataset: d }) =>"
        "[d.truth, d.answer, d.count, d.difference].map(Number))"
    )
    difference = now.confusion - trained.confusion
    assert cells == [
        [row, column, now.confusion[row, column], difference[row, column]]
        for row, column in np.ndindex(10, 11)
        if now.confusion[row, column] or difference[row, column]
    ]


@pytest.mark.forms("site")
def test_a_cell_opens_its_images_and_an_image_goes_to_the_pad(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(DESKTOP)
    panel = opened(page)
    panel.get_by_role("button", name="Rank all maps").click()
    panel.get_by_role("button", name="Read 1,000 test images").click()
    evaluated(panel)
    map_button(panel, "C1", 0).click()
    panel.get_by_role("progressbar").wait_for()
    map_button(panel, "C1", 0).click()
    evaluated(panel)
    page.wait_for_timeout(300)
    assert panel.get_by_role("progressbar").count() == 0, "nothing is read any more"
    confusion = in_python(False).confusion
    row, column = next((r, c) for r, c in np.ndindex(10, 10) if r != c and confusion[r, c])
    panel.locator(f"td [data-truth='{row}'][data-answer='{column}']").click()
    images = panel.locator(".cell-images button")
    assert images.count() == confusion[row, column]
    title = panel.locator(".cell-title").inner_text()
    assert title.startswith(f"{DIGITS[row]} read as {DIGITS[column]}: ")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, context=".sketchpad")
        assert found.violations_count == 0, found.generate_report()
    images.first.click()
    settle(page)
    assert page.locator("#results").get_attribute("data-label") == DIGITS[column]
    page.locator("#undo").click()
    settle(page)
    assert page.locator("#results").get_attribute("data-label") == "3"
