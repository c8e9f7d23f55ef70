"""Imports between the browser's modules go in one direction only."""

import re
from pathlib import PurePosixPath

import pytest

from lenet.page.modules import WEB

LAYERS = ["core", "parts", "instruments", "views", "main", "entry"]
ENTRIES = {
    "app.js", "site.js", "file.js", "element.js", "served.js", "worker.js", "service-worker.js",
}  # fmt: skip
"""Modules that start a page, each in its own way; they know the document."""
SOURCES = {file.relative_to(WEB).as_posix(): file.read_text("utf-8") for file in WEB.rglob("*.js")}
# Type imports are comments, which this does not match.
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];""", re.M)


def layer(module: str) -> int:
    """The index of a module's layer; the store, texts and tasks of the tour count as core."""
    if module in ENTRIES:
        return LAYERS.index("entry")
    name = PurePosixPath(module).parts[0].removesuffix(".js")
    return LAYERS.index("core" if name in ("state", "texts", "tour") else name)


def resolved(module: str, name: str) -> str:
    parts: list[str] = list(PurePosixPath(module).parent.parts)
    for part in PurePosixPath(name).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


IMPORTS = {
    module: [resolved(module, name) for name in IMPORT.findall(source)]
    for module, source in SOURCES.items()
}


def test_every_import_names_a_module() -> None:
    assert {name for names in IMPORTS.values() for name in names} <= set(SOURCES)
    assert len(IMPORTS["main.js"]) > 4, "imports are found"


@pytest.mark.parametrize("module", SOURCES)
def test_modules_import_only_from_the_same_or_a_lower_layer(module: str) -> None:
    for imported in IMPORTS[module]:
        assert layer(imported) <= layer(module), imported


SIBLINGS = ("views/", "instruments/")


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith(SIBLINGS)])
def test_views_and_instruments_do_not_import_each_other(module: str) -> None:
    if not module.endswith("index.js"):
        assert not {name for name in IMPORTS[module] if name.startswith(SIBLINGS)} - {
            "instruments/index.js"
        }


def test_there_is_no_import_cycle() -> None:
    left = dict(IMPORTS)
    while free := [module for module, names in left.items() if not set(names) & set(left)]:
        for module in free:
            del left[module]
    assert left == {}


def code(source: str) -> str:
    return re.sub(r"/\*\*.*?\*/|^\s*//[^\n]*$", "", source, flags=re.S | re.M)


@pytest.mark.parametrize("module", [name for name in SOURCES if layer(name) == 0])
def test_the_core_does_not_use_the_dom(module: str) -> None:
    # A `Window` in a network has n, k, p and s.
    assert not re.search(
        r"\b(document|window\.(?![nkps]\b)|HTML\w+|Event\b|canvas)", code(SOURCES[module])
    )


@pytest.mark.parametrize("module", sorted(SOURCES.keys() - ENTRIES))
def test_modules_do_not_search_the_document(module: str) -> None:
    """Views search in their panel and parts in their element, and nothing on import."""
    source = code(SOURCES[module])
    assert not re.search(r"document\.(querySelector|getElement|body|head)", source)
    # Top-level statements, which run on import, are not indented.
    for line in source.splitlines():
        if not line.startswith((" ", "export function", "function", "export async", "}")):
            assert "=>" in line or "document" not in line, line
