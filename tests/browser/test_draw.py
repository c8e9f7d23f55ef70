"""Drawing on the page in a real Chromium, by mouse, by finger and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lenet import Predictor
from lenet.network.config import DIGITS as LABELS
from lenet.page.examples import example_images
from tests.support.browser import sequence, settle, wait_for_answer
from tests.support.digits import DIGITS, line
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear, label, maps, probabilities

pytestmark = pytest.mark.browser


def test_the_page_starts_with_an_example(page: Page) -> None:
    assert label(page) == "3"
    assert page.locator("#answer").inner_text().strip() == "3"
    assert page.locator("#network-input canvas").count() == 1
    assert page.locator("#layer-1 canvas").count() == 6
    assert page.locator("#layer-2 canvas").count() == 16
    assert page.locator("#probabilities li").count() == 10
    assert page.locator("#pad canvas").count() == 1


def test_drawn_digits_are_read_while_the_pen_moves(page: Page) -> None:
    hand = Hand(page)
    clear(page)
    assert label(page) == ""
    blank = [probabilities(page), maps(page, 1), maps(page, 2)]
    for digit in DIGITS:
        *first, last = DIGITS[digit]
        hand.draw(first)
        # Everything except the end of the last stroke: the pen is still down.
        hand.down(*last[0])
        for x, y in last[1:-1:2]:
            hand.move(x, y)
        settle(page, 100)
        drawn = [probabilities(page), maps(page, 1), maps(page, 2)]
        assert drawn[0] != blank[0]
        for before, after in zip(blank[1:], drawn[1:], strict=True):
            assert len(before) == len(after)
            # Single maps may stay the same, but not most of them.
            assert sum(a != b for a, b in zip(before, after, strict=True)) > len(after) * 0.6
        hand.move(*last[-1])
        hand.up()
        settle(page)
        assert label(page) == digit
        assert page.locator("#answer").inner_text().strip() == digit
        clear(page)


def test_the_picture_changes_many_times_before_pen_up(page: Page) -> None:
    hand = Hand(page)
    clear(page)
    before = wait_for_answer(page)
    hand.down(*DIGITS["0"][0][0])
    for x, y in DIGITS["0"][0]:
        hand.move(x, y)
        page.wait_for_timeout(8)
    assert wait_for_answer(page) - before > 8
    hand.up()


@pytest.mark.parametrize("digit", ["2", "plus"])
def test_every_reading_is_announced(page: Page, digit: str, predictor: Predictor) -> None:
    plus = [line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))]
    clear(page)
    page.evaluate(
        """() => {
          window.readings = [];
          document.body.addEventListener("reading", ({ detail, target }) => {
            const maps = detail.maps.map((layer) => ({ ...layer, data: [...layer.data] }));
            window.readings.push({ ...detail, maps, target: target.className });
            window.firstStrokes ??= structuredClone(detail.strokes);
          });
        }"""
    )
    before = sequence(page)
    Hand(page).draw(DIGITS.get(digit, plus))
    settle(page)
    count = page.evaluate("window.readings.length")
    assert count == sequence(page) - before > 3
    first, strokes, last = page.evaluate(
        "[window.readings[0].strokes, window.firstStrokes, window.readings.at(-1)]"
    )
    assert first == strokes, "it is a copy"
    expected = predictor(last["strokes"])
    assert set(last) == {
        *("target", "network", "strokes", "state", "label", "probabilities", "evidence"),
        *("networkInput", "maps"),
    }
    assert last["target"] == "sketchpad"
    assert last["network"] == "mnist-relu"
    assert (last["state"], last["label"]) == (expected.state, expected.label)
    assert last["label"] == (digit if digit in DIGITS else None)
    assert last["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5)
    assert last["evidence"] == pytest.approx(expected.evidence, abs=1e-4)
    assert last["networkInput"] == pytest.approx(expected.network_input.ravel(), abs=1e-6)
    for found, name, layer in zip(last["maps"], expected.map_names, expected.maps, strict=True):
        assert (found["name"], tuple(found["shape"])) == (name, layer.shape)
        assert found["data"] == pytest.approx(layer.ravel(), abs=1e-4)


def test_undo_and_clear_update_the_answer(page: Page) -> None:
    hand = Hand(page)
    clear(page)
    hand.draw(DIGITS["1"])
    settle(page)
    one = [probabilities(page), *maps(page, 2)]
    hand.draw([[(0.3, 0.3), (0.7, 0.7)]])
    settle(page)
    assert [probabilities(page), *maps(page, 2)] != one
    page.locator("#undo").click()
    settle(page)
    assert [probabilities(page), *maps(page, 2)] == one
    page.locator("#clear").click()
    settle(page)
    assert label(page) == ""
    assert "Nothing is drawn" in page.locator(".answer").inner_text()
    page.locator("#undo").click()  # undo also reverts Clear
    settle(page)
    assert label(page) == "1"


def test_digit_blank_and_non_digit_look_different(page: Page) -> None:
    state = page.locator("[data-state]")
    assert state.get_attribute("data-state") == "digit"
    assert "% sure" in page.locator(".answer").inner_text()
    clear(page)
    assert state.get_attribute("data-state") == "blank"
    Hand(page).draw([line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))])
    settle(page)
    assert state.get_attribute("data-state") == "not a digit"
    assert label(page) == ""
    assert page.locator("#answer").inner_text().strip() == "?"
    assert "This doesn't look like a digit." in page.locator(".answer").inner_text()
    assert float(page.locator("#probabilities").evaluate("e => getComputedStyle(e).opacity")) < 1
    assert "%" in probabilities(page)


def test_the_film_strip_shows_what_a_step_changes(page: Page) -> None:
    strip = page.locator("#film-strip")
    assert not page.locator("#film-strip li").first.is_visible()
    page.locator("#film-strip summary").click()
    settle(page)
    assert strip.locator("li").count() == 5
    assert strip.locator("b").all_inner_texts()[-1] == "3"
    whole = strip.evaluate("e => [...e.querySelectorAll('canvas')].map(c => c.toDataURL())")
    strip.get_by_role("checkbox", name="20-pixel box").uncheck()
    settle(page)
    without = strip.evaluate("e => [...e.querySelectorAll('canvas')].map(c => c.toDataURL())")
    assert [a == b for a, b in zip(whole, without, strict=True)][:2] == [True, True]
    assert without[2] != whole[2]
    assert without[4] != whole[4]
    assert label(page) == "3", "the main answer still uses every step"


@pytest.mark.parametrize("digit", ["1", "plus"])
def test_the_film_strip_shows_uncropped_pictures_and_answers(page: Page, digit: str) -> None:
    plus = [line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))]
    clear(page)
    Hand(page).draw(DIGITS.get(digit, plus))
    page.locator("#film-strip summary").click()
    settle(page)
    for frame in page.locator("#film-strip .frame").all():
        outer, inner = frame.bounding_box(), frame.locator("canvas").bounding_box()
        assert outer
        assert inner
        assert inner["y"] >= outer["y"] - 0.5
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 0.5
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 0.5
    last = page.locator("#film-strip .verdict").last.inner_text()
    if digit == "1":
        assert last.startswith("1 ")
        assert last.endswith("%")
    else:
        assert last.startswith("? most like")
        assert "%" not in last


DENSE = ["F6 · dense · 84 units", "output · dense · 10 units"]


@pytest.mark.parametrize(
    ("name", "captions"),
    [
        (
            "one-layer",
            [
                "C1 · convolution · 6 maps, 24×24",
                "S2 · max pooling · 6 maps, 12×12",
                "F3 · dense · 120 units",
                "F4 · dense · 84 units",
                "output · dense · 10 units",
            ],
        ),
        (
            "mnist-conv3",
            [
                "C1 · convolution · 6 maps, 28×28",
                "S2 · max pooling · 6 maps, 14×14",
                "C3 · convolution · 16 maps, 10×10",
                "S4 · max pooling · 16 maps, 5×5",
                "C5 · convolution · 120 maps, 1×1",
                *DENSE,
            ],
        ),
        (
            "mnist-classic",
            [
                "C1 · convolution · 6 maps, 28×28",
                "S2 · average pooling · 6 maps, 14×14",
                "C3 · convolution · 16 maps, 10×10",
                "S4 · average pooling · 16 maps, 5×5",
                "F5 · dense · 120 units",
                *DENSE,
            ],
        ),
    ],
)
def test_every_layer_is_shown(
    open_page: Callable[..., Page], name: str, captions: list[str]
) -> None:
    page = open_page(DESKTOP)
    page.locator("#model").select_option(name)
    expect(page.locator("#results .layer .name")).to_have_text(captions)
    settle(page)
    convolutions = [caption for caption in captions if " convolution " in caption]
    for number, caption in enumerate(convolutions, start=1):
        count = 1 if caption.endswith("1×1") else int(caption.split()[4])
        assert page.locator(f"#layer-{number} canvas").count() == count
        assert count == 1 or len(set(maps(page, number))) > 1
    page.locator("#tab-compare").click()
    page.locator(f"#difference-{len(convolutions)}").wait_for()


def test_a_tap_is_painted_and_read(page: Page) -> None:
    clear(page)
    hand = Hand(page)
    hand.down(0.5, 0.5)
    hand.up()
    settle(page)
    assert page.locator("[data-state]").get_attribute("data-state") != "blank"
    painted = page.evaluate(
        "(() => { const c = document.querySelector('#pad canvas');"
        "return c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data[3]; })()"
    )
    assert painted == 255


@pytest.mark.forms("site")
def test_a_stray_tap_is_painted_but_not_read(page: Page) -> None:
    hand = Hand(page)
    clear(page)
    hand.draw([[(0.4 * x, 0.4 * y) for x, y in stroke] for stroke in DIGITS["5"]])
    settle(page)
    note = page.locator(".answer .stray")
    assert note.inner_text() == ""
    seen = page.locator("#network-input canvas").evaluate("(canvas) => canvas.toDataURL()")
    hand.draw([[(0.9, 0.9)]])
    settle(page)
    assert label(page) == "5"
    assert "don't count" in note.inner_text()
    assert page.locator("#network-input canvas").evaluate("(c) => c.toDataURL()") == seen
    page.locator("#undo").click()
    settle(page)
    assert note.inner_text() == ""


def test_the_menu_switches_the_network(page: Page) -> None:
    titles = page.locator("#model option").all_inner_texts()
    assert titles[3] == "LeCun's LeNet-5, 1998 · 99.4%"
    assert titles[-1] == "things"
    assert page.locator("#model").input_value() == "mnist-relu"
    before = maps(page, 1)
    choose(page, "mnist-classic")
    assert label(page) == "3"
    assert not set(maps(page, 1)) & set(before)


def test_an_example_is_read_after_one_click(page: Page) -> None:
    buttons = page.locator(".classes button")
    assert buttons.count() == 10
    predictor = Predictor.from_pretrained("checkpoints/mnist-relu")
    for digit, image in enumerate(example_images(LABELS)[:, 0]):
        before = wait_for_answer(page)
        buttons.nth(digit).click()
        wait_for_answer(page, before)
        settle(page, 100)
        assert label(page) == (predictor.read_input(image).label or "")
        assert buttons.nth(digit).get_attribute("aria-current") == "true"
        assert page.locator("#draw .images button").count() == 8, "the images of its class"


def test_strokes_may_leave_the_pad_and_return(page: Page) -> None:
    hand = Hand(page)
    clear(page)
    hand.down(0.5, 0.5)
    for x, y in ((0.9, 0.5), (1.1, 0.5), (1.1, 0.7), (0.9, 0.7), (0.5, 0.7)):
        hand.move(x, y)
    hand.up()
    settle(page)
    column = page.evaluate(
        "(() => { const c = document.querySelector('#pad canvas'), x = c.width - 2;"
        "const at = y => c.getContext('2d').getImageData(x, y * c.height, 1, 1).data[3];"
        "return [at(0.5), at(0.6), at(0.7)]; })()"
    )
    assert column == [255, 0, 255]


def test_the_first_stroke_replaces_the_initial_example(page: Page) -> None:
    assert label(page) == "3"
    Hand(page).draw(DIGITS["1"])
    page.wait_for_selector("[data-label='1']")
    page.locator("#undo").click()
    page.wait_for_selector("[data-label='3']")


def test_a_second_finger_is_ignored_and_the_page_does_not_scroll(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(PHONE)
    hand = Hand(page)
    clear(page)
    hand.down(0.5, 0.8)
    for step in range(20):
        hand.move(0.5, 0.8 - step * 0.03)
    a, b = hand.at(0.5, 0.2), hand.at(0.1, 0.9)
    hand.finger("touchStart", a, b)
    hand.finger("touchMove", a, hand.at(0.9, 0.9))
    hand.finger("touchEnd")
    settle(page)
    assert page.evaluate("scrollY") == 0
    assert label(page) == "1"


def test_a_digit_can_be_drawn_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    pad = page.locator("#pad")
    pad.focus()
    pad.press("Delete")
    page.wait_for_selector("[data-label='']")
    pad.press("Space")
    for _ in range(14):
        pad.press("ArrowDown")
    pad.press("Space")
    page.wait_for_selector("[data-label='1']")
    pad.press("Control+z")
    page.wait_for_selector("[data-label='']")
