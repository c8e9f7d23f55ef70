"""The page's code and style, read once.

The sources are plain modules and style sheets. Browsers receive them linked, one file each for the
page, its worker and its style, because every request costs time on both sides.
"""

import json
from functools import lru_cache
from pathlib import Path

from lenet.page.linking import exports, linked
from lenet.page.versions import version_of

WEB = Path(__file__).with_name("web")
PAGE, TASK_WORKER, STYLE = "page.js", "worker.js", "style.css"
"""The page, what runs long computations apart from it, and the style of both themes."""
ENTRIES = ("app.js", "site.js", "element.js", TASK_WORKER)
"""The modules whose exports `page.js` exports."""
WORKER = "service-worker.js"


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    """The code of each module by its path."""
    paths = sorted(path for path in WEB.rglob("*.js") if path.name != WORKER)
    return {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@lru_cache(maxsize=1)
def web_files() -> dict[str, bytes]:
    """The files that browsers load: `page.js`, `worker.js` and `style.css`."""
    files = {
        PAGE: linked(sources(), *ENTRIES) + exports(sources(), *ENTRIES),
        TASK_WORKER: f'import {{ work }} from "./{PAGE}";\nwork();\n',
        STYLE: style(),
    }
    return {name: content.encode() for name, content in files.items()}


@lru_cache(maxsize=1)
def web_folder() -> str:
    """`web-` and a version of what browsers load."""
    return f"web-{version_of(web_files())}"


def style() -> str:
    """All style sheets, the shared one first."""
    sheets = sorted((WEB / "styles").glob("*.css"), key=lambda path: (path.stem != "base", path))
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def worker() -> str:
    """The code of the service worker, which uses the constant `SITE`."""
    return (WEB / WORKER).read_text(encoding="utf-8")


def inline_json(value: object) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
