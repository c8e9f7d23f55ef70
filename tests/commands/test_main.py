import re
import subprocess
import sys
from importlib import import_module

import pytest

from lenet.__main__ import COMMANDS, main
from tests.support import ROOT


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    modules = {path.stem for path in (ROOT / "lenet" / "commands").glob("*.py")} - {"__init__"}
    assert modules == set(COMMANDS)
    for name, text in COMMANDS.items():
        assert f"{name} " in shown
        assert text in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_describes_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: python -m lenet {name}" in shown
    assert import_module(f"lenet.commands.{name}").DESCRIPTION.splitlines()[0] in shown


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["--unknown"]])
def test_a_missing_or_unknown_command_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["app", "--host=--"],
        ["app", "--port=--"],
        ["site", "public", "--networks=--"],
        ["train", "--lr=--"],
    ],
)
def test_two_dashes_are_not_a_value(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    option = arguments[-1].removesuffix("=--")
    assert f"argument {option}: expected a value, got --\n" in capsys.readouterr().err


def test_two_dashes_end_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--", "--three=--"]) == 1
    assert "--three=--" in capsys.readouterr().err


def test_a_command_imports_only_what_it_needs() -> None:
    program = """
import sys
from lenet.__main__ import main
assert main(["summary", "relu"]) == 0
loaded = {name.split(".")[1] for name in sys.modules if name.startswith("lenet.")}
assert not loaded & {"training", "sweeps", "page", "datasets"}, loaded
assert "gradio" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("script", ["app", "train"])
def test_the_scripts_at_the_root_run_the_same_commands(script: str) -> None:
    done = subprocess.run(
        [sys.executable, f"{script}.py", "--help"], cwd=ROOT, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    assert f"usage: python {script}.py" in done.stdout
    assert import_module(f"lenet.commands.{script}").DESCRIPTION.splitlines()[0] in done.stdout


def test_the_console_script_runs_main() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    script = re.search(r'^lenet = "([\w.]+):(\w+)"$', project, re.MULTILINE)
    assert script
    assert getattr(import_module(script[1]), script[2]) is main
