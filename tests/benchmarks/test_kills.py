import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT


@pytest.mark.trains
def test_stopped_runs_lose_nothing(tmp_path: Path) -> None:
    counts = ["--kills", "3", "--kills-in-saves", "4", "--storms", "2"]
    command = [sys.executable, "-m", "benchmarks.kills", *counts, "--out", str(tmp_path / "kills")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    found = json.loads((tmp_path / "kills").read_text())["results"]
    for way, stopped in (("kills", 3), ("kills_in_saves", 4), ("storms", 2)):
        assert found[way]["stopped"] == stopped
        for problem in ("damaged", "lost", "different", "littered"):
            assert found[way][problem] == 0, (way, problem)
