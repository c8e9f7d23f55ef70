"""Picture files on the page: chosen, pasted and dropped. None leaves the browser."""

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import requests_of, settle
from tests.support.digits import DIGITS, grey
from tests.support.hands import DESKTOP, PHONE, Hand, choose, clear, label

pytestmark = pytest.mark.browser


def photograph(folder: Path, digit: str, kind: str = "jpg") -> Path:
    """A photograph of a digit on paper."""
    file = folder / f"{digit}.{kind}"
    paper = 230 - grey(DIGITS[digit]) // 4 * 3
    Image.fromarray(paper).convert("RGB").save(file)
    return file


def wait_for_label(page: Page, digit: str) -> None:
    page.wait_for_selector(f"[data-label='{digit}']", timeout=20_000)


def paste(page: Page, file: Path) -> None:
    """Paste a PNG from the clipboard, as Ctrl+V does."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async (png) => {
          const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
          const blob = new Blob([bytes], { type: "image/png" });
          await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        }""",
        base64.b64encode(file.read_bytes()).decode(),
    )
    page.keyboard.press("Control+v")


def drag(page: Page, target: str, files: list[Path], *kinds: str) -> None:
    """Drag files from a file manager over the middle of an element."""
    box = page.locator(target).bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    for kind in kinds:
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + box["width"] / 2,
                "y": box["y"] + box["height"] / 2,
                "data": {
                    "items": [],
                    "files": [str(file) for file in files],
                    "dragOperationsMask": 1,
                },
            },
        )


def drop(page: Page, target: str, *files: Path) -> None:
    drag(page, target, list(files), "dragEnter", "dragOver", "drop")


def test_a_chosen_picture_is_read(page: Page, tmp_path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#open").click()
    chooser.value.set_files(photograph(tmp_path, "8"))
    wait_for_label(page, "8")
    expect(page.locator("#message")).to_be_hidden()
    # A stroke on top of the picture can be undone.
    Hand(page).draw([[(0.2, 0.1), (0.8, 0.9)]])
    page.locator("#undo").click()
    settle(page)
    assert label(page) == "8"
    page.locator("#film-strip summary").click()
    expect(page.locator("#film-strip .found canvas")).to_have_count(4)
    page.locator("#undo").click()
    wait_for_label(page, "3")
    expect(page.locator("#film-strip .found")).to_be_hidden()


@pytest.mark.forms("app", "file")
def test_pictures_are_pasted_anywhere_but_not_into_fields(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(DESKTOP)
    paste(page, photograph(tmp_path, "5", "png"))
    wait_for_label(page, "5")
    page.locator("#model").focus()
    paste(page, photograph(tmp_path, "7", "png"))
    wait_for_label(page, "7")
    page.locator("#tab-layers").click()
    page.locator("#layers input[type=number]").first.focus()
    page.keyboard.press("Control+v")
    page.wait_for_timeout(300)
    assert page.locator("#layers").is_visible()
    page.locator("#tab-layers").focus()
    paste(page, photograph(tmp_path, "2", "png"))
    wait_for_label(page, "2")
    expect(page.locator("#draw")).to_be_visible()


@pytest.mark.forms("app", "file")
def test_pictures_are_dropped_anywhere(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(DESKTOP)
    file = photograph(tmp_path, "4")
    drag(page, "#results .layers", [file], "dragEnter", "dragOver")
    pad = page.locator("#pad")
    expect(pad).to_have_class("pad over")
    pad.dispatch_event("dragleave")  # Chromium's protocol has no such event
    expect(pad).to_have_class("pad")
    drop(page, "#pad", file)
    wait_for_label(page, "4")
    expect(pad).to_have_class("pad")
    drop(page, "body", photograph(tmp_path, "6"), photograph(tmp_path, "8"))
    wait_for_label(page, "6")
    expect(page.locator("#message")).to_contain_text("Only 6.jpg was opened")


@pytest.mark.parametrize("language", ["en-GB", "ru-RU"])
@pytest.mark.forms("site")
def test_failures_are_explained_and_the_drawing_stays(
    open_page: Callable[..., Page], tmp_path: Path, language: str
) -> None:
    page = open_page(DESKTOP, locale=language)
    clear(page)
    Hand(page).draw(DIGITS["2"])
    settle(page)
    (tmp_path / "letter.png").write_text("Dear Sir or Madam")
    (tmp_path / "vector.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "nothing.png").write_bytes(b"")
    Image.new("1", (20_000, 10_000)).save(tmp_path / "huge.png")
    Image.new("L", (60, 60), 200).save(tmp_path / "wall.png")
    y, x = np.mgrid[:120, :160]
    clouds = 128 + 100 * np.sin(x / 13) * np.sin(y / 17)
    Image.fromarray(clouds.astype(np.uint8)).save(tmp_path / "clouds.png")
    two = np.concatenate([np.asarray(Image.open(photograph(tmp_path, d))) for d in "47"], axis=1)
    Image.fromarray(two).save(tmp_path / "two.png")
    content = photograph(tmp_path, "5", "png").read_bytes()
    (tmp_path / "cut.png").write_bytes(content[:60])
    said = {
        "letter.png": ("can't be opened as a picture in this browser", "не может открыть"),
        "vector.svg": ("vector.svg can't be opened as a picture", "открыть файл vector.svg"),
        "nothing.png": ("is empty (0 bytes)", "пуст"),
        "huge.png": ("more than 50,000,000 pixels", "больше 50\N{NO-BREAK SPACE}000"),
        "wall.png": ("Nothing stands out in wall.png", "ничто не выделяется"),
        "clouds.png": ("Nothing in clouds.png looks like a digit", "нет ничего похожего на цифру"),
        "two.png": ("more than one digit", "больше одной цифры"),
        "cut.png": ("is damaged", "повреждён"),
    }
    for name, sentences in said.items():
        page.locator("#file").set_input_files(tmp_path / name)
        sentence = sentences[language == "ru-RU"]
        page.locator("#message").filter(has_text=sentence).wait_for(timeout=20_000)
        assert label(page) == "2", "the drawing is unchanged"
    Hand(page).draw([[(0.1, 0.1), (0.12, 0.1)]])
    expect(page.locator("#message")).to_be_hidden()


@pytest.mark.forms("site", "file")
def test_no_request_leaves_while_a_picture_is_opened(
    open_page: Callable[..., Page], tmp_path: Path, form: str
) -> None:
    page = open_page(DESKTOP)
    sent = requests_of(page)
    bodies: list[str | None] = []
    page.on("request", lambda request: bodies.append(request.post_data))
    page.locator("#file").set_input_files(photograph(tmp_path, "6"))
    wait_for_label(page, "6")
    # The first picture starts the worker, whose modules are part of the site.
    outside = [url for url in sent if not url.startswith("blob:")]
    modules = [url for url in outside if "/web-" in url and url.endswith(".js")]
    assert outside == modules
    assert not modules or form == "site"
    assert set(bodies) == {None}
    sent.clear()
    paste(page, photograph(tmp_path, "9", "png"))
    wait_for_label(page, "9")
    assert [url for url in sent if not url.startswith("blob:")] == []


@pytest.mark.forms("file")
def test_the_page_stays_responsive_while_a_large_photograph_is_opened(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """48 million pixels, taken with the camera turned to the side."""
    page = open_page(PHONE)
    page.evaluate(
        """() => {
          window.longest = 0;
          new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
          }).observe({ type: "longtask" });
        }"""
    )
    upright = Image.open(photograph(tmp_path, "7")).resize((6000, 8000))
    exif = upright.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "large.jpg", exif=exif)
    page.locator("#file").set_input_files(tmp_path / "large.jpg")
    expect(page.locator("#pad .busy")).to_have_text("Opening the picture…")
    page.wait_for_selector("[data-label='7']", timeout=60_000)
    expect(page.locator("#pad .busy")).to_be_hidden()
    assert page.evaluate("longest") < 500


@pytest.mark.forms("site")
def test_a_picture_goes_on_opening_after_a_change(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(DESKTOP)
    # The first reading waits, as for a slow disk.
    page.evaluate(
        """() => {
          const { arrayBuffer } = Blob.prototype;
          Blob.prototype.arrayBuffer = async function () {
            Blob.prototype.arrayBuffer = arrayBuffer;
            await new Promise((go) => { window.go = go; });
            return arrayBuffer.call(this);
          };
        }"""
    )
    page.locator("#file").set_input_files(photograph(tmp_path, "5"))
    page.locator("#language").select_option("ru")
    wait_for_label(page, "5")
    page.locator("#file").set_input_files(photograph(tmp_path, "8"))
    page.evaluate("go()")
    wait_for_label(page, "8")
    expect(page.locator("#message")).to_be_hidden()


@pytest.mark.forms("site")
def test_each_side_of_compare_takes_pictures(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(DESKTOP)
    page.locator("#tab-compare").click()
    a, b = (page.get_by_role("region", name=f"Input {name}") for name in "AB")
    expect(a.locator("output")).to_have_text("3")
    # Both at once: neither cancels the other.
    a.locator("input[type=file]").set_input_files(photograph(tmp_path, "2"))
    b.locator("input[type=file]").set_input_files(photograph(tmp_path, "4"))
    expect(a.locator("output")).to_have_text("2", timeout=20_000)
    expect(b.locator("output")).to_have_text("4", timeout=20_000)
    b.get_by_role("button", name="Undo").focus()
    page.locator("#tab-compare").focus()
    paste(page, photograph(tmp_path, "7", "png"))
    expect(b.locator("output")).to_have_text("7", timeout=20_000)
    drop(page, "section[aria-label='Input A'] .pad", photograph(tmp_path, "9"))
    expect(a.locator("output")).to_have_text("9", timeout=20_000)
    expect(b.locator("output")).to_have_text("7")
    (tmp_path / "letter.png").write_text("Dear Sir or Madam")
    b.locator("input[type=file]").set_input_files(tmp_path / "letter.png")
    page.locator("#compare").get_by_text("can't be opened as a picture").wait_for()
    expect(b.locator("output")).to_have_text("7")
    page.get_by_role("checkbox", name="Same drawing").check()
    paste(page, photograph(tmp_path, "5", "png"))
    for side in (a, b):
        expect(side.locator("output")).to_have_text("5", timeout=20_000)


@pytest.mark.forms("site")
def test_pictures_of_clothes_keep_their_shape(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(DESKTOP)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    choose(page, "fashion-relu")
    trousers = Image.new("RGB", (300, 400), "white")
    trousers.paste("navy", (90, 40, 210, 130))
    trousers.paste("navy", (90, 130, 140, 370))
    trousers.paste("navy", (160, 130, 210, 370))
    trousers.save(tmp_path / "trousers.png")
    page.locator("#file").set_input_files(tmp_path / "trousers.png")
    wait_for_label(page, "Trouser")
    page.locator("#film-strip summary").click()
    page.get_by_text("Whatever differs from the colour of the picture").wait_for()
    expect(page.locator("#film-strip .steps b").last).to_have_text("Trouser")
    assert problems == []
