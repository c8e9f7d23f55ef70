import io
import os
import shutil
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lenet.errors import SketchpadError
from lenet.page.gallery import Gallery
from lenet.server import spool as s
from lenet.server.gradio_protocol import GradioProtocol
from lenet.server.reader import Reader
from lenet.server.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def make_older(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_another_process_finds_a_picture_by_its_name(spool: Spool, tmp_path: Path) -> None:
    name = spool.keep(io.BytesIO(b"picture"))
    with Spool(tmp_path / "spool").open(name) as file:
        assert file.read() == b"picture"


@pytest.mark.parametrize(
    "name", ["", "..", "/etc/hostname", "../answers/x", "0" * 32, "0" * 33, None, 7, [], {}]
)
def test_nothing_else_can_be_opened(spool: Spool, name: Any) -> None:
    with pytest.raises(SketchpadError, match="not an uploaded file"):
        spool.open(name)


def test_an_answer_is_due_until_it_is_there_and_is_taken_once(spool: Spool) -> None:
    assert not spool.is_due("session")
    with spool.promise("session", "event"):
        assert spool.is_due("session")
        assert not spool.is_due("other")
        assert spool.take("session") == []
        spool.put("session", "event", b"answer")
    assert not spool.is_due("session")
    assert spool.take("other") == []
    assert spool.take("session") == [b"answer"]
    assert spool.take("session") == []


def test_a_promise_ends_with_an_error_and_with_its_process(spool: Spool) -> None:
    with pytest.raises(ZeroDivisionError), spool.promise("session", "event"):
        raise ZeroDivisionError
    assert not spool.is_due("session")
    with spool.promise("session", "event"):
        [due] = spool.answers.glob("*/*")
        make_older(due, s.ANSWER_AGE + 1)
        assert not spool.is_due("session"), "its process was killed"


def test_a_session_is_not_a_file_name(spool: Spool) -> None:
    with spool.promise("../../" + "x" * 9999, "event"):
        spool.put("../../" + "x" * 9999, "event", b"answer")
    assert [path.parent.parent for path in spool.answers.glob("*/*")] == [spool.answers]


def test_what_nobody_fetches_is_deleted(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, large = (spool.keep(io.BytesIO(bytes(size))) for size in (10, 10, 995))
    for number in range(4):
        with spool.promise("session", f"event-{number}"):
            spool.put("session", f"event-{number}", b"%d" % number)
    make_older(spool.uploads / old, s.UPLOAD_AGE + 1)
    make_older(spool.uploads / large, 5)
    first, second, *_ = sorted(spool.answers.glob("*/*"))
    make_older(first, s.ANSWER_AGE + 1)
    make_older(second, 5)
    monkeypatch.setattr(s, "MOST_UPLOADED", 1000)
    monkeypatch.setattr(s, "MOST_ANSWERS", 2)
    spool.sweep()
    assert {path.name for path in spool.uploads.iterdir()} == {new}
    assert spool.take("session") == [b"2", b"3"]


def test_a_sweep_leaves_the_newest_of_many_small_uploads(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [spool.keep(io.BytesIO(b"x")) for _ in range(4)]
    for age, name in enumerate(names):
        make_older(spool.uploads / name, 9 - age)
    monkeypatch.setattr(s, "MOST_UPLOADS", 2)
    spool.sweep()
    assert {path.name for path in spool.uploads.iterdir()} == set(names[2:])


def test_uploads_are_limited_between_sweeps(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s, "MOST_UPLOADED", 1000)
    monkeypatch.setattr(s, "MOST_UNSWEPT", 100)
    for _ in range(20):
        last = spool.keep(io.BytesIO(bytes(90)))
    kept = list(spool.uploads.iterdir())
    assert sum(path.stat().st_size for path in kept) <= 1100
    assert last in {path.name for path in kept}


def test_waiting_looks_only_at_the_answers_of_its_session(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as promises:
        for number in range(50):
            promises.enter_context(spool.promise(f"session-{number}", "event"))
        scan = os.scandir
        seen: list[os.DirEntry[str]] = []

        def watched(path: str) -> list[os.DirEntry[str]]:
            found = list(scan(path))
            seen.extend(found)
            return found

        monkeypatch.setattr(os, "scandir", watched)
        assert spool.is_due("session-7")
        assert spool.take("session-7") == []
    assert len(seen) == 2


def test_a_sweep_leaves_no_empty_folder_and_disturbs_no_promise(spool: Spool) -> None:
    ended = threading.Event()

    def sweep() -> None:
        while not ended.is_set():
            spool.sweep()

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    try:
        for number in range(300):
            with spool.promise("session", f"{number}"):
                spool.put("session", f"{number}", b"answer")
            assert spool.take("session") == [b"answer"]
    finally:
        ended.set()
        sweeping.join()
    spool.sweep()
    assert not list(spool.answers.iterdir())


def test_a_folder_that_the_system_has_deleted_is_made_again(spool: Spool) -> None:
    shutil.rmtree(spool.folder)
    spool.sweep()
    assert spool.keep(io.BytesIO(b"picture"))


def test_a_user_without_a_name_has_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nameless)
    monkeypatch.setattr(os, "getuid", lambda: 12345, raising=False)
    assert s.shared_folder().name == "lenet-sketchpad-12345"


def test_a_full_disk_is_reported(spool: Spool) -> None:
    shutil.rmtree(spool.uploads)
    routes = GradioProtocol(Reader(Gallery("nowhere")), spool).routes()
    with TestClient(Starlette(routes=routes)) as client:
        answer = client.post("/gradio_api/upload", files={"files": b"picture"})
    assert (answer.status_code, "no space" in answer.json()["error"]) == (503, True)


def test_a_folder_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SketchpadError, match="can't be used"):
        Spool(tmp_path / "file")
