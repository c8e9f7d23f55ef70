import re
from pathlib import Path
from typing import Any

import pytest

from lenet.errors import SketchpadError
from lenet.training.plan import make_plan
from lenet.training.settings import TrainingSettings
from tests.support import ROOT

RELU = ROOT / "checkpoints" / "mnist-relu"


@pytest.mark.parametrize(
    ("out", "words"),
    [
        (".", "current folder"),
        ("..", "current folder or a parent"),
        ("/", "current folder or a parent"),
        ("file", "is a file"),
        ("file/net", "can't be written"),
        ("broken", "is a broken link"),
        ("diary", "contains unrelated files"),
    ],
)
def test_an_unsuitable_folder_is_rejected_in_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, words: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "diary.txt").write_text("dear diary")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SketchpadError, match=words):
        make_plan(TrainingSettings(out=out), "")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "broken", "diary"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"resume": True, "out": "nowhere/net"}, "omit --resume"),
        ({"device": "abacus"}, "--device abacus is not available here"),
        ({"preset": "lenet5-1998", "precision": "bfloat16"}, "--precision bfloat16"),
        ({"all_images": True, "calibration": "nowhere"}, "nowhere"),
        (
            {"preset": "classic", "all_images": True, "calibration": str(RELU)},
            "can't calibrate this run: its network or data set is different",
        ),
    ],
)
def test_a_run_that_would_fail_is_rejected_in_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SketchpadError, match=re.compile(words, re.IGNORECASE)):
        make_plan(TrainingSettings(**{"out": "net", **changes}), "")
    assert list(tmp_path.iterdir()) == []
