"""Draw on the page with real pointer events, and read what it shows."""

import time
from typing import Any

from playwright.sync_api import FloatRect, Page

from tests.support.browser import sequence, settle, wait_for_answer
from tests.support.digits import DIGITS, Points

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


class Hand:
    """Draws on a pad with the mouse, or with a finger if the device has touch."""

    def __init__(self, page: Page, pad: str = "#pad") -> None:
        self.page = page
        self.canvas = page.locator(pad).locator("canvas")
        self.touch = page.evaluate("navigator.maxTouchPoints") > 0
        self.session = page.context.new_cdp_session(page)
        self.box: FloatRect | None = None

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the pad on the screen, where the pad was when the pen went down."""
        assert self.box
        left, top, width, height = (self.box[key] for key in ("x", "y", "width", "height"))
        return left + x * width, top + y * height

    def finger(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, x: float, y: float) -> None:
        # Measured once per stroke, since it takes as long as a move.
        self.box = self.canvas.bounding_box()
        if self.touch:
            return self.finger("touchStart", self.at(x, y))
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.down()

    def move(self, x: float, y: float) -> None:
        if self.touch:
            return self.finger("touchMove", self.at(x, y))
        self.page.mouse.move(*self.at(x, y))

    def up(self) -> None:
        return self.finger("touchEnd") if self.touch else self.page.mouse.up()

    def draw(self, strokes: list[Points]) -> None:
        """Draw through every other point: each move waits for the browser's next frame."""
        for points in strokes:
            self.down(*points[0])
            for x, y in [*points[1:-1:2], *points[1:][-1:]]:
                self.move(x, y)
                time.sleep(0.002)
            self.up()


def label(page: Page) -> str:
    return page.locator("[data-label]").get_attribute("data-label") or ""


def maps(page: Page, layer: int) -> list[str]:
    """The maps of one layer as data URLs, as the browser has drawn them."""
    return page.evaluate(
        f"[...document.querySelectorAll('#layer-{layer} canvas')].map(c => c.toDataURL())"
    )


def probabilities(page: Page) -> str:
    return page.locator("#probabilities").inner_text()


def clear(page: Page) -> None:
    before = wait_for_answer(page)
    page.locator("#clear").click()
    wait_for_answer(page, before)
    settle(page, 100)


def draw_seven(page: Page) -> None:
    """Draw a seven on an empty pad, and check that the page reads it."""
    clear(page)
    Hand(page).draw(DIGITS["7"])
    settle(page)
    assert label(page) == "7"


def choose(page: Page, name: str) -> None:
    """Choose a different network, and wait for its answer on the tab Draw."""
    before = sequence(page)
    page.locator("#model").select_option(name)
    wait_for_answer(page, before)
    settle(page)


def contrasts(page: Page) -> dict[str, float]:
    """Contrast ratio of each visible text on the page, as defined by WCAG 2."""
    return page.evaluate(
        """() => {
          const channels = (c) => c.match(/[\\d.]+/g).map(Number);
          const light = (c) => channels(c).slice(0, 3)
            .map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const background = (e) => {
            for (; e; e = e.parentElement) {
              const c = getComputedStyle(e).backgroundColor;
              if ((channels(c)[3] ?? 1) > 0.5) return c;
            }
            return "rgb(255, 255, 255)";
          };
          const found = {};
          const box = document.querySelector(".sketchpad");
          for (const e of [box, ...box.querySelectorAll("*")]) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            if (!e.checkVisibility() || e.tagName === "OPTION") continue;
            // Only for screen readers.
            if (getComputedStyle(e).clipPath !== "none") continue;
            const a = light(getComputedStyle(e).color), b = light(background(e));
            found[e.tagName + "." + e.className + " " + e.textContent.slice(0, 20)] =
              (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          }
          return found;
        }"""
    )
