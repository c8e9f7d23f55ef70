import subprocess
import sys
from pathlib import Path

import pytest

from lenet.errors import SketchpadError
from lenet.training.target import exclusive


def test_only_one_run_at_a_time_locks_a_target(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "net"),
        pytest.raises(SketchpadError, match=r"Another run is writing to .*net.*--out"),
        exclusive(tmp_path / "net"),
    ):
        raise AssertionError("two runs hold the lock")
    with exclusive(tmp_path / "net"), exclusive(tmp_path / "elsewhere"):
        pass


def test_a_killed_run_does_not_block_the_next(tmp_path: Path) -> None:
    program = f"""
import time
from pathlib import Path
from lenet.training.target import exclusive
with exclusive(Path({str(tmp_path / "net")!r})):
    print("locked", flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with (
            pytest.raises(SketchpadError, match="Another run is writing"),
            exclusive(tmp_path / "net"),
        ):
            pass
        holder.kill()
    with exclusive(tmp_path / "net"):
        pass


def test_an_unwritable_target_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(SketchpadError, match="can't be written"),
        exclusive(tmp_path / "file" / "net"),
    ):
        pass
