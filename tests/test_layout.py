"""The modules depend on each other in one direction only."""

import ast
import subprocess
import sys

import pytest

from tests.support import ROOT

ROWS = [
    # Row 0 is what everybody may use.
    ["lenet.errors", "lenet.options"],
    # They know arrays and tensors, not each other.
    [
        "lenet.data",
        "lenet.layers",
        "lenet.folding",
        "lenet.parallel",
        "lenet.augmentation",
        "lenet.ink",
        "lenet.preprocessing",
        "lenet.rendering",
        "lenet.checkpoint",
        "lenet.calibration",
    ],
    ["lenet.synthesis"],
    ["lenet.networks"],
    ["lenet.summary", "lenet.settings"],
    ["lenet.training"],
    ["lenet.resume", "lenet.sweep"],
    ["lenet.run"],
    ["lenet.prediction"],
    ["lenet.comparison", "lenet.page.examples", "lenet.page.preview", "lenet.page.serving"],
    ["lenet.page.answers", "lenet.page.gallery"],
    ["lenet.page.server"],
    ["lenet.page.blocks", "lenet.page", "lenet", "lenet.__main__"],
    ["benchmarks.ink_to_picture", "benchmarks.strokes", "app", "train"],
    ["benchmarks.rejection", "benchmarks.training"],
]
ROW = {module: number for number, row in enumerate(ROWS) for module in row}


def module_files() -> dict[str, str]:
    files = [*ROOT.glob("lenet/**/*.py"), *ROOT.glob("benchmarks/*.py"), *ROOT.glob("*.py")]
    names = {}
    for file in files:
        parts = file.relative_to(ROOT).with_suffix("").parts
        names[".".join(p for p in parts if p != "__init__")] = file.read_text(encoding="utf-8")
    names.pop("benchmarks")  # holds a docstring only
    return names


def imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (submodules & set(ROW)) or {node.module}
    return found


def test_every_module_has_a_row() -> None:
    assert set(module_files()) == set(ROW)


@pytest.mark.parametrize("module", ROW)
def test_a_module_imports_only_from_rows_above_its_own(module: str) -> None:
    for other in imports(module_files()[module]) & set(ROW):
        # A program may use the package's front door; everybody else names the module.
        assert ROW[other] < ROW[module] or (other == "lenet" and ROW[module] >= ROW["lenet"]), other


def test_gradio_is_imported_in_one_place() -> None:
    users = {name for name, text in module_files().items() if "gradio" in imports(text)}
    assert users == {"lenet.page.blocks", "benchmarks.ink_to_picture"}


def test_tests_do_not_lean_on_benchmarks() -> None:
    for file in ROOT.glob("tests/**/*.py"):
        assert not [name for name in imports(file.read_text("utf-8")) if "benchmarks" in name], file


@pytest.mark.parametrize("command", [["ruff", "format", "--check"], ["ruff", "check"], ["mypy"]])
def test_the_code_is_formatted_linted_and_typed(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
