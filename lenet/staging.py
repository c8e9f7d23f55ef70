"""Folders in which new content is collected before it replaces the old.

The process that fills such a folder holds a lock in it. If it is killed, the lock ends with it, and
the next program that writes into the same parent folder deletes what it left.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

SUFFIX, LOCK = ".unfinished", "lock"


@contextmanager
def staging_folder(target: Path) -> Iterator[Path]:
    """A new hidden folder next to `target`, which is deleted at the end.

    Raises:
        OSError: it can't be written.
    """
    delete_abandoned(target.parent)
    while True:
        with tempfile.TemporaryDirectory(SUFFIX, f".{target.name}.", target.parent) as name:
            lock = _lock(Path(name))
            if lock is None:
                continue  # another program took the folder for abandoned before it was locked
            try:
                yield Path(name)
            finally:
                lock.release()
            return


def delete_abandoned(parent: Path) -> None:
    """Delete the staging folders in `parent` whose programs were killed."""
    for folder in parent.glob(f".*{SUFFIX}"):
        # Folders of other users are theirs to delete.
        with suppress(OSError):
            if folder.is_dir() and not folder.is_symlink() and (lock := _lock(folder)):
                shutil.rmtree(folder, ignore_errors=True)
                lock.release()


def _lock(folder: Path) -> FileLock | None:
    """The lock of a staging folder, acquired; None if another program has it."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    if (folder / LOCK).exists():
        return lock
    lock.release()
    return None
