"""Fixtures that open pages of the running app, with a mouse or with touch."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import wait_for_answer
from tests.support.hands import DESKTOP, PHONE


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def open_one(device: dict[str, Any], **options: Any) -> Page:
        context = browser.new_context(**device, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        wait_for_answer(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["mouse-1280", "touch-390"])
def page(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    return open_page(request.param)
