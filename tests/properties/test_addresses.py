"""Whatever address is asked for, it is a file of the page, or rejected with a sentence."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from lenet.page.gallery import Gallery
from lenet.page.modules import web_folder
from lenet.page.published import File, published
from tests.properties.watch import attempt
from tests.support import ROOT

WORDS = ["networks", "mnist-relu", "examples", "about.json", "config.json", "networks.json"]
WORDS += ["..", ".", "", "~", "etc", "passwd", "\0", "\\", "%2e%2e", web_folder(), "main.js"]
PARTS = st.sampled_from(WORDS) | st.text(max_size=10)
FILES = ["networks.json", "networks/mnist-relu/about.json", "element.js", "preview.png"]
FILES += [f"{web_folder()}/main.js", f"{web_folder()}/core/ink.js", "examples/mnist-1000.png"]


@st.composite
def near_misses(draw: DrawFn) -> str:
    """The address of a file, or one that differs in some part."""
    parts = draw(st.sampled_from(FILES)).split("/")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(parts) - 1))
        parts[at : at + draw(st.integers(0, 1))] = draw(st.lists(PARTS, max_size=2))
    return "/".join(parts)


ADDRESSES = st.lists(PARTS, max_size=6).map("/".join) | near_misses()


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery(ROOT / "checkpoints")


@given(ADDRESSES)
@example("networks/" + "x" * 400 + "/about.json")
@example("networks/../checkpoints/mnist-relu/config.json")
def test_any_address(gallery: Gallery, address: str) -> None:
    published(gallery, "networks.json")  # what every visitor needs is remembered

    def find(address: str) -> File:
        return published(gallery, address)

    found = attempt("addresses", find, address)
    assert found is None or found.content
    if found is not None:
        assert ".." not in address
