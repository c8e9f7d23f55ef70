"""A full disk ends every command in one sentence, and what was there before survives."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lenet.commands import run_command
from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.page.gallery import Gallery
from lenet.page.site import write_site
from lenet.training.curves import LiveCurves
from tests.support import ROOT
from tests.training.helpers import run_on, small_settings


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 600 KB, with an older network on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        LeNet(PRESETS["classic"]).save_pretrained(folder / "net")
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, left: int) -> None:
    """Leave `left` bytes."""
    found = os.statvfs(disk)
    (disk / "full").write_bytes(bytes(found.f_bavail * found.f_bsize - left))


def names(disk: Path) -> set[str]:
    return {path.name for path in disk.iterdir() if not path.name.endswith(".lock")}


WRITERS: dict[str, Callable[[Path], object]] = {
    "checkpoint": lambda disk: LeNet().save_pretrained(disk / "net"),
    "site": lambda disk: write_site(Gallery(ROOT / "checkpoints"), ["mnist-relu"], disk / "site"),
}


@pytest.mark.parametrize("left", [0, 4096, 100_000, 200_000])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_is_reported_and_the_old_content_survives(
    disk: Path, writer: str, left: int
) -> None:
    before = LeNet.from_pretrained(disk / "net").state_dict()
    fill(disk, left)
    with pytest.raises(SketchpadError, match=r"can't be written to .* \(No space left on device\)"):
        WRITERS[writer](disk)
    after = LeNet.from_pretrained(disk / "net").state_dict()
    assert all(after[name].equal(tensor) for name, tensor in before.items())
    assert names(disk) == {"net", "full"}


def test_a_command_ends_in_one_sentence(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(disk, 8192)
    assert run_command("page", [str(disk / "page.html")], "lenet") == 1
    shown = capsys.readouterr().err
    assert "No space left on device" in shown
    assert shown.count("\n") == 1
    assert names(disk) == {"net", "full"}


@pytest.mark.trains
def test_training_ends_in_one_sentence(disk: Path, dataset: Dataset) -> None:
    fill(disk, 50_000)
    with pytest.raises(SketchpadError, match="No space left on device"):
        run_on(dataset, small_settings(epochs=1, out=str(disk / "net")))
    assert LeNet.from_pretrained(disk / "net").config.activation == "sigmoid"
    assert names(disk) == {"net", "full"}


def test_curves_that_cannot_be_drawn_do_not_stop_a_run(
    disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(disk, 0)
    LiveCurves(disk / "net", "title").draw([])
    assert "can't be updated" in capsys.readouterr().err
    assert names(disk) == {"net", "full"}
