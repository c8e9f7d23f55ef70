"""Atomic writes of files and folders, and the project's own folders.

A reader sees either the old content or the new, never a mixture, even if the program is killed
while it writes.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lenet.errors import SketchpadError
from lenet.staging import staging_folder

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
        with staging_folder(path) as folder:
            staging = folder / path.name
            staging.write_bytes(content)
            staging.replace(path)
    except OSError as error:
        raise SketchpadError(
            f"{path} can't be written ({error.strerror or error}). Free some space or choose "
            "a different folder."
        ) from error


def check_folder(target: Path, content: str, example: str, belongs: Callable[[Path], bool]) -> None:
    """Check that `new_folder` can write to the folder `target`.

    `content` says what the folder will contain, `example` is a good folder for it, and `belongs`
    says whether a file is part of an older version of that content.

    Raises:
        SketchpadError: it contains unrelated files, or can't be written.
    """
    # Unlike Path.resolve, realpath accepts links that form a circle.
    if Path(os.path.realpath(target)) in (Path().resolve(), *Path().resolve().parents):
        raise SketchpadError(
            f"{target} is the current folder or a parent of it. Choose a new folder for the "
            f"{content}, such as {example}."
        )
    if target.is_symlink() and not target.exists():
        raise SketchpadError(
            f"{target} is a broken link. Choose a different folder for the {content}."
        )
    if target.exists() and not target.is_dir():
        raise SketchpadError(f"{target} is a file. Choose a new folder for the {content}.")
    try:
        files = list(target.iterdir()) if target.exists() else []
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(target):
            pass
    except OSError as error:
        raise _not_written(target, content, error) from error
    unrelated = sorted(
        file.name for file in files if file.name != ".DS_Store" and not belongs(file)
    )
    if unrelated:
        raise SketchpadError(
            f"{target} contains unrelated files ({', '.join(unrelated[:3])}). Choose a new "
            f"or empty folder for the {content}."
        )


@contextmanager
def new_folder(target: Path, content: str) -> Iterator[Path]:
    """A path where the caller makes the folder that replaces `target` at the end.

    Raises:
        SketchpadError: it can't be written; the old folder is unchanged.
    """
    try:
        restore_folder(target)
        with staging_folder(target) as folder:
            staging = folder / target.name
            yield staging
            replace_folder(staging, target)
    except OSError as error:
        raise _not_written(target, content, error) from error


def _not_written(target: Path, content: str, error: OSError) -> SketchpadError:
    return SketchpadError(
        f"The {content} can't be written to {target} ({error.strerror or error}). "
        "Free some space or choose a different folder."
    )


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
    # Unlike Path.exists, os.path.exists accepts folders that can't be read.
    if folder.name and not os.path.exists(folder) and os.path.exists(_previous(folder)):
        return _previous(folder)
    return folder


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{PREVIOUS}")
