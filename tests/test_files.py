"""Atomic writes, and project folders that are found from anywhere."""

from pathlib import Path

import pytest

from lenet.errors import SketchpadError
from lenet.files import (
    checkpoints_folder,
    complete_folder,
    project_folder,
    replace_folder,
    restore_folder,
    write_file,
)
from tests.support import ROOT


def test_the_project_folders_are_next_to_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert project_folder() == ROOT
    assert checkpoints_folder() == ROOT / "checkpoints"


def test_an_installed_package_uses_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet.files.__file__", str(tmp_path / "site-packages/lenet/files.py"))
    assert project_folder() == Path()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    write_file(file, b"one")
    write_file(file, b"two")
    assert file.read_bytes() == b"two"
    assert list(file.parent.iterdir()) == [file]
    with pytest.raises(SketchpadError, match=r"can't be written .* different folder"):
        write_file(file / "below", b"three")
    assert file.read_bytes() == b"two"


def test_a_folder_is_replaced_and_found_between_the_two_renames(tmp_path: Path) -> None:
    target, new = tmp_path / "target", tmp_path / "new"
    for folder in (target, new):
        folder.mkdir()
        (folder / folder.name).touch()
    replace_folder(new, target)
    assert [path.name for path in target.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [target]
    # Killed after the first rename.
    target.rename(tmp_path / ".target.previous")
    assert complete_folder(target) == tmp_path / ".target.previous"
    restore_folder(target)
    assert complete_folder(target) == target
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_replacement_restores_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "missing", target)
    assert list(tmp_path.iterdir()) == [target]
