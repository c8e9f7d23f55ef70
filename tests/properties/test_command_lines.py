"""Whatever is on the command line, it is run, or rejected with a sentence or a usage error."""

import argparse
import io
import socket
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from PIL import Image

from lenet import LeNet
from lenet.__main__ import COMMANDS, main
from tests.properties.watch import attempt, check_sentence, tally_of
from tests.support.digits import DIGITS, grey

TRIED = ("app", "site", "page", "predict", "train", "sweep", "summary", "deploy")
PICTURE, NOT_PICTURE, FOLDER, NETWORK = "three.png", "three.txt", "folder", "network"


def options_of(name: str) -> list[argparse.Action]:
    parser = argparse.ArgumentParser(add_help=False)
    import_module(f"lenet.commands.{name}").add_arguments(parser)
    return [action for action in parser._actions if action.option_strings]


OPTIONS = {name: options_of(name) for name in TRIED}
NEEDED = {
    "site": [["public"]],
    "page": [["page.html"]],
    "predict": [[PICTURE]],
    "sweep": [["--vary", "kernel=1..3"]],
    "summary": [["relu"]],
    "deploy": [
        *([kind, "user/name"] for kind in ("app", "site")),
        ["checkpoint", NETWORK, "user/name"],
    ],
}
FILES = [PICTURE, NOT_PICTURE, FOLDER, NETWORK]
FILES += [f"{FOLDER}/new.html", "page.html", "missing/x", "user/name"]
NAMES = ["relu", "conv3", "mnist-relu", "fashion-mnist", "classic", "quick", "d2l", "d2l-kernels"]
LISTS = ["kernel=1..10", "kernel=1,1", "padding=half", "kernel=9..1", "x=", "=", "epochs=1e9..2"]
NUMBERS = ["0", "-1", "1", "7860", "65536", "1e309", "nan", "-inf", "0x10", "१", "9" * 5_000]
HOSTS = ["127.0.0.1", "::1", "[::1]", "a..b", "." * 300, "é" * 70, "/digits", "http://["]
ODD = ["", " ", "\n", "x" * 500, "A" * 100_000, "cpu", "cuda", "\udcff", "*", "--", "-", "@file"]
WORDS = st.sampled_from([*FILES, *NAMES, *LISTS, *NUMBERS, *HOSTS, *ODD])
# A real command line has no NUL. Nothing is written outside the folder of the test.
TEXT = st.text(st.characters(exclude_characters="\0/\\", codec="utf-8"), max_size=12)
VALUES = st.one_of(WORDS, st.integers().map(str), st.floats().map(str), TEXT.map(lambda t: f"~{t}"))


def values_of(action: argparse.Action) -> SearchStrategy[str]:
    """Values of an option, most of which it accepts."""
    if action.type is int:
        return st.integers(0, 100).map(str) | VALUES
    if action.type is float:
        return st.floats(0, 1).map(str) | VALUES
    listed = str(action.metavar or "").strip("{}").split(",")
    return st.sampled_from(listed) | VALUES


@st.composite
def command_lines(draw: DrawFn) -> list[str]:
    name = draw(st.sampled_from(TRIED))
    words = [name]
    if draw(st.integers(0, 4)):
        words += draw(st.sampled_from(NEEDED.get(name, [[]])))
    for _ in range(draw(st.integers(0, 4))):
        action = draw(st.sampled_from(OPTIONS[name]))
        option = draw(st.sampled_from(action.option_strings))
        has_value = action.nargs != 0
        kind = draw(st.sampled_from(["pair", "pair", "joined", "either", "stray"]))
        value = draw(values_of(action))
        if kind == "joined" and has_value:
            words.append(f"{option}={value}")
        elif kind == "stray":
            words.append(draw(VALUES))
        else:
            # Now and then, a value is missing or is one too many.
            words += [option, value] if has_value != (kind == "either") else [option]
    return words


class _Launched(ModuleType):
    """Takes the place of the module that imports Gradio and serves the page."""

    @staticmethod
    def launch(*_: Any) -> None:
        """Serve nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to run commands in, which reach their checks but neither train, serve nor upload."""
    folder = tmp_path_factory.mktemp("commands") / "inside"
    folder.mkdir()
    Image.fromarray(255 - grey(DIGITS["3"])).save(folder / PICTURE)
    (folder / NOT_PICTURE).write_text("three")
    (folder / FOLDER).mkdir()
    LeNet().save_pretrained(folder / NETWORK)
    resolve = socket.getaddrinfo

    def numeric(host: str, port: int, **options: Any) -> Any:
        return resolve(host, port, flags=socket.AI_NUMERICHOST, **options)

    def missing(*_: Any, **__: Any) -> None:
        raise OSError("There is no connection.")

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setitem(sys.modules, "lenet.server.blocks", _Launched("blocks"))
        patch.setattr("lenet.server.address.socket.getaddrinfo", numeric)
        patch.setattr("lenet.network.checkpoint.hf_hub_download", missing)
        patch.setattr("lenet.training.settings.checkpoints_folder", lambda: folder / "networks")
        for name in ("run.load_data", "run.run_on"):
            patch.setattr(f"lenet.training.{name}", lambda *_: None)
        patch.setattr("lenet.commands.sweep.sweep", lambda settings: settings.values)
        patch.setattr("lenet.page.site.write_site", lambda *_: {})
        patch.setattr("lenet.hub.uploads.site_files", lambda *_: {})
        patch.setattr("lenet.hub.client.send", lambda *_: "")
        patch.setattr("lenet.page.single_file.single_file", lambda *_: "")
        patch.setattr("lenet.training.plan.prepare_device", lambda *_: torch.device("cpu"))
        yield folder


def run(arguments: list[str]) -> tuple[int, str]:
    """The status of a command line, and what it writes to a terminal that knows only ASCII."""
    output, errors = (
        io.TextIOWrapper(io.BytesIO(), "ascii", errors, write_through=True)
        for errors in ("strict", "backslashreplace")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        patch.setattr(sys, "stderr", errors)
        try:
            status = main(arguments)
        except SystemExit as stopped:
            status = stopped.code if isinstance(stopped.code, int) else -1
    written = errors.buffer
    assert isinstance(written, io.BytesIO)
    return status, written.getvalue().decode("ascii")


@pytest.mark.filterwarnings("ignore")
@given(command_lines())
@example(["predict", PICTURE, "--checkpoint", "é" * 70])
def test_any_command_line(folder: Path, arguments: list[str]) -> None:
    found = attempt("command lines", run, arguments)
    assert found is not None, "the error must not leave the command"
    status, errors = found
    tally_of("command lines").rejected += status != 0
    assert "Traceback" not in errors
    if status == 1 and errors:
        # Some sentences repeat a name twice.
        echoed = 2 * max(len(ascii(argument)) for argument in arguments)
        check_sentence(errors.strip().splitlines()[-1], echoed)
    assert status in (0, 1, 2)
    assert list(folder.parent.iterdir()) == [folder]


def test_every_command_is_tried() -> None:
    assert set(TRIED) == set(COMMANDS)
