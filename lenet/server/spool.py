"""What programs leave with one process of the app and fetch from another, in a folder.

    uploads/NAME                a picture
    answers/SESSION/EVENT       an answer, as JSON
    answers/SESSION/EVENT.due   a promise of one

Gradio keeps both in the memory of one process, so its clients would need a proxy that always
chooses the same process. All processes on a machine share this folder.
"""

import getpass
import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from lenet.errors import SketchpadError
from lenet.server.problems import RequestError

UPLOAD_AGE, ANSWER_AGE = 1800, 120
"""Seconds after which they are deleted. A program fetches its answer at once."""
MOST_UPLOADED = 500_000_000
"""Bytes of all uploads together; the oldest are deleted first."""
MOST_UNSWEPT = 50_000_000
"""Bytes that a process stores before it checks `MOST_UPLOADED` again."""
MOST_UPLOADS, MOST_ANSWERS = 5000, 1000
"""Uploads and answers that a sweep leaves: small files cost the file system more than bytes."""
SWEEP = 10
"""Seconds between two sweeps."""
ATTEMPTS = 10
"""How often the folder of a session is made again for one file."""
DUE, PARTIAL = ".due", ".partial"
_NAME = re.compile(r"[0-9a-f]{32}")


def shared_folder() -> Path:
    """The folder of this user's apps on this machine."""
    # In a container, a user may have a number but no name.
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    return Path(tempfile.gettempdir()) / f"lenet-sketchpad-{user}"


class Spool:
    """Uploads and answers in a folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made if it is missing.

        Raises:
            SketchpadError: it can't be made, or belongs to someone else.
        """
        self.folder = folder
        self.uploads, self.answers = folder / "uploads", folder / "answers"
        self._unswept = 0
        try:
            self._prepare()
        except OSError as error:
            raise SketchpadError(
                f"The folder {folder} can't be used ({error.strerror or error}). "
                "Remove it, or choose a different TMPDIR."
            ) from error

    def _prepare(self) -> None:
        """Make the folder if it is missing, and check that it is ours."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and self.folder.lstat().st_uid != os.getuid():
            raise PermissionError(1, "it belongs to another user")
        for part in (self.uploads, self.answers):
            part.mkdir(exist_ok=True)

    def keep(self, picture: BinaryIO) -> str:
        """Store a picture; returns its name.

        Raises:
            SketchpadError: there is no space.
        """
        name = uuid4().hex
        try:
            with (self.uploads / name).open("wb") as file:
                shutil.copyfileobj(picture, file)
                self._unswept += file.tell()
            if self._unswept > MOST_UNSWEPT:
                self._sweep_uploads()
        except OSError as error:
            (self.uploads / name).unlink(missing_ok=True)
            raise RequestError(
                "The server has no space for pictures. Try again later.", 503
            ) from error
        return name

    def open(self, name: object) -> BinaryIO:
        """The picture of that name.

        Raises:
            SketchpadError: there is none, or it has been deleted.
        """
        problem = RequestError("The picture is not an uploaded file. Upload it first.")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise problem
        try:
            # A file that is opened by its number has no name that a sentence could show.
            return os.fdopen(os.open(self.uploads / name, os.O_RDONLY), "rb")
        except OSError as error:
            raise problem from error

    @contextmanager
    def promise(self, session: str, event: str) -> Iterator[None]:
        """Within this context, the answer to an event of a session is due."""
        due = self._folder(session) / f"{event}{DUE}"
        try:
            _write(due, b"")
            yield
        finally:
            due.unlink(missing_ok=True)

    def put(self, session: str, event: str, answer: bytes) -> None:
        """Store the answer to an event, which has been promised."""
        partial = self._folder(session) / f"{event}{PARTIAL}"
        _write(partial, answer)
        partial.replace(partial.with_suffix(""))

    def take(self, session: str) -> list[bytes]:
        """Fetch the answers that a session is waiting for, each once."""
        found = []
        for path in sorted(self._listed(session), key=_age, reverse=True):
            if not path.suffix:
                with suppress(FileNotFoundError):  # someone else has taken it
                    answer = path.read_bytes()
                    path.unlink()
                    found.append(answer)
        return found

    def is_due(self, session: str) -> bool:
        """Whether a session is waiting for more answers."""
        due = [path for path in self._listed(session) if path.suffix == DUE]
        return any(_age(path) < ANSWER_AGE for path in due)

    def _listed(self, session: str) -> list[Path]:
        with suppress(FileNotFoundError):  # nothing has been promised
            return [Path(entry.path) for entry in os.scandir(self._folder(session))]
        return []

    def _folder(self, session: str) -> Path:
        # The caller chooses the session, so it can't be part of a file's name.
        return self.answers / hashlib.sha256(session.encode("utf-8", "replace")).hexdigest()[:32]

    def sweep(self) -> None:
        """Delete what nobody has fetched; make the folder again if the system has cleaned it up."""
        self._prepare()
        self._sweep_uploads()
        for number, path in enumerate(_newest_first(self.answers.glob("*/*"))):
            if number >= MOST_ANSWERS or _age(path) > ANSWER_AGE:
                path.unlink(missing_ok=True)
        for folder in self.answers.iterdir():
            with suppress(OSError):  # it isn't empty
                folder.rmdir()

    def _sweep_uploads(self) -> None:
        self._unswept = total = 0
        for number, path in enumerate(_newest_first(self.uploads.iterdir())):
            with suppress(OSError):  # it is gone, or open on Windows
                total += path.stat().st_size
                is_too_much = total > MOST_UPLOADED or number >= MOST_UPLOADS
                if is_too_much or _age(path) > UPLOAD_AGE:
                    path.unlink()

    def sweep_regularly(self) -> None:
        """Sweep now, and every `SWEEP` seconds until the process ends."""

        def work() -> None:
            while True:
                with suppress(OSError):
                    self.sweep()
                time.sleep(SWEEP)

        threading.Thread(target=work, daemon=True).start()


def _write(path: Path, content: bytes) -> None:
    """Write a file of a session."""
    for attempt in range(ATTEMPTS):
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            return
        except (FileNotFoundError, FileExistsError):
            # A sweep has just deleted the folder, which was empty.
            if attempt == ATTEMPTS - 1:
                raise


def _age(path: Path) -> float:
    """Seconds since a file or folder has changed; 0 if it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _newest_first(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=_age)
