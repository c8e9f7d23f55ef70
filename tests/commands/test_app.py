from pathlib import Path

import pytest

from lenet.__main__ import main
from lenet.files import checkpoints_folder
from lenet.page import blocks
from lenet.page.gallery import Gallery


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [([], str(checkpoints_folder())), (["--checkpoints", "mine"], "mine")],
    ids=["default", "mine"],
)
def test_the_app_shows_checkpoints_next_to_the_code_or_from_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], folder: str
) -> None:
    launched: list[Gallery] = []
    monkeypatch.setattr(blocks, "launch", launched.append)
    monkeypatch.chdir(tmp_path)
    assert main(["app", *arguments]) == 0
    assert [str(gallery.folder) for gallery in launched] == [folder]
