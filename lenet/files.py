"""Writing files and folders in one move, and where those of this project lie.

Whoever reads a file or a folder that is written here sees the old content or the new, never a
part of either, whenever the program is stopped.
"""

import shutil
import tempfile
from pathlib import Path

from lenet.errors import SketchpadError

ASIDE = ".previous"
"""Ending of the hidden folder that holds the old content while the new one takes its place."""


def project_folder() -> Path:
    """The checkout that this package lies in; an installed package uses the current folder."""
    checkout = Path(__file__).resolve().parents[1]
    return checkout if (checkout / "checkpoints").is_dir() else Path()


def checkpoints_folder() -> Path:
    """The folder of the networks that the page shows."""
    return project_folder() / "checkpoints"


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one move.

    Raises:
        SketchpadError: the file can't be written; the old one is unchanged.
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
    """Put the folder `new` in the place of `target`, in two renames."""
    aside = _aside(target)
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        restore_folder(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def restore_folder(target: Path) -> None:
    """Bring back the old folder if a program was killed between the two renames."""
    if complete_folder(target) != target:
        _aside(target).rename(target)


def complete_folder(folder: Path) -> Path:
    """Where the content of `folder` lies: aside, between the two renames of a replacement."""
    if folder.name and not folder.exists() and _aside(folder).exists():
        return _aside(folder)
    return folder


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{ASIDE}")
