"""Open the page in each of its forms: the Gradio app, the static site, and the single file.

A test that uses `address`, `open_page` or `page` runs in every form. A test that uses `page` or
`device` also runs with a mouse on a large screen and with a finger on a small one. The mark
`forms("app", …)` is for tests of something that only these forms have.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from lenet.__main__ import main
from lenet.page.gallery import Gallery
from tests.support.browser import wait_for_answer
from tests.support.hands import DESKTOP, PHONE
from tests.support.server import serve_folder

FORMS = ("app", "site", "file")
BELOW = "/demos/digits/"
"""The path of the static site on its host."""

DEVICES = {"mouse-1280": DESKTOP, "touch-390": PHONE}
MATRIX = (
    ("app", "mouse-1280"),
    ("app", "touch-390"),
    ("site", "touch-390"),
    ("file", "mouse-1280"),
)
"""All forms and both devices; every combination would take half as long again."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "form" not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("forms")
    forms = mark.args if mark else FORMS
    if "device" in metafunc.fixturenames:
        pairs = [pair for pair in MATRIX if pair[0] in forms]
        names = ["-".join(pair) for pair in pairs]
        metafunc.parametrize(("form", "device"), pairs, indirect=True, ids=names, scope="session")
    else:
        metafunc.parametrize("form", forms, indirect=True, scope="session")


@pytest.fixture(scope="session")
def form(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    return DEVICES[request.param]


@pytest.fixture(scope="session")
def site_folder(mixed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static site with the networks of `mixed`."""
    folder = tmp_path_factory.mktemp("static") / "site"
    assert main(["site", str(folder), "--checkpoints", str(mixed)]) == 0
    return folder


@pytest.fixture(scope="session")
def site_address(site_folder: Path) -> Iterator[str]:
    with serve_folder(site_folder, BELOW) as address:
        yield address


@pytest.fixture(scope="session")
def file_address(mixed: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The single file with all networks of `mixed`."""
    file = tmp_path_factory.mktemp("stick") / "LeNet Sketchpad.html"
    names = Gallery(mixed).names()
    assert main(["page", str(file), "--checkpoints", str(mixed), "--networks", *names]) == 0
    return file.as_uri()


@pytest.fixture(scope="session")
def address(form: str, request: pytest.FixtureRequest) -> str:
    """The page's address in one form."""
    return request.getfixturevalue("address" if form == "app" else f"{form}_address")


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    blocked: list[str] = []

    def watch(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            blocked.append(message.text)

    def open_one(device: dict[str, Any], **options: Any) -> Page:
        context = browser.new_context(**device, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", watch)
        page.goto(address)
        wait_for_answer(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert blocked == [], "the page does what its policy forbids"


@pytest.fixture
def page(open_page: Callable[..., Page], device: dict[str, Any]) -> Page:
    return open_page(device)
