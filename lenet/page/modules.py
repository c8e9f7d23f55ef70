"""The browser's modules and style sheets, read once."""

import hashlib
import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path

WEB = Path(__file__).with_name("web")
STYLE, WORKER = "style.css", "service-worker.js"

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
    return f"web-{digest(*(part for name, code in modules().items() for part in (name, code)))}"


def digest(*parts: str | bytes) -> str:
    """16 digits that differ if any of the parts differs."""
    result = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        result.update(b"%d:" % len(content))
        result.update(content)
    return result.hexdigest()[:16]


def style() -> str:
    """All style sheets, the shared one first. All rules are inside `.sketchpad`."""
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


def preloads(*names: str) -> str:
    """Link elements that fetch these modules, and all that they import, at once."""
    links = (
        f'<link rel="modulepreload" href="{web_folder()}/{name}">' for name in imported(*names)
    )
    return "\n".join(links)


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
