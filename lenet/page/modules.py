"""The browser's modules and style sheets, read once."""

import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path

from lenet.page.versions import version_of

WEB = Path(__file__).with_name("web")
STYLE, WORKER = "style.css", "service-worker.js"
TASK_WORKER = "worker.js"
"""the module that runs long computations apart from the page"""

_IMPORT = re.compile(r"""^((?:import|export)\b[^;]*?")(\.[^"]+)(";)""", re.M)


@lru_cache(maxsize=1)
def modules() -> dict[str, bytes]:
    """The content of each module by its path, and `style.css`, which contains all style sheets."""
    paths = sorted(path for path in WEB.rglob("*.js") if path.name != WORKER)
    found = {path.relative_to(WEB).as_posix(): path.read_bytes() for path in paths}
    return {**found, STYLE: style().encode()}


@lru_cache(maxsize=1)
def web_folder() -> str:
    """`web-` and a version, which relative imports inherit."""
    return f"web-{version_of(modules())}"


def style() -> str:
    """All style sheets, the shared one first."""
    sheets = sorted((WEB / "styles").glob("*.css"), key=lambda path: (path.stem != "base", path))
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def worker() -> str:
    """The code of the service worker, which uses the constant `SITE`."""
    return (WEB / WORKER).read_text(encoding="utf-8")


def imported(*names: str) -> list[str]:
    """The modules of these names and all that they import, directly or not, each one once."""
    found = list(names)
    for module in found:  # grows in the loop
        for match in _IMPORT.finditer(modules()[module].decode()):
            if (name := _resolved(module, match[2])) not in found:
                found.append(name)
    return found


def with_absolute_imports(name: str, prefix: str) -> str:
    """The code of a module that imports `prefix` and a path instead of a relative path."""

    def rewrite(found: re.Match[str]) -> str:
        return found[1] + prefix + _resolved(name, found[2]) + found[3]

    return _IMPORT.sub(rewrite, modules()[name].decode())


def _resolved(module: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(module), relative))


def inline_json(value: object) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
