"""Staging folders disappear, even those of killed programs, but never those in use."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lenet import staging
from lenet.staging import LOCK, SUFFIX, delete_abandoned, staging_folder
from tests.support import ROOT

HOLD = """
import sys
from pathlib import Path
from lenet.staging import staging_folder
with staging_folder(Path(sys.argv[1])) as folder:
    (folder / "content").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


def in_use(target: Path) -> tuple[subprocess.Popen[str], Path]:
    """A program with a staging folder for `target`."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(target)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    return program, Path(program.stdout.readline().strip())


def test_a_staging_folder_is_next_to_its_target_and_is_deleted(tmp_path: Path) -> None:
    with staging_folder(tmp_path / "net") as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith(".net.")
    with pytest.raises(KeyError), staging_folder(tmp_path / "net"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("next_target", ["net", "something else"])
def test_the_folder_of_a_killed_program_is_deleted_by_the_next_one(
    tmp_path: Path, next_target: str
) -> None:
    program, folder = in_use(tmp_path / "net")
    with staging_folder(tmp_path / next_target):
        assert (folder / "content").exists(), "it is still in use"
    os.kill(program.pid, signal.SIGKILL)
    program.communicate()
    assert (folder / "content").exists()
    with staging_folder(tmp_path / next_target) as new:
        assert list(tmp_path.iterdir()) == [new]


def test_a_folder_that_was_deleted_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = staging._lock
    monkeypatch.setattr(staging, "_lock", lambda _: monkeypatch.setattr(staging, "_lock", taken))
    with staging_folder(tmp_path / "net") as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_only_folders_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f".link{SUFFIX}").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f".file{SUFFIX}").touch()
    (tmp_path / ".net.previous").mkdir()
    before = sorted(tmp_path.rglob("*"))
    delete_abandoned(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / f".net{SUFFIX}").mkdir()  # killed before it was locked
    delete_abandoned(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert LOCK not in os.listdir(tmp_path / "elsewhere")
