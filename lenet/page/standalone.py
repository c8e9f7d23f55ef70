"""The HTML around the page in its static forms, where Gradio's is absent."""

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


def document(icon: str, preview: str | None, head: str) -> str:
    """An HTML page with an element `.sketchpad`; `icon` and `preview` are addresses of pictures."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{tags(preview)}
<link rel="icon" href="{icon}">
<style>{STYLE}</style>
<script>{{{SCHEME}}}</script>
{head}
</head>
<body>
<div class="sketchpad"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
"""
