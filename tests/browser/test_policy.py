"""What the policy of the static pages forbids. The other tests check that it allows the rest."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import wait_for_answer
from tests.support.hands import DESKTOP

pytestmark = [pytest.mark.browser, pytest.mark.forms("site", "file")]

ATTEMPTS = {
    "an inline script": """() => {
      const script = document.createElement("script");
      script.textContent = "window.wasRun = true";
      document.body.append(script);
      return window.wasRun === true;
    }""",
    "an event handler in markup": """() => {
      document.body.insertAdjacentHTML("beforeend", "<b onclick='window.wasRun = true'></b>");
      document.body.lastElementChild.click();
      return window.wasRun === true;
    }""",
    "code in text": """async () => {
      const script = document.createElement("script");
      script.src = "data:text/javascript,window.wasRun = true";
      const settled = new Promise((f) => { script.onload = script.onerror = f; });
      document.body.append(script);
      await settled;
      return window.wasRun === true;
    }""",
    "a request to a different host": """() =>
      fetch("http://127.0.0.2:1/", { mode: "no-cors" }).then(() => true, () => false)""",
    "an inline style": """() => {
      document.body.insertAdjacentHTML("beforeend", "<b style='position: fixed'></b>");
      return getComputedStyle(document.body.lastElementChild).position === "fixed";
    }""",
}


@pytest.fixture
def opened(browser: Browser, address: str) -> Callable[[], tuple[Page, list[str]]]:
    def open_page() -> tuple[Page, list[str]]:
        page = browser.new_page(**DESKTOP)
        blocked: list[str] = []
        page.on("console", lambda m: blocked.append(m.text) if m.type == "error" else None)
        page.goto(address)
        wait_for_answer(page)
        return page, blocked

    return open_page


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_policy_forbids(opened: Callable[[], tuple[Page, list[str]]], attempt: str) -> None:
    page, blocked = opened()
    assert blocked == []
    assert page.evaluate(ATTEMPTS[attempt]) is False
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in text for text in blocked)
    page.context.close()
