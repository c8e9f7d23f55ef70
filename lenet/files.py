"""Atomic writes of files and folders, and the project's own folders.

A reader sees either the old content or the new, never a mixture, even if the program is killed
while it writes.
"""

import shutil
import tempfile
from pathlib import Path

from lenet.errors import SketchpadError

PREVIOUS = ".previous"
"""Suffix of the hidden folder that holds the old content during a replacement."""


def project_folder() -> Path:
    """The checkout that contains this package; an installed package uses the current folder."""
    checkout = Path(__file__).resolve().parents[1]
    return checkout if (checkout / "checkpoints").is_dir() else Path()


def checkpoints_folder() -> Path:
    """The folder of checkpoints that the page shows by default."""
    return project_folder() / "checkpoints"


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically.

    Raises:
        SketchpadError: the file can't be written; the old file is unchanged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            staging = Path(folder) / path.name
            staging.write_bytes(content)
            staging.replace(path)
    except OSError as error:
        raise SketchpadError(
            f"{path} can't be written ({error.strerror or error}). Free some space or choose "
            "a different folder with --out."
        ) from error


def replace_folder(new: Path, target: Path) -> None:
    """Replace the folder `target` with `new`, in two renames."""
    previous = _previous(target)
    shutil.rmtree(previous, ignore_errors=True)
    if target.exists():
        target.rename(previous)
    try:
        new.rename(target)
    except BaseException:
        restore_folder(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def restore_folder(target: Path) -> None:
    """Restore the old folder if a program was killed between the two renames."""
    if complete_folder(target) != target:
        _previous(target).rename(target)


def complete_folder(folder: Path) -> Path:
    """The folder that holds the content of `folder`, even between the two renames."""
    if folder.name and not folder.exists() and _previous(folder).exists():
        return _previous(folder)
    return folder


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{PREVIOUS}")
