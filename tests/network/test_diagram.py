"""The SVG drawing of a network."""

from xml.etree import ElementTree

from lenet.network.config import PRESETS, LeNetConfig
from lenet.network.diagram import diagram
from lenet.network.summary import Layer, summarise

SVG = "{http://www.w3.org/2000/svg}"


def drawn(layers: list[Layer], name: str = "The network") -> ElementTree.Element:
    return ElementTree.fromstring(diagram(layers, name))


def test_the_drawing_follows_the_tutorials_compressed_notation() -> None:
    svg = drawn(summarise(PRESETS["classic"]))
    chain = [
        "28×28 image",
        "5×5 conv (6), pad 2",
        "2×2 avg pool, stride 2",
        "5×5 conv (16)",
        "2×2 avg pool, stride 2",
        "dense (120)",
        "dense (84)",
        "dense (10)",
    ]
    written = [text.text for text in svg.iter(f"{SVG}text")]
    assert [text for text in written if text in chain] == chain
    shapes = ["1×28×28", "6×28×28", "6×14×14", "16×10×10", "16×5×5", "120", "84"]
    assert [text for text in written if text in shapes] == shapes
    assert svg.findtext(f"{SVG}desc") == " → ".join(chain)


def test_the_drawing_stays_in_its_frame_and_uses_the_text_colour(config: LeNetConfig) -> None:
    svg = drawn(summarise(config))
    left, top, right, bottom = map(float, svg.attrib["viewBox"].split())
    boxes = [
        {k: float(box.attrib[k]) for k in ("x", "y", "width", "height")}
        for box in svg.iter(f"{SVG}rect")
    ]
    assert len(boxes) == len(summarise(config))
    for box in boxes:
        assert left <= box["x"] < box["x"] + box["width"] <= right
        assert top <= box["y"] < box["y"] + box["height"] <= bottom
    colours = {e.attrib[a] for e in svg.iter() for a in ("fill", "stroke") if a in e.attrib}
    assert colours == {"currentColor"}


def test_the_name_of_the_network_is_escaped() -> None:
    svg = drawn(summarise(PRESETS["relu"]), "<script>&")
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == "<script>&, layer by layer"
    assert svg.attrib["aria-labelledby"].split()[0] == title.attrib["id"]
    assert list(svg.iter(f"{SVG}script")) == []
