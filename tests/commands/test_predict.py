from pathlib import Path

import pytest
from PIL import Image

from lenet.__main__ import main
from tests.support.digits import DIGITS, grey


def test_the_default_network_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(grey(DIGITS["7"])).save(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "seven.png"]) == 0
    assert capsys.readouterr().out.startswith("seven.png: 7 (")
