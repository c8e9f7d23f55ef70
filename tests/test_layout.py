"""Imports between subpackages go in one direction only."""

import ast
from pathlib import Path

import pytest

from tests.support import ROOT

# Each subpackage may import from itself, from the `SHARED` modules at the top of the package, and
# from the subpackages listed here.
ALLOWED = {
    "drawing": (),
    "network": (),
    "datasets": ("drawing", "network"),
    "reading": ("drawing", "network"),
    "training": ("drawing", "network", "datasets", "reading"),
    "sweeps": ("drawing", "network", "datasets", "reading", "training"),
    "page": ("drawing", "network", "datasets", "reading"),
    "server": ("drawing", "network", "datasets", "reading", "page"),
    "hub": ("network", "page"),
    "commands": (
        *("drawing", "network", "datasets", "reading", "training", "sweeps"),
        *("page", "server", "hub"),
    ),
}
SHARED = ("errors", "files", "options", "staging", "tables")


def imports(file: Path) -> set[str]:
    """The modules that a file imports; `from x import y` counts as x.y."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_subpackage_is_listed() -> None:
    subpackages = {path.parent.name for path in (ROOT / "lenet").glob("*/__init__.py")}
    assert subpackages == set(ALLOWED)


@pytest.mark.parametrize("subpackage", ALLOWED)
def test_a_subpackage_imports_only_what_is_allowed(subpackage: str) -> None:
    for file in (ROOT / "lenet" / subpackage).rglob("*.py"):
        used = {name.split(".")[1] for name in imports(file) if name.startswith("lenet.")}
        assert used <= {subpackage, *ALLOWED[subpackage], *SHARED}, file


def test_shared_modules_import_only_each_other() -> None:
    for name in SHARED:
        file = ROOT / "lenet" / f"{name}.py"
        used = {n.split(".")[1] for n in imports(file) if n.startswith("lenet.")}
        assert used <= set(SHARED), file


def test_there_is_no_import_cycle() -> None:
    files = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in (ROOT / "lenet").rglob("*.py")
    }
    left = {
        module: {
            name
            for found in imports(file)
            for name in (found, found.rpartition(".")[0])
            if name in files and name != module and module != "lenet"
        }
        for module, file in files.items()
    }
    while free := [module for module, needed in left.items() if not needed & set(left)]:
        for module in free:
            del left[module]
    assert left == {}


def test_gradio_is_imported_in_one_place() -> None:
    files = [*ROOT.glob("lenet/**/*.py"), *ROOT.glob("*.py")]
    users = {file for file in files if any(n.partition(".")[0] == "gradio" for n in imports(file))}
    assert [file.parent.name for file in users] == ["server"]


def test_only_the_benchmark_tests_import_benchmarks() -> None:
    drawn = "benchmarks.made_pictures"  # the browser has to read these pictures as Python does
    for file in (ROOT / "tests").rglob("*.py"):
        if file.parent.name != "benchmarks":
            used = {name for name in imports(file) if name.startswith("benchmarks")}
            assert used <= {drawn}, file
