"""README and docs: links resolve, commands and examples are valid."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import lenet
from lenet.training.settings import TrainingSettings
from tests.support import ROOT
from tests.support.digits import DIGITS, grey

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def blocks(page: Path, language: str) -> Iterator[str]:
    """The fenced code blocks of a page in a language ("" for commands)."""
    for indent, found, text in FENCED.findall(page.read_text(encoding="utf-8")):
        if found == language:
            yield "\n".join(line.removeprefix(indent) for line in text.splitlines())


def python_blocks() -> list[Any]:
    return [
        pytest.param(text, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, text in enumerate(blocks(page, "python"))
    ]


def commands() -> list[str]:
    """Every line in a command block that starts Python."""
    lines = [line for page in PAGES for block in blocks(page, "") for line in block.splitlines()]
    return sorted({line for line in lines if line.startswith(("python ", "torchrun "))})


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub generates them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def test_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split("---", 2)[2].split()) < 850


def test_the_readme_links_to_every_page() -> None:
    found = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {page.relative_to(ROOT).as_posix() for page in PAGES[1:]} <= set(found)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples use."""
    folder = tmp_path_factory.mktemp("desk")
    for name, digit in (("digit", "3"), ("3", "3"), ("8", "8")):
        Image.fromarray(grey(DIGITS[digit])).save(folder / f"{name}.png")
    (folder / "checkpoints").symlink_to(ROOT / "checkpoints")
    return folder


@pytest.mark.parametrize("text", python_blocks())
def test_python_examples_run(text: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    if "gradio_client" in text:
        compile(text, "example", "exec")  # tests/page tests the answers of /predict
    elif text.startswith(("from ", "import ")):
        exec(text, {})
    else:  # an entry of a table
        public = {name: getattr(lenet, name) for name in lenet.__all__}
        exec(f"entry = {{\n{text}\n}}", {**public, "TrainingSettings": TrainingSettings})


def split(line: str) -> tuple[list[str], set[str]]:
    """The program of a command, as arguments for Python, and its options."""
    words = shlex.split(line, comments=True)
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    if "-m" not in words:  # a script, possibly started by torchrun
        return [next(word for word in words if word.endswith(".py"))], options
    module = words[words.index("-m") + 1 :]
    return ["-m", *module[: 2 if module[0] == "lenet" else 1]], options


@pytest.fixture(scope="module")
def help_texts() -> dict[str, str]:
    """The --help output of each program."""
    programs = {" ".join(split(line)[0]): split(line)[0] for line in commands()}
    processes = {
        name: subprocess.Popen(
            [sys.executable, *program, "--help"],
            cwd=ROOT,
            env=os.environ | {"COLUMNS": "300"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, program in programs.items()
    }
    return {name: process.communicate()[0] for name, process in processes.items()}


def missing(options: set[str], text: str) -> set[str]:
    return {option for option in options if not re.search(rf"{option}\b", text)}


@pytest.mark.parametrize("line", commands())
def test_commands_use_existing_programs_and_options(line: str, help_texts: dict[str, str]) -> None:
    program, options = split(line)
    text = help_texts[" ".join(program)]
    # benchmarks.seeds passes unknown options to train.py.
    assert not missing(options, text + help_texts["train.py"] * ("seeds" in program[-1]))


def test_options_in_train_md_exist(help_texts: dict[str, str]) -> None:
    text = (ROOT / "docs" / "train.md").read_text(encoding="utf-8")
    options = set(re.findall(r"`(--[a-z][a-z-]*)", text))
    options |= set(re.findall(r"`python train.py[^`]*?(--[a-z-]+)", text))
    assert options
    assert not missing(options, help_texts["train.py"])
