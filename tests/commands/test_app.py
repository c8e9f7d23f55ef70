import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lenet.__main__ import main
from lenet.files import checkpoints_folder
from lenet.page.gallery import Gallery
from lenet.server import blocks
from lenet.server.address import Address
from tests.support import ROOT
from tests.support.server import free_port

Launched = list[tuple[Gallery, Address, bool]]
VARIABLES = ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "GRADIO_SHARE")


@pytest.fixture
def launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launched:
    """What the command starts, in a folder without checkpoints."""
    found: Launched = []
    monkeypatch.setattr(blocks, "launch", lambda *arguments: found.append(arguments))
    monkeypatch.setattr(Address, "check_free", lambda self: None)
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return found


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [([], str(checkpoints_folder())), (["--checkpoints", "mine"], "mine")],
    ids=["default", "mine"],
)
def test_the_app_shows_checkpoints_next_to_the_code_or_from_a_folder(
    launched: Launched, arguments: list[str], folder: str
) -> None:
    assert main(["app", *arguments]) == 0
    assert [str(gallery.folder) for gallery, _, _ in launched] == [folder]


def test_by_default_only_this_machine_sees_the_page(launched: Launched) -> None:
    assert main(["app"]) == 0
    assert launched[0][1:] == (Address("127.0.0.1", 7860, ""), False)


def test_options_override_the_environment(
    launched: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(VARIABLES, ("0.0.0.0", "7001", "/from", "True"), strict=True):
        monkeypatch.setenv(name, value)
    assert main(["app"]) == 0
    assert main(["app", "--host", "::1", "--port", "7002", "--root-path", "/to"]) == 0
    assert [rest for _, *rest in launched] == [
        [Address("0.0.0.0", 7001, "/from"), True],
        [Address("::1", 7002, "/to"), True],
    ]


def test_hosts_and_paths_are_written_as_gradio_needs_them() -> None:
    for host in ("::1", "[::1]"):
        address = Address(host, 7860)
        assert (address.host_in_url, address.url) == ("[::1]", "http://[::1]:7860/")
    assert Address("localhost").host_in_url == "localhost"
    assert Address(root_path="/").root_path == ""
    assert Address(root_path="/digits/").root_path == "/digits"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "0"], "between 1 and 65,535, got 0"),
        (["--port", "70000"], "got 70000"),
        (["--root-path", "digits"], "Use /digits"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_impossible_options_are_rejected(
    launched: Launched, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["app", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert launched == []


def test_a_port_from_the_environment_must_be_a_number(
    launched: Launched, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", "http")
    with pytest.raises(SystemExit) as ended:
        main(["app"])
    assert ended.value.code == 2
    assert "--port: invalid int value: 'http'" in capsys.readouterr().err


def run_app(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_taken_port_is_reported_in_one_sentence(taken: int, by: str) -> None:
    option = ["--port", str(taken)] if by == "option" else []
    variable = {} if option else {"GRADIO_SERVER_PORT": str(taken)}
    ended = run_app(*option, **variable)
    assert ended.returncode == 1
    assert ended.stderr == (
        f"app: Port {taken} is taken by another program. Stop it, or choose a free port with "
        "--port.\n"
    )
    assert ended.stdout == ""


def test_a_host_of_another_machine_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", "--host", "192.0.2.1", "--port", str(free_port())]) == 1
    assert "This machine has no address '192.0.2.1'" in capsys.readouterr().err


def test_a_missing_folder_for_temporary_files_is_reported(
    launched: Launched, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a container with a read-only disk, whose volume belongs to a different user."""

    def not_found() -> str:
        raise FileNotFoundError("No usable temporary directory found in ['/spool', '/app']")

    monkeypatch.setattr(tempfile, "gettempdir", not_found)
    assert main(["app"]) == 1
    assert capsys.readouterr().err == (
        "app: No folder for temporary files is writable. Set TMPDIR to a folder that the app's "
        "user can write to, or change that folder's owner.\n"
    )
    assert launched == []


def test_sharing_without_a_connection_ends_in_one_sentence() -> None:
    # Nothing listens at this port, so nothing outside can be reached.
    nowhere = f"http://127.0.0.1:{free_port()}"
    ended = run_app("--share", "--port", str(free_port()), HTTPS_PROXY=nowhere)
    assert ended.returncode == 1
    assert ended.stderr == (
        "app: The tunnel for --share can't be opened. Check the connection, or start without it.\n"
    )
