"""The answer in words and odds, the nine views, blank paper, and taking a reading away."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lenet import LeNet, Predictor
from lenet.reading.numbers import blank_glow, odds_sentence, view_answers
from tests.support import ROOT
from tests.support.browser import settle
from tests.support.digits import DIGITS, Points, line
from tests.support.hands import DESKTOP, Hand, choose, clear, contrasts

pytestmark = [pytest.mark.browser, pytest.mark.forms("site")]

Picture = NDArray[np.float64]

PLUS = [line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))]


def draw(page: Page, strokes: list[Points]) -> list[Points]:
    """Draw on a cleared pad; returns the strokes as the page has read them."""
    clear(page)
    page.evaluate(
        """() => document.body.addEventListener("reading",
          ({ detail }) => { window.strokes = detail.strokes; })"""
    )
    Hand(page).draw(strokes)
    settle(page)
    return page.evaluate("window.strokes")


def download(page: Page, button: str, target: Path) -> Path:
    with page.expect_download() as found:
        page.locator(button).click()
    found.value.save_as(target)
    return target


def test_the_odds_stand_next_to_the_answer(page: Page, predictor: Predictor) -> None:
    odds = page.locator("#results .odds")
    strokes = draw(page, DIGITS["4"])
    sentence = odds_sentence(predictor(strokes))
    assert sentence.startswith("Then ")
    expect(odds).to_have_text(sentence)
    draw(page, PLUS)
    assert page.locator("#results").get_attribute("data-state") == "not a digit"
    expect(odds).to_have_text("")
    clear(page)
    expect(odds).to_have_text("")


def test_it_says_once_that_it_does_not_learn(page: Page) -> None:
    origin = page.locator(".origin")
    expect(origin).to_contain_text("Nobody programmed a 3.")
    expect(origin).to_contain_text("It doesn't learn from you. Nothing is kept.")
    choose(page, "things")
    expect(origin).to_contain_text("Nobody programmed a coat.")


def test_the_nine_views_are_a_click_away(page: Page, predictor: Predictor) -> None:
    strokes = draw(page, DIGITS["9"])
    assert not page.locator("#views li").first.is_visible()
    page.locator("[name=views]").click()
    settle(page)
    expect(page.locator("#views summary")).to_be_focused()
    expected = view_answers(predictor(strokes))
    found = page.locator("#views li").all()
    for item, view in zip(found, expected, strict=True):
        assert item.get_attribute("data-name") == view.name
        assert item.locator("b").inner_text() == view.label
        assert item.locator(".verdict span").inner_text() == f"{view.probability:.1%}"
    pictures = page.locator("#views canvas").evaluate_all("all => all.map(c => c.toDataURL())")
    assert len(set(pictures)) == 9
    assert pictures[0] == page.locator("#network-input canvas").evaluate("c => c.toDataURL()")
    assert page.locator("#views .mean").inner_text().startswith("Mean: 9, ")
    clear(page)
    assert page.locator("#views .mean").inner_text() == "Mean: –"
    assert page.locator("#views b").all_inner_texts() == ["–"] * 9


@pytest.mark.parametrize("name", ["fashion-relu", "mnist-classic", "mnist-lenet5-1998"])
def test_blank_paper_is_explained_where_it_glows(open_page: Callable[..., Page], name: str) -> None:
    page = open_page(DESKTOP)
    note = page.locator(".layer[data-layer=C1] .blank-note")
    if name != page.locator("#model").input_value():
        choose(page, name)
    assert not note.is_visible(), "a 3 is on the pad"
    clear(page)
    glows = blank_glow(Predictor(LeNet.from_pretrained(ROOT / "checkpoints" / name)))
    brightest = max(glows, key=lambda glow: abs(glow.value))
    said = note.inner_text().replace("\u00a0", " ").replace("\u2212", "-")
    assert f"map {brightest.map + 1}: " in said
    assert f"{brightest.bias:.3g}" in said
    assert re.search("glows? on blank paper", said)
    # The maps that it names are the brighter ones.
    named = {int(number) for number in re.findall(r"\d+", said.split(" glow")[0])}
    levels = dict(enumerate(levels_of_maps(page), start=1))
    assert max((levels[number] for number in {*levels} - named), default=0) < min(
        levels[number] for number in named
    )
    page.locator("[name=before]").check()
    assert not note.is_visible(), "the maps show sums, which it doesn't explain"
    page.locator("[name=before]").uncheck()
    Hand(page).draw(DIGITS["1"])
    settle(page)
    assert not note.is_visible()


def levels_of_maps(page: Page) -> list[int]:
    """The highest channel in the middle of each map of C1."""
    return page.locator("#layer-1 canvas").evaluate_all(
        "all => all.map(c => Math.max(...c.getContext('2d')"
        ".getImageData(c.width >> 1, c.height >> 1, 1, 1).data.slice(0, 3)))"
    )


def test_every_panel_has_a_description(page: Page, predictor: Predictor) -> None:
    prediction = predictor(draw(page, DIGITS["2"]))
    settle(page, 500)
    described = page.locator("#pad .description, .input .description, .layer .description")
    texts = described.all_text_contents()
    assert len(texts) == 2 + len(prediction.layers) - 1
    assert texts[0] == "1 stroke."
    strength = abs(prediction.layer1).mean(axis=(1, 2))
    assert f"by mean value: {int(strength.argmax()) + 1} ({strength.max():.3g})" in texts[2]
    assert texts[-1].startswith("Highest scores: 2 (")
    assert described.first.bounding_box() == pytest.approx(
        {**(described.first.bounding_box() or {}), "width": 1, "height": 1}
    ), "only screen readers find it"


def test_the_reading_is_saved_as_json(page: Page, predictor: Predictor, tmp_path: Path) -> None:
    draw(page, DIGITS["6"])
    page.locator("#take-away summary").click()
    settle(page)
    saved = json.loads(download(page, "[name=json]", tmp_path / "reading.json").read_text())
    prediction = predictor(saved["strokes"])
    expected = prediction.to_json()
    assert saved["network"] == "mnist-relu"
    for key in ("state", "label", "sentence"):
        assert saved[key] == expected[key]
    assert saved["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-5)
    assert np.allclose(saved["network_input"], prediction.network_input, atol=1e-5)
    assert [layer["name"] for layer in saved["layers"]] == [v.name for v in prediction.layers]
    for layer, reference in zip(saved["layers"], prediction.layers, strict=True):
        assert np.allclose(layer["sums"], reference.sums, rtol=1e-3, atol=1e-3)
        assert np.allclose(layer["values"], reference.values, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_look_like_the_page(
    open_page: Callable[..., Page], tmp_path: Path, scheme: str
) -> None:
    page = open_page(DESKTOP, device_scale_factor=2, color_scheme=scheme)
    for panel in ("take-away", "film-strip"):
        page.locator(f"#{panel} summary").click()
    settle(page)
    panels = {
        "answer": ".overview",
        "C1": ".layer[data-layer=C1]",
        "F5": ".layer[data-layer=F5]",
        "film-strip": "#film-strip",
    }
    for value, selector in panels.items():
        page.locator("#take-away [name=panel]").focus()
        page.locator("#take-away [name=panel]").select_option(value)
        picture = read(download(page, "[name=png]", tmp_path / f"{value}.png"))
        shown = screenshot(page.locator(selector), tmp_path / "shown.png")
        assert np.ptp(picture) > 200, "it isn't a plain area"
        assert difference(picture, shown) < 4, value


def difference(picture: Picture, shown: Picture) -> float:
    """The mean difference inside the margin; on the page, a panel may start between two pixels."""
    height, width = shown.shape[0] - 4, shown.shape[1] - 4
    inner = shown[2 : 2 + height, 2 : 2 + width]
    return min(
        float(np.abs(picture[top : top + height, left : left + width] - inner).mean())
        for top in (25, 26, 27)
        for left in (25, 26, 27)
    )


def read(file: Path) -> Picture:
    return np.asarray(Image.open(file).convert("RGB"), np.float64)


def screenshot(element: Locator, file: Path) -> Picture:
    element.screenshot(path=file)
    return read(file)


def test_other_tabs_can_be_saved_once_they_were_open(page: Page, tmp_path: Path) -> None:
    page.locator("#take-away summary").click()
    settle(page)
    panel = page.locator("#take-away [name=panel]")
    assert panel.locator("option[value=compare]").count() == 0
    page.locator("#tab-compare").click()
    page.locator("#difference-1").wait_for()
    page.locator("#tab-layers").click()
    page.locator("#tab-draw").click()
    settle(page)
    panel.focus()
    values = panel.locator("option").evaluate_all("options => options.map((o) => o.value)")
    assert len(values) == len(set(values))
    panel.select_option("compare")
    page.locator("#take-away [name=scale]").select_option("4")
    picture = read(download(page, "[name=png]", tmp_path / "compare.png"))
    assert picture.shape[1] > 4 * 300
    assert np.ptp(picture) > 200
    assert page.locator("#compare").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_have_contrast(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(DESKTOP, color_scheme=scheme)
    choose(page, "mnist-classic")  # sigmoids glow on blank paper
    clear(page)
    for panel in ("take-away", "views"):
        page.locator(f"#{panel} summary").click()
    settle(page)
    found = contrasts(page)
    assert any("blank-note" in text for text in found)
    # The dash of a blank pad is no text.
    low = {text for text, ratio in found.items() if ratio < 4.5 and "OUTPUT" not in text}
    assert low == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_instruments(
    open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page(DESKTOP, color_scheme=scheme)
    for panel in ("take-away", "views"):
        page.locator(f"#{panel} summary").click()
    settle(page, 500)
    found = Axe().run(page, context=".sketchpad")
    assert found.violations_count == 0, found.generate_report()
