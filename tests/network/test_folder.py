"""Folders of every kind: none of them stops the others, or hangs."""

import json
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from lenet.errors import SketchpadError
from lenet.network import folder as module
from lenet.network.config import LeNetConfig
from lenet.network.folder import (
    CONFIG,
    CURVES,
    HISTORY,
    MAX_BYTES,
    WEIGHTS,
    find_checkpoints,
    folder_state,
    read_folder,
)
from lenet.network.model import LeNet

NOBODY = 65534


@pytest.fixture
def nets() -> Iterator[Path]:
    """A folder that everybody can read, with one good checkpoint."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    LeNet(LeNetConfig(dense=(5,))).save_pretrained(folder / "good")
    module._warn.cache_clear()
    yield folder
    shutil.rmtree(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so be a different user for a moment."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def replace(make: Callable[[Path], object], file: str = CONFIG) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        shutil.copytree(folder.parent / "good", folder)
        (folder / file).unlink()
        make(folder / file)

    return change


def lock(folder: Path) -> None:
    shutil.copytree(folder.parent / "good", folder)
    folder.chmod(0)


def lock_file(folder: Path) -> None:
    shutil.copytree(folder.parent / "good", folder)
    (folder / CONFIG).chmod(0)


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


BAD = {
    "lost+found": (lock, "Permission denied"),
    "locked file": (lock_file, "Permission denied"),
    "circle": (link_to("circle"), "Too many levels of symbolic links"),
    "circle inside": (replace(link_to(CONFIG)), "Too many levels of symbolic links"),
    "pipe": (replace(os.mkfifo), "config.json is not a file"),
    "device": (replace(link_to("/dev/zero")), "config.json is not a file"),
    "folder": (replace(Path.mkdir), "config.json is not a file"),
    os.fsdecode(b"caf\xe9\n"): (
        lambda path: shutil.copytree(path.parent / "good", path),
        "its name is not UTF-8",
    ),
}


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_a_bad_folder_is_named_once_and_skipped(
    nets: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, reason = BAD[name]
    make(nets / name)
    with as_nobody(), caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert find_checkpoints(nets) == {"good": nets / "good"}
    assert [record.message for record in caplog.records] == [
        f"The checkpoint {name!r} is skipped: {reason}."
    ]
    if not (nets / name).is_symlink():
        (nets / name).chmod(0o755)


def test_other_folders_and_files_are_skipped_silently(
    nets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (nets / "empty").mkdir()
    (nets / "notes.txt").touch()
    (nets / "broken").symlink_to("nowhere")
    (nets / ".previous").mkdir()
    (nets / "myself").symlink_to(".")
    assert set(find_checkpoints(nets)) == {"good"}
    assert caplog.records == []


def test_a_folder_that_cannot_be_listed_has_no_checkpoints(
    nets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nets.chmod(0)
    with as_nobody():
        assert find_checkpoints(nets) == {}
    assert [record.message for record in caplog.records] == [
        f"{str(nets)!r} can't be read (Permission denied)."
    ]
    nets.chmod(0o755)


@pytest.mark.parametrize("file", [CONFIG, WEIGHTS, HISTORY, CURVES])
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, link_to("/dev/zero")])
def test_only_regular_files_are_read(nets: Path, file: str, make: Callable[[Path], object]) -> None:
    (nets / "good" / file).unlink(missing_ok=True)
    make(nets / "good" / file)
    if file == CURVES:
        (nets / "good" / HISTORY).write_text("{}")
    with pytest.raises(SketchpadError, match=f"{file} is not a file"):
        LeNet.from_pretrained(nets / "good")


def test_a_pipe_that_replaces_a_file_is_not_waited_for(
    nets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regular = os.stat(nets / "good" / CONFIG)
    (nets / "good" / CONFIG).unlink()
    os.mkfifo(nets / "good" / CONFIG)
    monkeypatch.setattr("lenet.network.folder.os.stat", lambda *_: regular)
    assert read_folder(nets / "good", [CONFIG]) == {CONFIG: b""}


def test_a_file_that_is_too_large_is_not_read(nets: Path) -> None:
    with open(nets / "good" / WEIGHTS, "ab") as file:
        file.truncate(MAX_BYTES[WEIGHTS] + 1)
    with pytest.raises(SketchpadError, match=r"model\.safetensors has more than 250,000,000 bytes"):
        LeNet.from_pretrained(nets / "good")


def test_a_local_folder_is_never_reported_as_a_network_problem(nets: Path) -> None:
    (nets / "good" / WEIGHTS).chmod(0)
    with as_nobody(), pytest.raises(SketchpadError) as error:
        LeNet.from_pretrained(nets / "good")
    assert str(error.value) == (
        f"The checkpoint {nets / 'good'} can't be used. model.safetensors can't be read "
        "(Permission denied). Check the permissions of the folder and the disk."
    )


def test_the_state_of_a_folder_is_known_once_its_files_have_settled(nets: Path) -> None:
    folder, names = nets / "good", ("config.json", "model.safetensors")
    assert folder_state(folder, names) is None, "they have just been written"
    with pytest.MonkeyPatch.context() as patch:
        now = time.time()
        patch.setattr(time, "time", lambda: now + 10)
        before = folder_state(folder, names)
        assert before
        assert folder_state(folder, names) == before
        text = (folder / "config.json").read_text()
        time.sleep(0.02)  # longer than the clocks of file systems take to tick
        (folder / "config.json").write_text(text)
        assert folder_state(folder, names) not in (before, None)
        (folder / "config.json").unlink()
        assert folder_state(folder, names) is None


def test_the_files_are_from_one_save_while_a_different_one_replaces_it(nets: Path) -> None:
    models = [LeNet(LeNetConfig(dense=(width,))) for width in (5, 6)]
    done = threading.Event()

    def save() -> None:
        for _ in range(40):
            for model in models:
                model.save_pretrained(nets / "good")
        done.set()

    thread = threading.Thread(target=save)
    thread.start()
    widths = set()
    while not done.is_set():
        assert list(find_checkpoints(nets)) == ["good"]
        widths.add(LeNet.from_pretrained(nets / "good").config.dense)
    thread.join()
    assert widths == {(5,), (6,)}


def test_a_folder_that_never_rests_is_reported(nets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1000))
    monkeypatch.setattr(module, "_identity", lambda _: (next(moments),))
    with pytest.raises(SketchpadError, match="Try again later"):
        read_folder(nets / "good", [CONFIG])


@pytest.mark.parametrize("config", [{"dense": [4096] * 2}, {"dense": [4096] * 40}])
def test_weights_are_compared_before_anything_is_built(
    nets: Path, config: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    (nets / "good" / CONFIG).write_text(json.dumps(config))
    built = []

    def watched(self: torch.nn.Linear, *_: object) -> None:
        built.append(self.weight.device.type)

    monkeypatch.setattr(torch.nn.Linear, "reset_parameters", watched)
    with pytest.raises(
        SketchpadError, match=r"should be 120×400|should be 4096|at most 30,000,000"
    ):
        LeNet.from_pretrained(nets / "good")
    assert set(built) <= {"meta"}
