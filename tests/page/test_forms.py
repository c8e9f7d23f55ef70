"""The page's forms in a browser: a static site, one file, and an element in other pages.

`tests/browser` tests what the page does; these tests are about how it arrives.
"""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from lenet.__main__ import main
from tests.support.browser import wait_for_answer, wait_until

pytestmark = pytest.mark.browser

BELOW = "/some/where/"


class Host(ThreadingHTTPServer):
    """Serves a folder below a path, and its README everywhere else."""

    folder: Path
    is_broken = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{BELOW}"


class _Handler(SimpleHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        if self.server.is_broken:
            self.send_error(503)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        self.directory = str(self.server.folder)
        inside = path.startswith(BELOW)
        return super().translate_path("/" + path.removeprefix(BELOW) if inside else "/README.md")

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Host(("127.0.0.1", 0), partial(_Handler)) as server:
        server.folder = tmp_path / "site"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a new browser profile; nothing must go wrong there."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(address: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def write_site(folder: Path, *networks: str) -> None:
    assert main(["site", str(folder), "--networks", *networks]) == 0


def networks_in(page: Page) -> list[str]:
    return page.locator("#model option").evaluate_all("options => options.map(o => o.value)")


def caches_of(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker has stored the site and answers for it."""
    wait_until(page, "navigator.serviceWorker.controller !== null")


@pytest.mark.parametrize(
    ("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 15, 17)")]
)
def test_static_pages_follow_the_colour_scheme(
    tmp_path: Path, visit: Callable[..., Page], scheme: str, background: str
) -> None:
    file = tmp_path / "page.html"
    assert main(["page", str(file), "--networks", "mnist-relu"]) == 0
    page = visit(file.as_uri(), color_scheme=scheme)
    wait_for_answer(page)
    shown = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(shown) == background
    text = page.evaluate("getComputedStyle(document.querySelector('.sketchpad')).color")
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    wait_until(page, f"{shown} !== '{background}'")
    assert page.evaluate("getComputedStyle(document.querySelector('.sketchpad')).color") != text


def test_a_site_requests_only_its_own_files(host: Host, visit: Callable[..., Page]) -> None:
    write_site(host.folder, "mnist-relu", "fashion-relu")
    page = visit("about:blank")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(host.address)
    wait_for_answer(page)
    wait_for_worker(page)
    page.locator("#model").select_option("fashion-relu")
    page.locator("[data-label='Ankle boot']").wait_for()
    assert len(requests) > 10
    assert [url for url in requests if not url.startswith(host.address)] == []
    assert len(set(requests)) == len(requests), "each file is requested once"


def test_a_site_opens_although_its_host_is_broken(host: Host, visit: Callable[..., Page]) -> None:
    write_site(host.folder, "mnist-relu")
    page = visit(host.address)
    wait_for_answer(page)
    wait_for_worker(page)
    host.is_broken = True
    for address in (host.address, host.address + "index.html?from=mail#top"):
        page.goto(address)
        wait_for_answer(page)
        assert networks_in(page) == ["mnist-relu"]


def test_the_worker_changes_nothing_else_on_its_host(
    host: Host, visit: Callable[..., Page]
) -> None:
    write_site(host.folder, "mnist-relu")
    page = visit(host.address)
    page.evaluate("caches.open('lenet-sketchpad http://elsewhere/ 1').then(() => null)")
    wait_for_answer(page)
    wait_for_worker(page)
    before = caches_of(page)
    assert len(before) == 2
    get = "path => fetch(path).then(answer => answer.text())"
    for path in ("../other/page.html", "README.md"):
        assert "sdk: static" in page.evaluate(get, path)
    cached = page.evaluate(
        """async () => {
          const all = await Promise.all((await caches.keys()).map(async (name) =>
            (await (await caches.open(name)).keys()).map((request) => request.url)));
          return all.flat();
        }"""
    )
    assert len(cached) > 10
    assert all(url.startswith(host.address) for url in cached)
    assert not [url for url in cached if url.endswith("README.md")]


def test_an_updated_site_replaces_the_cached_one_but_not_its_networks(
    host: Host, visit: Callable[..., Page]
) -> None:
    write_site(host.folder, "mnist-relu", "mnist-classic")
    page = visit(host.address)
    wait_for_answer(page)
    wait_for_worker(page)
    page.locator("#model").select_option("mnist-classic")
    wait_until(
        page,
        """async () => {
          const about = await (await fetch("networks/mnist-classic/about.json")).json();
          const weights = `networks/mnist-classic/${about.version}/model.safetensors`;
          return Boolean(await caches.match(weights));
        }""",
    )
    before = caches_of(page)
    write_site(host.folder, "mnist-relu", "mnist-classic", "mnist-conv3")
    page.evaluate(
        "navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => null)"
    )
    wait_until(
        page,
        """async (before) => {
          const names = await caches.keys();
          return names.length === 1 && names[0] !== before;
        }""",
        before[0],
    )
    host.is_broken = True
    page.reload()
    answers = wait_for_answer(page)
    assert len(networks_in(page)) == 3
    page.locator("#model").select_option("mnist-classic")
    wait_for_answer(page, answers)
    assert page.locator("#model").input_value() == "mnist-classic"


def test_a_folder_that_is_opened_without_a_server_says_what_to_do(
    tmp_path: Path, visit: Callable[..., Page]
) -> None:
    write_site(tmp_path / "site", "mnist-relu")
    page = visit((tmp_path / "site" / "index.html").as_uri())
    page.get_by_text("This page needs a web server").wait_for()


HOST_PAGE = """<!doctype html><html lang="en"><title>A page about digits</title>
<script type="module" src="{app}element.js"></script>
<body style="background: tan"><h1>Digits</h1>{content}</body>"""


@pytest.fixture
def embed(visit: Callable[..., Page], host: Host, address: str) -> Callable[..., Page]:
    """Opens a page of a different host that contains elements of the running app."""

    def open_page(content: str, **options: Any) -> Page:
        host.folder.mkdir()
        page = HOST_PAGE.format(app=address, content=content)
        (host.folder / "index.html").write_text(page, encoding="utf-8")
        return visit(host.address, **options)

    return open_page


def test_the_element_works_on_a_different_host(embed: Callable[..., Page]) -> None:
    page = embed("<lenet-sketchpad></lenet-sketchpad>", color_scheme="dark")
    wait_for_answer(page)
    assert page.locator("#model").input_value() == "mnist-relu"
    assert page.get_by_role("button", name="Clear").count() == 1
    assert page.get_by_role("button", name="Open a picture").count() == 1
    style = "selector => { const s = getComputedStyle(document.querySelector(selector)); "
    assert page.evaluate(style + "return s.backgroundColor }", "lenet-sketchpad") == (
        "rgb(15, 15, 17)"
    )
    assert page.evaluate(style + "return s.color }", ".sketchpad") == "rgb(244, 244, 245)"
    assert page.evaluate(style + "return s.backgroundColor }", "body") == "rgb(210, 180, 140)"


def test_the_element_reads_test_images_in_a_worker(embed: Callable[..., Page]) -> None:
    page = embed("<lenet-sketchpad></lenet-sketchpad>")
    wait_for_answer(page)
    page.locator("#muting summary").click()
    page.get_by_role("button", name="Read 1,000 test images").click()
    page.get_by_text("of 1,000 test images correctly").wait_for(timeout=90_000)
    assert len(page.workers) == 1


def test_the_element_opens_the_network_in_its_attribute(embed: Callable[..., Page]) -> None:
    page = embed('<lenet-sketchpad network="mnist-conv3"></lenet-sketchpad>')
    wait_for_answer(page)
    assert page.locator("#model").input_value() == "mnist-conv3"
    page.locator("#layer-3").wait_for()


def test_elements_can_be_added_moved_and_removed(embed: Callable[..., Page]) -> None:
    page = embed("<main></main>")
    page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.attachShadow({ mode: "open" }).innerHTML = "<lenet-sketchpad></lenet-sketchpad>";
          document.body.append(document.createElement("lenet-sketchpad"));
          document.body.append(document.createElement("lenet-sketchpad"));
        }"""
    )
    for number in range(3):
        page.locator("lenet-sketchpad").nth(number).locator("[data-label='3']").wait_for()
    assert page.locator("head link[rel=stylesheet]").count() == 1
    pads = page.locator("lenet-sketchpad .pad:visible")
    assert {
        round(box["width"] / box["height"], 1) for pad in pads.all() if (box := pad.bounding_box())
    } == {1}
    page.evaluate(
        """() => {
          const [first, second] = document.querySelectorAll("lenet-sketchpad");
          second.after(first);
          second.remove();
        }"""
    )
    page.locator("body > lenet-sketchpad [data-label='3']").wait_for()
    assert page.locator("lenet-sketchpad").count() == 2
