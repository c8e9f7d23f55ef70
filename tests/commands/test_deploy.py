"""The command that uploads; what it uploads is tested in tests/hub."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lenet.__main__ import main
from lenet.hub import client
from lenet.hub.uploads import Upload
from tests.support import ROOT
from tests.support.hub import serve_hub

MINE = str(ROOT / "checkpoints" / "mnist-relu")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Upload, str, bool]]:
    """Records what would be sent."""
    found: list[tuple[Upload, str, bool]] = []

    def record(upload: Upload, repository: str, private: bool) -> str:
        found.append((upload, repository, private))
        return f"https://hub/{repository}"

    monkeypatch.setattr(client, "send", record)
    return found


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["site", "you/page", "--networks", "mnist-relu"], "the site for a static Space"),
        (["app", "you/page"], "the app for a Gradio Space on a CPU"),
        (["app", "you/page", "--zero-gpu"], "the app for a Gradio Space on ZeroGPU"),
        (["checkpoint", MINE, "you/net"], "the checkpoint mnist-relu as a model"),
    ],
)
def test_a_dry_run_lists_what_the_same_command_sends(
    arguments: list[str], title: str, sent: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", *arguments, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert not sent
    assert main(["deploy", *arguments, "--private"]) == 0
    [(upload, repository, private)] = sent
    assert (upload.title, repository, private) == (
        title,
        arguments[-1 if "checkpoint" in arguments else 1],
        True,
    )
    listed = {line.split(maxsplit=1)[1]: line.split()[0] for line in shown.splitlines()[:-3]}
    assert listed == {path: f"{len(content):,}" for path, content in upload.files.items()}
    size = sum(map(len, upload.files.values()))
    amount = f"{len(upload.files)} files, {size / 1e6:.2f} MB"
    assert shown.splitlines()[-3] == f"This would send {title}: {amount}."
    assert shown.splitlines()[-1] == "Nothing was sent."
    assert f"Sent {title}: {amount}." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["site", "page"], "user/name"),
        (["site", "folder", "you/page"], "Name only the repository"),
        (["checkpoint", "you/net"], "Name the checkpoint's folder"),
        (["checkpoint", "nowhere", "you/net"], "no folder nowhere"),
        (["checkpoint", MINE, "you/net", "--networks", "x"], "for the app and the site"),
        (["checkpoint", MINE, "you/net", "--zero-gpu"], "--zero-gpu is for the app"),
        (["site", "you/page", "--networks", "vgg"], "no network 'vgg'"),
        (["app", "you/page", "--networks", "vgg"], "no network 'vgg'"),
        (["app", "you/page", "--checkpoints", "nowhere"], "no networks in nowhere"),
    ],
)
def test_impossible_requests_are_reported(
    arguments: list[str], words: str, sent: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", *arguments]) == 1
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not sent


def test_the_program_uploads_a_checkpoint(tmp_path: Path) -> None:
    with serve_hub() as hub:
        done = subprocess.run(
            [sys.executable, "-m", "lenet", "deploy", "checkpoint", MINE, "you/net"],
            cwd=ROOT,
            env=os.environ
            | {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path), "HF_TOKEN": "hf_token"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert f"Open {hub.address}/you/net" in done.stdout
        assert "hf_token" not in done.stdout + done.stderr
        weights = (ROOT / "checkpoints" / "mnist-relu" / "model.safetensors").read_bytes()
        assert hub.files["model.safetensors"] == weights
