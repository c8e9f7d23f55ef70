from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet import Predictor, SketchpadError
from lenet.__main__ import main
from tests.support.digits import DIGITS, grey


def test_the_default_network_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(grey(DIGITS["7"])).save(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "seven.png"]) == 0
    assert capsys.readouterr().out.startswith("seven.png: 7 (")


def test_a_picture_that_cannot_be_read_is_reported_as_in_python(
    tmp_path: Path, predictor: Predictor, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "35.png"
    Image.fromarray(np.hstack([grey(DIGITS["3"]), grey(DIGITS["5"])])).save(file)
    with pytest.raises(SketchpadError, match="more than one digit") as error:
        predictor(file)
    assert main(["predict", str(file)]) == 1
    assert capsys.readouterr().err == f"{file}: {error.value}\n"
