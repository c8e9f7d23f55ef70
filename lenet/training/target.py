"""The folder that a run writes: one run at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from lenet.errors import SketchpadError


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Within it no other run can write to `folder`; the lock ends with the process that has it.

    Raises:
        SketchpadError: another run has it.
    """
    lock = FileLock(folder.parent / f".{folder.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SketchpadError(
            f"Another run is writing to {folder}: wait until it has finished, or choose a "
            "different folder with --out."
        ) from error
    try:
        yield
    finally:
        lock.release()
