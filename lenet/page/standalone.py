"""The HTML around the page in its static forms, where Gradio's is absent."""

from collections.abc import Mapping, Sequence

from lenet.page.policy import hash_of, policy
from lenet.page.preview import tags

# As in the app; Gradio sets the class `dark` there.
STYLE = """
:root { color-scheme: light; background: #fff; font-family: system-ui, sans-serif; }
:root.dark { color-scheme: dark; background: #0f0f11; }
body { margin: 0; }
"""
# Runs before anything is shown, so that dark pages don't flash.
SCHEME = """
const scheme = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark", scheme.matches);
scheme.addEventListener("change", follow);
follow();
"""


# Pictures are drawn as SVG before they are saved, and opened by address.
PICTURES = ("data:", "blob:")


def document(
    icon: str, preview: str | None, head: str, body: str, allowed: Mapping[str, Sequence[str]]
) -> str:
    """An HTML page with an element `.sketchpad`; `icon` and `preview` are addresses of pictures.

    `allowed` says what the page may load and run apart from its pictures, and from the style and
    the script that are here: see `lenet.page.policy`.
    """
    scheme = f"{{{SCHEME}}}"
    own = {"script": [hash_of(scheme)], "style": [hash_of(STYLE)], "img": PICTURES}
    sources = {kind: [*own.get(kind, ()), *allowed.get(kind, ())] for kind in {**own, **allowed}}
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy(**sources)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
{tags(preview)}
<link rel="icon" href="{icon}">
<style>{STYLE}</style>
<script>{scheme}</script>
{head}
</head>
<body>
<div class="sketchpad"></div>
<noscript>This page needs JavaScript.</noscript>
{body}
</body>
</html>
"""
