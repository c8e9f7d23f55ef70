"""The folder of a checkpoint: which files it has, and how they are read.

Folders come from anywhere, so nothing but regular files of a plausible size is read: opening a
named pipe would wait for ever.
"""

import logging
import os
import stat
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from lenet.errors import SketchpadError
from lenet.files import PREVIOUS, complete_folder

WEIGHTS, CONFIG, HISTORY = "model.safetensors", "config.json", "history.json"
CARD, CURVES = "README.md", "curves.png"

MAX_BYTES = {
    CONFIG: 1_000_000,
    WEIGHTS: 250_000_000,
    HISTORY: 10_000_000,
    CARD: 1_000_000,
    CURVES: 10_000_000,
}
"""Larger files are not read. The weights of the largest network take 240 MB in float64, and 1,000
epochs of history about 2 MB."""
SETTLED = 2
"""Seconds after a change within which a file may change again without a later time, because the
clocks of file systems tick slowly."""
ATTEMPTS = 20
"""How often a folder is read again because a save has replaced it meanwhile."""


class UnusableFileError(OSError):
    """A file that exists but isn't read; the message says why."""


def read_file(path: Path) -> bytes:
    """The content of one of a checkpoint's files.

    Raises:
        OSError: it can't be read, is not a regular file, or is too large.
    """
    most = MAX_BYTES[path.name]
    with _open(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise UnusableFileError(f"{path.name} has more than {most:,} bytes")
    return content


def read_folder(
    folder: Path, required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, bytes]:
    """The content of a checkpoint's files by name, all from the same save.

    Raises:
        SketchpadError: a required file is missing, or a file can't be read.
    """
    for _ in range(ATTEMPTS):
        before = _identity(folder)
        try:
            files = _read_all(complete_folder(folder), required, optional)
        except SketchpadError:
            # A save deletes the old files once it has replaced their folder.
            if before == _identity(folder):
                raise
        else:
            if before == _identity(folder):
                return files
    raise SketchpadError(f"The checkpoint {folder.name} keeps changing. Try again later.")


def folder_state(folder: Path, names: Sequence[str]) -> tuple[int, ...] | None:
    """A value that differs once a file has changed; None if one is missing or has just changed."""
    state: list[int] = []
    try:
        for name in names:
            found = os.stat(complete_folder(folder) / name)
            if time.time() - max(found.st_mtime, found.st_ctime) < SETTLED:
                return None
            state += (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    except OSError:
        return None
    return tuple(state)


def _read_all(folder: Path, required: Sequence[str], optional: Sequence[str]) -> dict[str, bytes]:
    files = {}
    for name in (*required, *optional):
        try:
            files[name] = read_file(folder / name)
        except FileNotFoundError:
            if name in required:
                raise SketchpadError(f"It is incomplete: {name} is missing.") from None
        except UnusableFileError as error:
            raise SketchpadError(f"It is damaged: {error}.") from error
        except OSError as error:
            raise SketchpadError(
                f"{name} can't be read ({error.strerror or error}). Check the permissions of the "
                "folder and the disk."
            ) from error
    return files


def _identity(folder: Path) -> tuple[int, ...] | None:
    """Differs if a save has replaced the folder; None if there is no folder."""
    try:
        found = os.stat(complete_folder(folder))
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns


def _open(path: Path) -> BinaryIO:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise UnusableFileError(f"{path.name} is not a file")
    # If a pipe has replaced the file since then, this doesn't wait for it either.
    return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")


def find_checkpoints(folder: str | Path) -> dict[str, Path]:
    """The checkpoints directly inside `folder`, by name, in alphabetical order.

    Whatever else is there is skipped; a folder that can't be used is named in the log, once.
    """
    folder = Path(folder)
    return {name: folder / name for name in sorted(_names(folder)) if _is_checkpoint(folder / name)}


def find_checkpoint(folder: Path, name: str) -> Path | None:
    """The checkpoint of that name directly inside `folder`; None if there is none."""
    return folder / name if name in _names(folder) and _is_checkpoint(folder / name) else None


def _names(folder: Path) -> set[str]:
    """Names of possible checkpoints."""
    try:
        names = set(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        _warn(f"{str(folder)!r} can't be read ({error.strerror}).")
        return set()
    # A save that is in progress, or was killed, may have renamed the old checkpoint.
    renamed = {name[1 : -len(PREVIOUS)] for name in names if _is_previous(name)}
    return renamed | {name for name in names if not name.startswith(".")}


def _is_previous(name: str) -> bool:
    return name.startswith(".") and name.endswith(PREVIOUS) and len(name) > len(PREVIOUS) + 1


def _is_checkpoint(folder: Path) -> bool:
    """Whether a folder has a configuration that can be read."""
    before = _identity(folder)
    try:
        _open(complete_folder(folder) / CONFIG).close()
        folder.name.encode()
        return True
    except (FileNotFoundError, NotADirectoryError):
        # A save may have replaced the folder meanwhile.
        return before != _identity(folder)
    except UnicodeEncodeError:
        problem = "its name is not UTF-8"
    except OSError as error:
        problem = error.strerror or str(error)
    _warn(f"The checkpoint {folder.name!r} is skipped: {problem}.")
    return False


@lru_cache(maxsize=1000)
def _warn(sentence: str) -> None:
    """Log a sentence, but only once: the page looks for checkpoints at each visit."""
    logging.getLogger("lenet").warning(sentence)
