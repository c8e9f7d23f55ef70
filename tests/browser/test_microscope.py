"""Touching the layers: the microscope, its marks, painted kernels, in a real Chromium."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lenet import LeNet, Predictor
from lenet.reading.microscope import Unit, explain, receptive_field, receptive_maps
from lenet.reading.numbers import blank_glow
from tests.support import ROOT
from tests.support.browser import settle
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear, contrasts, label, probabilities

pytestmark = [pytest.mark.browser, pytest.mark.forms("site")]

PRESETS = ("mnist-classic", "mnist-relu", "mnist-conv3", "mnist-lenet5-1998")

LISTEN = """() => document.querySelector(".sketchpad").addEventListener("reading",
  ({ detail }) => { window.networkInput = detail.networkInput; })"""


@pytest.fixture
def desktop(open_page: Callable[..., Page]) -> Page:
    page = open_page(DESKTOP)
    page.evaluate(LISTEN)
    return page


def touch(page: Page, layer: str, map: int, x: float = 0.52, y: float = 0.52) -> None:
    """Click or tap a point of a map; of a strip, if the layer is one."""
    tile = page.locator(f"[data-layer='{layer}'] .map").nth(map)
    tile.scroll_into_view_if_needed()
    page.wait_for_timeout(100)  # a touch while the page scrolls only stops it
    box = tile.bounding_box()
    assert box
    position: Any = {"x": x * box["width"], "y": y * box["height"]}
    if page.evaluate("navigator.maxTouchPoints"):
        tile.tap(position=position)
    else:
        tile.click(position=position)


def touch_unit(page: Page, layer: str, unit: int) -> None:
    """Click a unit of a strip."""
    columns, rows = page.locator(f"[data-layer='{layer}'] .map > canvas").evaluate(
        "canvas => [canvas.width, canvas.height]"
    )
    row, column = divmod(unit, columns)
    touch(page, layer, 0, (column + 0.5) / columns, (row + 0.5) / rows)


def shown(page: Page) -> dict[str, str]:
    """The attributes of the microscope."""
    return page.locator("#microscope").evaluate("section => ({ ...section.dataset })")


def shown_unit(page: Page) -> Unit:
    found = shown(page)
    return Unit(found["layer"], *(int(found[name]) for name in ("map", "row", "column")))


def draw_five(page: Page) -> None:
    clear(page)
    Hand(page).draw(DIGITS["5"])
    settle(page)


def assert_explained(page: Page, predictor: Predictor, unit: Unit) -> None:
    """The microscope shows the numbers that Python computes for the page's network input."""
    assert shown_unit(page) == unit
    image = np.array(page.evaluate("window.networkInput"), dtype=np.float32).reshape(28, 28)
    expected = explain(predictor, predictor.read_input(image).layers, unit)
    found = shown(page)
    for name in ("bias", "sum", "value"):
        number = float(getattr(expected, name))
        # Python predicts in float32.
        assert float(found[name]) == pytest.approx(number, abs=1e-4, rel=1e-4)
    terms = page.locator("#microscope .terms button:visible")
    assert terms.count() == (len(expected.terms) if len(expected.terms) > 1 else 0)
    finding = page.locator("#microscope .finding")
    expect(finding).to_contain_text("The network computed the same value.")


@pytest.mark.parametrize("name", PRESETS)
def test_every_layer_of_every_preset_can_be_touched(desktop: Page, name: str) -> None:
    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / name)
    if name != "mnist-relu":  # the first one
        choose(desktop, name)
    draw_five(desktop)
    for layer in predictor.read_input(np.zeros((28, 28), np.float32)).layers[1:]:
        maps, height, _ = layer.values.shape
        if height == 1:
            touch_unit(desktop, layer.name, maps // 2)
            unit = Unit(layer.name, maps // 2)
        else:
            touch(desktop, layer.name, 3)
            unit = Unit(layer.name, 3, int(0.52 * height), int(0.52 * height))
        assert shown(desktop)["pinned"] == "true"
        assert_explained(desktop, predictor, unit)
        assert_marked(desktop, predictor, unit)


def assert_marked(page: Page, predictor: Predictor, unit: Unit) -> None:
    """The unit is marked, and the field on the layer before in the maps that take part."""
    config = predictor.model.config
    layers = predictor.read_input(np.zeros((28, 28), np.float32)).layers
    number = [layer.name for layer in layers].index(unit.layer)
    assert page.locator(f"[data-layer='{unit.layer}'] .mark.unit").count() == 1
    assert page.locator("#network-input .mark.field").count() == 1
    for before in layers[1:number]:
        marks = page.locator(f"[data-layer='{before.name}'] .mark.field")
        maps = receptive_maps(config, unit, before.name)
        if before.values.shape[1] == 1:
            assert marks.count() == 1
            continue
        assert marks.count() == len(maps)
        field = receptive_field(config, unit, before.name)
        share = marks.first.evaluate("mark => parseFloat(mark.style.left) / 100")
        assert share * before.values.shape[2] == pytest.approx(field.left)


def test_the_microscope_follows_the_pen_while_pinned(desktop: Page, predictor: Predictor) -> None:
    clear(desktop)
    touch(desktop, "C1", 1)
    unit = shown_unit(desktop)
    hand = Hand(desktop)
    sums = {shown(desktop)["sum"]}
    hand.down(0.3, 0.5)
    for step in range(8):
        hand.move(0.3 + 0.05 * step, 0.5)
        settle(desktop)
        sums.add(shown(desktop)["sum"])
        assert_explained(desktop, predictor, unit)
    hand.up()
    assert len(sums) > 3


def test_the_pad_is_dim_outside_the_receptive_field(desktop: Page) -> None:
    draw_five(desktop)
    seen = desktop.locator("#pad .seen")
    expect(seen).to_be_hidden()
    touch(desktop, "C1", 0)
    small = seen.bounding_box()
    touch(desktop, "C3", 0)
    large = seen.bounding_box()
    assert small
    assert large
    # 5 and 14 pixels of the network input
    assert large["width"] / small["width"] == pytest.approx(14 / 5, rel=0.05)
    before = label(desktop)
    Hand(desktop).draw([[(0.2, 0.1), (0.5, 0.1), (0.8, 0.1)]])
    settle(desktop)
    assert seen.bounding_box() != large
    assert before == "5"


def test_the_mouse_moves_the_microscope_only_if_it_is_not_pinned(desktop: Page) -> None:
    maps = desktop.locator("[data-layer='C1'] .map")
    maps.nth(0).hover()
    expect(desktop.locator("#microscope")).to_be_hidden()
    touch(desktop, "C1", 0)
    maps.nth(2).hover()
    assert shown(desktop)["map"] == "0"
    desktop.locator("#microscope [name=pin]").click()
    maps.nth(2).hover()
    assert shown(desktop)["map"] == "2"
    assert shown(desktop)["pinned"] == "false"
    desktop.locator("#microscope [name=close]").click()
    expect(desktop.locator("#microscope")).to_be_hidden()
    assert desktop.locator(".mark.unit, .mark.field").count() == 0


def test_the_keys_reach_every_unit(desktop: Page) -> None:
    desktop.locator("#layer-1").focus()
    for key in ("ArrowRight", "ArrowDown", "PageDown"):
        desktop.keyboard.press(key)
    start = shown_unit(desktop)
    assert shown(desktop)["pinned"] == "false"
    desktop.keyboard.press("ArrowLeft")
    desktop.keyboard.press("ArrowUp")
    desktop.keyboard.press("Control+ArrowLeft")
    assert shown_unit(desktop) == Unit("C1", start.map - 1, start.row - 1, start.column - 1)
    desktop.keyboard.press("Enter")
    assert shown(desktop)["pinned"] == "true"
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "microscope-title"
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#microscope")).to_be_hidden()
    assert desktop.evaluate("document.activeElement.id") == "layer-1"
    desktop.locator("#layer-F6").focus()
    desktop.keyboard.press("ArrowDown")
    unit = shown_unit(desktop)
    desktop.keyboard.press("ArrowUp")
    assert shown_unit(desktop) == Unit("F6", unit.map - 42)


def test_blank_paper_is_explained(desktop: Page, predictor: Predictor) -> None:
    clear(desktop)
    brightest = max(blank_glow(predictor), key=lambda glow: glow.value)
    touch(desktop, "C1", brightest.map)
    bias = float(shown(desktop)["bias"])
    assert float(shown(desktop)["value"]) == bias > 0
    words = desktop.locator("#microscope .finding")
    expect(words).to_contain_text(f"The bias of {bias:.3f} alone passes through ReLU.")
    touch(desktop, "S2", brightest.map)
    expect(words).to_contain_text("The largest value occurs 4 times")


def test_a_painted_kernel_changes_the_answer_and_can_be_put_back(desktop: Page) -> None:
    draw_five(desktop)
    trained = probabilities(desktop)
    badge = desktop.locator("#edited")
    expect(badge).to_be_hidden()
    touch(desktop, "C1", 1)
    before = float(shown(desktop)["sum"])
    kernel = desktop.locator("#microscope .kernel")
    box = kernel.bounding_box()
    assert box
    for column in range(5):
        x = box["x"] + (column + 0.5) / 5 * box["width"]
        desktop.mouse.move(x, box["y"] + 0.1 * box["height"])
        desktop.mouse.down()
        desktop.mouse.move(x, box["y"] + 0.9 * box["height"], steps=8)
        desktop.mouse.up()
    settle(desktop)
    expect(badge).to_be_visible()
    assert float(shown(desktop)["sum"]) > before
    assert probabilities(desktop) != trained
    badge.locator("[name=restore]").press("Enter")
    settle(desktop)
    expect(badge).to_be_hidden()
    assert desktop.evaluate("document.activeElement.name") == "kernels"
    assert float(shown(desktop)["sum"]) == before
    assert probabilities(desktop) == trained


def test_a_kernel_is_painted_by_keys(desktop: Page) -> None:
    touch(desktop, "C3", 2)
    kernel = desktop.locator("#microscope .kernel")
    kernel.focus()
    desktop.keyboard.press("ArrowRight")
    readout = desktop.locator("#microscope .readout")
    expect(readout).to_contain_text("Row 1, column 2")
    desktop.keyboard.press("0")
    expect(readout).to_contain_text("× 0 = 0")
    desktop.keyboard.press("+")
    expect(readout).not_to_contain_text("× 0 =")
    expect(desktop.locator("#edited")).to_be_visible()


def test_a_changed_network_is_saved(desktop: Page, tmp_path: Path) -> None:
    choose(desktop, "mnist-lenet5-1998")
    touch(desktop, "S2", 2)
    desktop.locator("#microscope .kernel").focus()
    desktop.keyboard.press("+")
    desktop.keyboard.press("+")
    with desktop.expect_download() as download:
        desktop.locator("#edited [name=save]").click()
    content = Path(download.value.path()).read_bytes()
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    saved = LeNet.from_pretrained(tmp_path / "mnist-lenet5-1998-edited").state_dict()
    trained = LeNet.from_pretrained(ROOT / "checkpoints" / "mnist-lenet5-1998").state_dict()
    changed = [name for name in saved if not saved[name].equal(trained[name])]
    assert changed == ["poolings.0.0.coefficient"]
    difference = saved[changed[0]] - trained[changed[0]]
    assert difference.nonzero().flatten().tolist() == [2]


def test_kernels_are_pictures_next_to_their_maps(desktop: Page) -> None:
    choose(desktop, "mnist-lenet5-1998")
    kernels = desktop.locator(".stack .kernels")
    assert kernels.count() == 0
    desktop.locator("[name=kernels]").check()
    # a picture for each map, rows of weights for C5 and F6, the ten bitmaps
    assert kernels.count() == 6 + 6 + 16 + 16 + 2 + 1
    c3 = desktop.locator("[data-layer='C3'] canvas.kernels")
    # 3, 4 and 6 kernels of 5×5 with gaps, three to a row
    sizes = c3.evaluate_all("all => all.map(({ width, height }) => [width, height])")
    assert [sizes[0], sizes[6], sizes[15]] == [[17, 5], [17, 11], [17, 11]]
    assert desktop.locator(".bitmaps li").count() == 10
    desktop.locator("[name=kernels]").uncheck()
    assert kernels.count() == 0


def test_the_sheet_leaves_the_pad_in_sight_on_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    touch(page, "C3", 9)
    sheet = page.locator("#microscope").bounding_box()
    pad = page.locator("#pad").bounding_box()
    assert sheet
    assert pad
    assert sheet["height"] <= 0.45 * 844
    assert sheet["y"] + sheet["height"] == pytest.approx(844, abs=1)
    assert pad["y"] >= 0
    assert pad["width"] >= 200
    assert pad["y"] + pad["height"] < sheet["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    before = shown_unit(page)
    page.locator("#microscope .moves button").first.tap()
    assert shown_unit(page).column == before.column - 1
    total = shown(page)["sum"]
    page.locator("#clear").tap()
    Hand(page).draw(DIGITS["2"])
    settle(page)
    assert label(page) == "2"
    assert shown(page)["sum"] != total
    assert shown_unit(page) == Unit("C3", 9, before.row, before.column - 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_microscope_is_accessible(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(DESKTOP, color_scheme=scheme)
    page.locator("[name=kernels]").check()
    touch(page, "C3", 2)
    page.locator("#microscope .kernel").focus()
    page.keyboard.press("+")
    settle(page)
    found = Axe().run(page, context=".sketchpad")
    assert found.violations_count == 0, found.generate_report()
    assert {text: ratio for text, ratio in contrasts(page).items() if ratio < 4.5} == {}


def test_the_sheet_does_not_cover_the_map(open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    for layer in ("F6", "output", "C1"):
        touch(page, layer, 0)
        page.wait_for_timeout(100)
        tile = page.locator(f"[data-layer='{layer}'] .map").first.bounding_box()
        sheet = page.locator("#microscope").bounding_box()
        pad = page.locator("#pad").bounding_box()
        assert tile
        assert sheet
        assert pad
        assert pad["y"] + pad["height"] <= tile["y"]
        assert tile["y"] + tile["height"] <= sheet["y"]
