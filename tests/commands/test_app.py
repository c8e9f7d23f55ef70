from pathlib import Path

import pytest

from lenet.__main__ import main
from lenet.commands import app
from lenet.files import checkpoints_folder


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [([], str(checkpoints_folder())), (["--checkpoints", "mine"], "mine")],
)
def test_the_app_shows_checkpoints_next_to_the_code_or_from_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], folder: str
) -> None:
    launched: list[str] = []
    monkeypatch.setattr(app, "build", lambda checkpoints: f"page of {checkpoints}")
    monkeypatch.setattr(app, "launch", launched.append)
    monkeypatch.chdir(tmp_path)
    assert main(["app", *arguments]) == 0
    assert launched == [f"page of {folder}"]
