"""Lessons: links to a state of the page, in every form and in the element."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import ROOT
from tests.support.browser import settle, wait_for_answer, wait_until
from tests.support.digits import DIGITS
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear, label, maps, probabilities
from tests.support.server import serve_folder

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def open_lesson(browser: Browser, address: str) -> Iterator[Open]:
    pages: list[Page] = []

    def open_one(code: str, device: dict[str, Any] = DESKTOP, **options: Any) -> Page:
        page = browser.new_context(**device, **options).new_page()
        pages.append(page)
        page.goto(f"{address}#{code}")
        wait_for_answer(page)
        settle(page)
        return page

    yield open_one
    for page in pages:
        page.context.close()


def notice(page: Page) -> Locator:
    return page.locator(".notice")


def visible(page: Page) -> set[str]:
    """The parts of the tab Draw that can be seen, by their names in a lesson."""
    found: list[str] = page.evaluate(
        """() => {
          const parts = { header: "header", tools: "#draw .tools", pad: "#pad", answer: "#answer",
            input: "#network-input", probabilities: "#probabilities", examples: ".classes button" };
          const seen = (e) => e.getClientRects().length > 0;
          const named = Object.keys(parts).filter((n) => seen(document.querySelector(parts[n])));
          const rest = [...document.querySelectorAll(".layer, .instrument")].filter(seen);
          return [...named, ...rest.map((e) => e.dataset.layer ?? e.id)];
        }"""
    )
    return set(found)


def address_of_link(page: Page) -> str:
    page.get_by_role("button", name="Copy link").click()
    notice(page).get_by_text("Link copied").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.forms("site")
def test_a_link_leads_back_to_the_page_as_it_was(open_lesson: Open) -> None:
    page = open_lesson("", **CLIPBOARD)
    choose(page, "mnist-classic")
    clear(page)
    Hand(page).draw(DIGITS["7"])
    page.get_by_label("Before the activation").check()
    page.locator("#film-strip summary").click()
    settle(page)
    link = address_of_link(page)
    assert len(link.partition("#")[2]) < 1000
    copy = page.context.new_page()
    copy.goto(link)
    wait_for_answer(copy)
    settle(copy)
    assert copy.locator("#model").input_value() == "mnist-classic"
    assert probabilities(copy) == probabilities(page)
    for layer in (1, 2):
        assert maps(copy, layer) == maps(page, layer)
    assert copy.get_by_label("Before the activation").is_checked()
    assert copy.locator("#film-strip").get_attribute("open") is not None
    assert notice(copy).is_hidden()
    copy.locator("#undo").click()
    settle(copy)
    assert label(copy) != "7", "the drawing can be undone"


@pytest.mark.forms("site")
def test_a_link_to_a_comparison_keeps_both_sides(open_lesson: Open) -> None:
    page = open_lesson("", **CLIPBOARD)
    page.locator("#tab-compare").click()
    page.get_by_label("Network of B").select_option("mnist-lenet5-1998")
    side_b = page.get_by_role("region", name="Input B")
    side_b.get_by_role("combobox", name="Test image").select_option("4")
    expect(side_b.locator("output")).to_have_text("4")
    expect(page.locator(".differences > p")).to_contain_text("Each network has learned")
    copy = page.context.new_page()
    copy.goto(address_of_link(page))
    expect(copy.get_by_role("region", name="Input B").locator("output")).to_have_text("4")
    expect(copy.locator(".differences > p")).to_contain_text("Each network has learned")
    assert copy.get_by_label("Network of B").input_value() == "mnist-lenet5-1998"
    assert copy.get_by_label("Network of A").input_value() == ""


def test_a_lesson_works_in_every_form(open_lesson: Open, device: dict[str, Any]) -> None:
    code = "v=1&network=mnist-lenet5-1998&image=7.1&muted=C1.5&open=film-strip,later"
    page = open_lesson(code, device)
    assert label(page) == "7"
    assert page.locator("#model").input_value() == "mnist-lenet5-1998"
    assert page.locator("#film-strip").get_attribute("open") is not None
    assert len(set(maps(page, 1))) == 6
    empty = page.evaluate(
        """() => {
          const canvas = document.querySelectorAll("#layer-1 canvas")[5];
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert empty == 1, "the muted map is empty"
    page.evaluate("location.hash = 'v=1&strokes='")
    expect(page.locator("#answer")).to_have_text("–")
    assert page.locator("#model").input_value() == "mnist-lenet5-1998", "it names no network"
    page.evaluate("location.hash = 'v=1&network=mnist-relu&image=2.0'")
    expect(page.locator("#answer")).to_have_text("2")
    assert page.locator("#model").input_value() == "mnist-relu"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("section-2", "not a lesson"),
        ("v=9&strokes=x", "newer version"),
        ("v=1&strokes=A", "damaged"),
        ("v=1&network=gone", "network gone"),
        ("v=1&unit=C7.0.0.0", "lacks some"),
        ("v=1&muted=C1.6", "lacks some"),
        ("v=1&image=3.99", "lacks some"),
        ("v=1&muted=output.3", "lacks some"),
        ("v=1&show=", "lacks some"),
        ("v=1&show=C7,__proto__", "lacks some"),
        ("v=1&networkB=gone", "network gone"),
    ],
)
@pytest.mark.forms("site")
def test_lessons_that_do_not_fit_give_a_sentence_and_a_normal_page(
    open_lesson: Open, code: str, sentence: str
) -> None:
    page = open_lesson(code)
    expect(notice(page)).to_contain_text(sentence)
    assert label(page) == "3"
    assert "pad" in visible(page)
    notice(page).get_by_role("button", name="Close").press("Enter")
    expect(notice(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_focused()


@pytest.mark.forms("site")
def test_the_sentence_about_a_lesson_goes_with_it(open_lesson: Open) -> None:
    page = open_lesson("v=1&unit=C7.0.0.0")
    expect(notice(page)).to_be_visible()
    page.evaluate("location.hash = 'v=1&image=2.0'")
    expect(page.locator("#answer")).to_have_text("2")
    expect(notice(page)).to_be_hidden()


@pytest.mark.forms("site")
def test_only_the_named_parts_are_shown(open_lesson: Open) -> None:
    page = open_lesson("v=1&show=pad,answer,C1", {"viewport": {"width": 720, "height": 400}})
    assert visible(page) == {"pad", "answer", "C1"}
    pad, answer = (page.locator(name).bounding_box() for name in ("#pad", "#answer"))
    assert pad
    assert answer
    assert pad["y"] + pad["height"] <= 400
    assert answer["x"] > pad["x"] + pad["width"]
    for code, parts in {
        "show=probabilities,film-strip": {"probabilities", "film-strip"},
        "show=pad": {"pad"},
        "show=header,tools,pad,input,S2,output": {
            "header",
            "tools",
            "pad",
            "input",
            "S2",
            "output",
        },
    }.items():
        page.evaluate(f"location.hash = 'v=1&{code}'")
        wait_until(
            page,
            "show => document.querySelector('.sketchpad').dataset.show.startsWith(show)",
            code[5:].replace(",", " "),
        )
        assert visible(page) == parts
        assert page.evaluate("document.documentElement.scrollWidth") == 720
    page.evaluate("location.hash = ''")
    page.locator("header").wait_for()
    assert visible(page) >= {"header", "tools", "pad", "answer", "input", "examples", "C1", "F5"}


@pytest.mark.forms("site")
def test_a_picture_is_not_part_of_a_link(open_lesson: Open) -> None:
    page = open_lesson("", **CLIPBOARD)
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden')); }"
    )
    page.get_by_role("button", name="Start from 4").click()
    page.get_by_role("button", name="Copy link").click()
    field = notice(page).get_by_label("Link to this page")
    assert "&image=4.0&" in field.input_value()
    assert page.evaluate("getSelection().toString()") == field.input_value(), "ready to copy"
    assert "too large" not in notice(page).inner_text()
    choose(page, "things")  # its test images are different ones
    page.get_by_role("button", name="Copy link").click()
    expect(notice(page)).to_contain_text("too large")


@pytest.mark.forms("site")
@pytest.mark.parametrize("device_of", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_big_screen_enlarges_everything_until_escape(
    open_lesson: Open, device_of: dict[str, Any]
) -> None:
    page = open_lesson("", device_of)
    size = "parseFloat(getComputedStyle(document.querySelector('.sketchpad')).fontSize)"
    before = page.evaluate(size)
    button = page.get_by_role("button", name="Big screen")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#model")).to_be_hidden()
    assert page.evaluate(size) > 1.2 * before
    assert page.evaluate("document.documentElement.scrollWidth") <= device_of["viewport"]["width"]
    page.keyboard.press("Escape")
    page.evaluate("document.exitFullscreen?.().catch(() => {})")  # as Escape does in a window
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(size) == before


@pytest.mark.forms("site")
def test_the_element_takes_lessons_from_its_attribute_only(
    browser: Browser, site_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "sketchpad").symlink_to(site_folder)
    html = (ROOT / "examples" / "embed.html").read_text("utf-8")
    lesson = "v=1&amp;image=5.1&amp;show=pad,answer"
    html = html.replace("<lenet-sketchpad>", f'<lenet-sketchpad lesson="{lesson}">')
    (tmp_path / "host.html").write_text(html, "utf-8")
    with serve_folder(tmp_path, "/course/") as address:
        page = browser.new_page(**DESKTOP)
        page.goto(f"{address}host.html#v=1&image=8.0")
        page.locator("lenet-sketchpad [data-label='5']").wait_for()
        assert visible(page) == {"pad", "answer"}
        page.evaluate("location.hash = 'v=1&image=9.0'")
        page.evaluate(
            "document.querySelector('lenet-sketchpad').setAttribute('lesson', 'v=1&image=6.0')"
        )
        page.locator("lenet-sketchpad [data-label='6']").wait_for()
        assert "header" in visible(page)
        page.context.close()


@pytest.mark.forms("site")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violations_on_the_big_screen_or_in_a_link(
    open_lesson: Open, scheme: str
) -> None:
    page = open_lesson("v=1&big=1&image=4.0", color_scheme=scheme)
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    page.get_by_role("button", name="Copy link").click()
    notice(page).get_by_label("Link to this page").wait_for()
    page.locator("#tab-compare").click()
    page.get_by_label("Network of B").select_option("mnist-conv3")
    page.get_by_label("Same drawing on both sides").check()
    page.get_by_text("Each network has learned").wait_for()
    found = Axe().run(page, context=".sketchpad")
    assert found.response["violations"] == [], found.generate_report()
