"""The browser's modules depend on each other in one direction only."""

import re
from pathlib import PurePosixPath

import pytest

from lenet.page.serving import WEB

ROWS = ["core", "parts", "views", "main"]
SOURCES = {file.relative_to(WEB).as_posix(): file.read_text("utf-8") for file in WEB.rglob("*.js")}
# Not those of types, which are comments.
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];""", re.M)


def row(module: str) -> int:
    """The store is one of those who know nobody."""
    return ROWS.index(PurePosixPath(module).parts[0].removesuffix(".js").replace("state", "core"))


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
def test_arrows_point_to_the_row_above_or_the_same(module: str) -> None:
    for other in IMPORTS[module]:
        assert row(other) <= row(module), other


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith("views/")])
def test_views_do_not_import_each_other(module: str) -> None:
    if module != "views/index.js":
        assert not [other for other in IMPORTS[module] if other.startswith("views/")]


def test_there_is_no_circle() -> None:
    left = dict(IMPORTS)
    while free := [module for module, names in left.items() if not set(names) & set(left)]:
        for module in free:
            del left[module]
    assert left == {}


def code(source: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*$", "", source, flags=re.S | re.M)


@pytest.mark.parametrize("module", [name for name in SOURCES if row(name) == 0])
def test_the_core_knows_no_dom(module: str) -> None:
    assert not re.search(r"\b(document|window\.|HTML\w+|Event\b|canvas)", code(SOURCES[module]))


@pytest.mark.parametrize("module", SOURCES)
def test_nothing_looks_into_the_document_when_a_module_is_loaded(module: str) -> None:
    """And nobody searches all of it: a view has a panel, a part has an element."""
    source = code(SOURCES[module])
    assert not re.search(r"document\.(querySelector|getElement|body|head)", source)
    # Statements of the module itself are not indented.
    for line in source.splitlines():
        if not line.startswith((" ", "export function", "function", "export async", "}")):
            assert "=>" in line or "document" not in line, line
