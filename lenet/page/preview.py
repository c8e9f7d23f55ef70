"""Title and meta tags for shared links, browser tabs and search engines."""

from html import escape

TITLE = "LeNet Sketchpad"
DESCRIPTION = "Draw a digit and see inside a convolutional network while it reads it."


def tags(image: str | None, address: str | None = None) -> str:
    """Title, description and preview; `image` and `address` (of the page) if they are known."""
    properties = {
        "og:type": "website",
        "og:title": TITLE,
        "og:description": DESCRIPTION,
        "og:url": address,
        "og:image": image,
    }
    names = {
        "description": DESCRIPTION,
        "twitter:card": image and "summary_large_image",
        "twitter:title": TITLE,
        "twitter:description": DESCRIPTION,
        "twitter:image": image,
    }
    return "\n".join(
        [
            f"<title>{TITLE}</title>",
            *(f'<meta property="{k}" content="{escape(v)}">' for k, v in properties.items() if v),
            *(f'<meta name="{k}" content="{escape(v)}">' for k, v in names.items() if v),
        ]
    )
