"""The wings of the package depend on each other in one direction only."""

import ast
from pathlib import Path

import pytest

from tests.support import ROOT

# Each wing may import from its own modules, from the modules at the top that everybody may use
# (`SHARED`), and from the wings that are listed here.
ARROWS = {
    "drawing": (),
    "network": (),
    "datasets": ("drawing", "network"),
    "reading": ("drawing", "network"),
    "training": ("drawing", "network", "datasets", "reading"),
    "sweeps": ("drawing", "network", "datasets", "reading", "training"),
    "page": ("drawing", "network", "datasets", "reading"),
    "commands": ("drawing", "network", "datasets", "reading", "training", "sweeps", "page"),
}
SHARED = ("errors", "files", "options", "tables")


def imports(file: Path) -> set[str]:
    """The modules that a file imports, `from x import y` as x.y."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_wing_has_its_arrows() -> None:
    wings = {path.parent.name for path in (ROOT / "lenet").glob("*/__init__.py")}
    assert wings == set(ARROWS)


@pytest.mark.parametrize("wing", ARROWS)
def test_a_wing_imports_only_along_its_arrows(wing: str) -> None:
    for file in (ROOT / "lenet" / wing).rglob("*.py"):
        used = {name.split(".")[1] for name in imports(file) if name.startswith("lenet.")}
        assert used <= {wing, *ARROWS[wing], *SHARED}, file


def test_what_is_shared_leans_on_nothing() -> None:
    for name in SHARED:
        file = ROOT / "lenet" / f"{name}.py"
        used = {n.split(".")[1] for n in imports(file) if n.startswith("lenet.")}
        assert used <= set(SHARED), file


def test_no_circle_within_a_wing() -> None:
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
    assert [file.parent.name for file in users] == ["page"]


def test_only_tests_of_benchmarks_use_them() -> None:
    for file in (ROOT / "tests").rglob("*.py"):
        if file.parent.name != "benchmarks":
            assert not {name for name in imports(file) if name.startswith("benchmarks")}, file
