"""Title and meta tags for shared links, and the files that the page serves."""

import re
import urllib.request
from html import unescape
from html.parser import HTMLParser

import pytest
from PIL import Image

from lenet.page.preview import DESCRIPTION, TITLE, tags
from lenet.server.preview import rewrite_head

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "digits.example.org"}


class Head(HTMLParser):
    """Collects the title and the named meta tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("property") or values.get("name")
        if tag == "meta" and name:
            self.tags.append((name, values.get("content") or ""))
        if tag == "title":
            self.tags.append(("title", ""))


def fetch(address: str, headers: dict[str, str] | None = None) -> bytes:
    request = urllib.request.Request(address, headers=headers or {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


@pytest.mark.parametrize(
    ("headers", "root"),
    [({}, None), (FORWARDED, "https://digits.example.org/")],
    ids=["direct", "behind a proxy"],
)
def test_a_shared_link_shows_our_own_preview(
    address: str, headers: dict[str, str], root: str | None
) -> None:
    page = fetch(address, headers).decode()
    ours = [
        tag
        for tag in Head(page).tags
        if tag[0] in ("title", "description") or tag[0].startswith(("og:", "twitter:"))
    ]
    tags = dict(ours)
    assert len(tags) == len(ours), "no duplicates"
    assert tags["og:title"] == tags["twitter:title"] == TITLE
    assert tags["description"] == tags["og:description"] == DESCRIPTION
    assert tags["og:url"] == (root or address)
    assert tags["og:image"] == tags["twitter:image"] == (root or address) + "preview.png"
    assert re.search("<title>(.*?)</title>", page, re.S)
    assert "{url}" not in page


def test_the_preview_picture_is_served(address: str) -> None:
    with urllib.request.urlopen(address + "preview.png", timeout=20) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        with Image.open(answer) as picture:
            assert min(picture.size) > 300


def test_markup_in_a_host_name_is_escaped() -> None:
    page = b"<html><head><meta charset='utf-8'></head><script></script>"
    page = page.replace(b"</head>", b"") + b"</head>"
    address = 'https://"><script>alert(1)</script>/'
    rewritten = rewrite_head(page, tags(address, address)).decode()
    assert "alert(1)</script>" not in rewritten
    assert dict(Head(rewritten).tags)["og:url"] == address == unescape(address)


def test_a_page_with_a_different_structure_is_unchanged() -> None:
    page = b"<html><head></head><body><script></script></body></html>"
    assert rewrite_head(page, "<title>Ours</title>") == page


def test_the_app_serves_what_its_page_preloads(address: str) -> None:
    links = re.findall('<link rel="[a-z]*preload"[^>]* href="([^"]+)">', fetch(address).decode())
    assert {"networks.json", "networks/mnist-relu/about.json", "examples/mnist.json"} < set(links)
    assert "examples/mnist-1000.png" not in links, "fetched only when needed"
    assert len([path for path in links if path.endswith("/page.js")]) == 1
    for path in links:
        assert fetch(address + path), path
