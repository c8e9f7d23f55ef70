"""The page's files: from a server that answers, errs or is gone, and from the page itself."""

import base64
import gzip
import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

READ = """
const { filesAt, filesIn, NotReachable } = await import("/core/files.js");
const { SketchpadError } = await import("/core/errors.js");
const outcome = (pending) => pending.then((value) => value, (error) => {
  if (error instanceof NotReachable) return "not reachable";
  if (error instanceof SketchpadError) return { error: error.message };
  throw error;
});
"""


@pytest.fixture
def page(blank: Any) -> Page:
    return blank()


def read(page: Page, body: str, argument: Any = None) -> Any:
    return page.evaluate(f"async (argument) => {{ {READ} {body} }}", argument)


def answer(page: Page, **options: Any) -> Any:
    """What reading a JSON file from a server yields that answers like this."""

    def fulfil(route: Route) -> None:
        route.fulfill(**options)

    page.route("**/below/**", fulfil)
    return read(
        page, 'return outcome(filesAt(new URL("/below/", location.href)).json("file.json"));'
    )


def test_files_are_read_below_an_address(page: Page) -> None:
    addresses: list[str] = []

    def fulfil(route: Route) -> None:
        addresses.append(route.request.url)
        route.fulfill(body='{"a": 1}')

    page.route("**/below/**", fulfil)
    found = read(
        page,
        """
        const files = filesAt(new URL("/below/", location.href));
        return [await files.json("networks/a%20b/c.json"), await files.text("d"),
          [...new Uint8Array(await files.bytes("e"))].length];
        """,
    )
    assert found == [{"a": 1}, '{"a": 1}', 8]
    paths = [address.partition("/below/")[2] for address in addresses]
    assert paths == ["networks/a%20b/c.json", "d", "e"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"status": 404, "body": json.dumps({"error": "It is damaged."})},
            {"error": "It is damaged."},
        ),
        (
            {"status": 404, "body": "<h1>Not found</h1>"},
            {"error": "A file of the page is missing: /below/file.json. Reload the page."},
        ),
        ({"status": 404, "body": '{"detail": "Not Found"}'}, "missing"),
        ({"status": 502, "body": "<h1>Bad gateway</h1>"}, "not reachable"),
        ({"status": 503, "body": '{"error": 7}'}, "not reachable"),
        ({"status": 429, "body": "Slow down"}, "not reachable"),
        ({"status": 200, "body": "<h1>Please log in to this Wi-Fi</h1>"}, "not reachable"),
    ],
    ids=["a sentence", "missing", "detail", "gateway", "number", "too many", "not JSON"],
)
def test_errors_are_sentences_or_no_answer(
    page: Page, options: dict[str, Any], expected: Any
) -> None:
    found = answer(page, **options)
    if expected == "missing":
        assert "missing" in found["error"]
    else:
        assert found == expected


def test_a_server_that_is_gone_is_not_reachable(page: Page) -> None:
    page.route("**/below/**", lambda route: route.abort())
    found = read(page, 'return outcome(filesAt(new URL("/below/", location.href)).text("x"));')
    assert found == "not reachable"


def test_a_page_contains_files(page: Page) -> None:
    content = json.dumps({"name": "größe"}).encode()
    record = {"networks/a%20b/c.json": base64.b64encode(gzip.compress(content)).decode()}
    found = read(
        page,
        """
        const files = filesIn(argument);
        const name = Object.keys(argument)[0];
        return [await files.json(name), await files.text(name),
          [...new Uint8Array(await files.bytes(name))],
          await outcome(files.json("networks/other.json")), await outcome(files.json("toString"))];
        """,
        record,
    )
    assert found == [
        {"name": "größe"},
        content.decode(),
        list(content),
        {"error": "This page has no file networks/other.json."},
        {"error": "This page has no file toString."},
    ]
