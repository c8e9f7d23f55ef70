"""Draw a network layer by layer as an SVG."""

from collections.abc import Sequence
from html import escape

from lenet.network.summary import Layer

BOX_HEIGHT, ARROW, MARGIN = 30, 26, 4
LETTER = 7.6
"""Upper bound of the mean letter width in a label, in pixels at font size 14."""
NAME_WIDTH = 50
SHADES = {"C": 0.16, "S": 0.07}
"""Opacity of the tint of convolutions and poolings, in the colour of the text."""


def diagram(layers: Sequence[Layer], name: str = "The network") -> str:
    """The network as an SVG, in the compressed notation of "Dive into Deep Learning".

    A chain of boxes from the image down to the output (the book's figure goes upwards), with the
    shape of the data next to each arrow. Everything has the colour of the surrounding text, so the
    drawing is readable on light and dark backgrounds.
    """
    width = round(max(len(layer.notation) for layer in layers) * LETTER) + 24
    step = BOX_HEIGHT + ARROW
    right, bottom = NAME_WIDTH + width + MARGIN, len(layers) * step - ARROW + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}" '
        f'width="{right}" height="{bottom}" role="img" '
        'aria-labelledby="picture-title picture-desc" '
        'font-family="system-ui, sans-serif" font-size="14" fill="currentColor">',
        f'<title id="picture-title">{escape(name)}, layer by layer</title>',
        f'<desc id="picture-desc">{escape(" → ".join(layer.notation for layer in layers))}</desc>',
    ]
    middle = NAME_WIDTH + width / 2
    for number, layer in enumerate(layers):
        top = MARGIN + number * step
        line = top + BOX_HEIGHT / 2 + 5
        parts += [
            f'<text x="{NAME_WIDTH - 8}" y="{line}" text-anchor="end" font-size="12">'
            f"{escape(layer.name)}</text>",
            f'<rect x="{NAME_WIDTH}" y="{top}" width="{width}" height="{BOX_HEIGHT}" rx="6" '
            f'fill-opacity="{SHADES.get(layer.name[0], 0)}" stroke="currentColor"/>',
            f'<text x="{middle}" y="{line}" text-anchor="middle">{escape(layer.notation)}</text>',
        ]
        if number + 1 < len(layers):
            parts += _arrow(middle, top + BOX_HEIGHT, layer.size)
    return "\n".join([*parts, "</svg>"])


def _arrow(x: float, top: float, label: str) -> list[str]:
    """An arrow down to the next box, with a label to its right."""
    tip = top + ARROW
    return [
        f'<path d="M{x} {top}V{tip - 6}" stroke="currentColor"/>',
        f'<path d="M{x - 4} {tip - 8}h8l-4 8z"/>',
        f'<text x="{x + 12}" y="{top + ARROW / 2 + 4}" font-size="12">{escape(label)}</text>',
    ]
