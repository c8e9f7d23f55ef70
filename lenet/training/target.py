"""Make sure that only one run at a time writes to a folder or file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from lenet.errors import SketchpadError


@contextmanager
def exclusive(target: Path) -> Iterator[None]:
    """Lock `target` against other runs; the lock ends with its process at the latest.

    Raises:
        SketchpadError: another run holds the lock, or the target can't be written.
    """
    lock = FileLock(lock_path(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SketchpadError(
            f"Another run is writing to {target}. Wait until it has finished, or choose a "
            "different folder with --out."
        ) from error
    except OSError as error:
        raise SketchpadError(
            f"{target} can't be written ({error.strerror or error}). Choose a different folder "
            "with --out."
        ) from error
    try:
        yield
    finally:
        lock.release()


def lock_path(target: Path) -> Path:
    """The file that a run locks while it writes to `target`."""
    return target.parent / f".{target.name}.lock"
