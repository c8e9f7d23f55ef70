"""The workers that look for digits in pictures."""

import asyncio
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio
import anyio.to_process
import pytest
from PIL import Image

from lenet import Predictor
from lenet.drawing.ink import Ink
from lenet.page.gallery import Gallery
from lenet.server import reader as module
from lenet.server.problems import RequestError
from lenet.server.reader import Reader
from tests.support import ROOT
from tests.support.digits import DIGITS, grey
from tests.support.loops import run
from tests.support.server import running

SENTENCE = "The picture takes too much time or memory to read. Send a smaller one."


def picture() -> BytesIO:
    file = BytesIO()
    Image.fromarray(255 - grey(DIGITS["7"])).save(file, "PNG")
    return file


async def read(times: int = 1) -> list[dict[str, Any]]:
    reader = Reader(Gallery(ROOT / "checkpoints"))
    return [await reader.read(picture(), "mnist-relu") for _ in range(times)]


def vanish(content: bytes, digits: bool) -> Ink:
    """What the system does to a process that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def hang(content: bytes, digits: bool) -> Ink:
    time.sleep(600)
    raise AssertionError


def test_a_worker_finds_what_the_predictor_finds(predictor: Predictor) -> None:
    assert run(read(2)) == [predictor(picture()).to_json()] * 2


@pytest.mark.parametrize("fault", [vanish, hang])
def test_a_worker_that_dies_or_hangs_is_replaced(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[[bytes, bool], Ink]
) -> None:
    async def fail_and_read() -> list[dict[str, Any]]:
        with monkeypatch.context() as changed:
            changed.setattr(module, "ink_from_bytes", fault)
            changed.setattr(module, "LONGEST", 3)
            with pytest.raises(RequestError, match=SENTENCE):
                await read()
        return await read()

    [reading] = run(fail_and_read())
    assert reading["label"] == "7"


def test_a_picture_that_waits_for_a_worker_still_has_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []

    async def run_sync(function: Callable[..., Ink], content: bytes, digits: bool, **_: Any) -> Ink:
        order.append("starts")
        try:
            if len(order) == 1:
                await anyio.sleep(600)
            return function(content, digits)
        finally:
            order.append("ends")

    async def read_twice() -> list[Any]:
        reader = Reader(Gallery(ROOT / "checkpoints"))
        readings = [reader.read(picture(), "mnist-relu") for _ in range(2)]
        return await asyncio.gather(*readings, return_exceptions=True)

    monkeypatch.setattr(anyio.to_process, "run_sync", run_sync)
    monkeypatch.setattr(module, "LONGEST", 1)
    monkeypatch.setattr(module, "WORKERS", 1)
    found = run(read_twice())  # either may be the first
    assert [str(one) for one in found if isinstance(one, RequestError)] == [SENTENCE]
    assert [one["label"] for one in found if isinstance(one, dict)] == ["7"]
    assert order == ["starts", "ends"] * 2


def test_without_further_processes_a_thread_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(anyio.to_process, "run_sync", refuse)
    [reading] = run(read())
    assert reading["label"] == "7"


def children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children")
    everywhere = [*Path(f"/proc/{process}/task").glob("*/children")] if found.exists() else []
    return [int(child) for file in everywhere for child in file.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_stop_with_the_app(sign: signal.Signals) -> None:
    if signal.getsignal(sign) is signal.SIG_IGN:
        pytest.skip("Shells let programs in the background ignore Ctrl-C.")
    with running(["app.py"]) as (address, process):
        body = urllib.request.Request(f"{address}predict", picture().getvalue(), method="POST")
        urllib.request.urlopen(body, timeout=20).close()
        workers = children(process.pid)
        assert workers
        process.send_signal(sign)
        try:
            output, _ = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            pytest.fail("The app doesn't stop.")
    assert "Traceback" not in output
    assert "child process" not in output
    until = time.monotonic() + 30
    while left := [worker for worker in workers if Path(f"/proc/{worker}").exists()]:
        assert time.monotonic() < until, f"{left} still run."
        time.sleep(0.05)
