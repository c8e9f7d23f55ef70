"""How benchmarks evaluate their measurements, and how tables show the results."""

import asyncio
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks import load, made_pictures, pictures, rejection, strokes, tables
from benchmarks.http_client import Connection, Request
from benchmarks.ink_to_picture import Drawn, Loaded, Measured, longest_task, summary
from lenet import Predictor
from lenet.drawing.ink import ink_from_strokes
from lenet.drawing.preprocessing import network_input
from tests.support import ROOT
from tests.support.digits import DIGITS
from tests.support.loops import apart, run
from tests.support.server import serve_folder


def test_strokes_are_read_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out, sheet = (tmp_path / name for name in ("pendigits_dev.jsonl", "x.json", "x.png"))
    records = [
        {"label": int(digit), "strokes": drawn, "source": "test", "writer": digit}
        for digit, drawn in DIGITS.items()
    ]
    records.append({"label": 0, "strokes": DIGITS["7"], "source": "wrong", "writer": "7"})
    records.append({"label": -1, "strokes": DIGITS["7"], "source": "non-digit", "writer": "7"})
    file.write_text("\n".join(map(json.dumps, records)))
    argv = ["strokes", str(file), "--out", str(out), "--sheet", str(sheet)]
    monkeypatch.setattr("sys.argv", argv)
    assert strokes.main() == 0
    measured = json.loads(out.read_text())["results"]
    assert measured["all"]["drawn"] == 11
    assert measured["all"]["writers"] == 10
    by_source = {group["name"]: group for group in measured["sources"]}
    assert by_source["wrong"]["nearest_right"] == 0
    assert by_source["test"]["nearest_right"] >= 0.8
    table = tables.strokes(measured)
    assert "| UCI pen-based digits, raw recordings |" in table
    for change in strokes.CHANGES:
        assert f"| UCI pen-based digits, raw recordings, {change} | 10 | 11 |" in table
    assert all(row["rejected_for_strokes"] <= row["rejected"] for row in measured["files"])
    assert tables.strokes(measured, "digits") in capsys.readouterr().out
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_shares_at_the_threshold_are_computed() -> None:
    digits = {"MNIST test": torch.tensor([1.0, 5.0, 6.0, 7.0])}
    non_digits = {"noise": torch.tensor([0.0, 0.0, 9.0, 9.0]), "scribbles": torch.zeros(4)}
    measured = rejection.at_threshold(digits, non_digits, threshold=2.0)
    assert measured["digits"] == [{"name": "MNIST test", "images": 4, "rejected": 0.25}]
    assert [row["accepted"] for row in measured["non_digits"]] == [0.5, 0.0]
    assert measured["accepted_mean_of_sets"] == 0.25
    assert "| noise | 4 | 50.00% | 4 | 50.00% |" in tables.accepted(measured)
    lookalikes = {"noise": torch.tensor([False, False, False, True])}
    measured = rejection.at_threshold(digits, non_digits, 2.0, lookalikes)
    assert "| noise | 4 | 50.00% | 3 | 33.33% |" in tables.accepted(measured)
    assert "| all images | 8 | 25.00% | 7 | 14.29% |" in tables.accepted(measured)
    assert "| MNIST test | 4 | 25.00% |" in tables.rejected(measured)


def test_scores_are_compared_where_they_reject_the_same_share() -> None:
    drawn = torch.arange(101.0)  # the lowest 2 % are below 2
    found = rejection.compare_score("a score", drawn, {"noise": torch.tensor([1.0, 2.5, 3.0, 4.0])})
    assert found["accepted"] == {"noise": 0.75}
    assert "| a score | 75.0% | 75.0% |" in tables.ways_of_scoring({"ways": [found]})


def test_the_trade_off_is_drawn_as_a_png() -> None:
    drawn, noise = torch.arange(100.0), torch.arange(100.0) - 50
    picture = rejection.trade_off_picture(drawn, {"noise": noise}, threshold=1.0)
    assert picture.startswith(b"\x89PNG")


def test_a_page_is_summarised_by_its_medians() -> None:
    def page(latency: float) -> Measured:
        drawn = Drawn([latency], [latency / 2], 2 * latency, [latency], requests=0, kilobytes=0)
        return Measured(drawn, Loaded(10 * latency, files=60, kilobytes=400))

    ours = summary("sketchpad", [page(latency) for latency in (10, 20, 90)])
    assert (ours["p50_ms"], ours["updates_per_second"], ours["first_answer_ms"]) == (20, 40, 200)
    pinned = summary("sketchpad, pinned", [Measured(page(30).drawn)])
    baseline = summary("baseline", [Measured(Drawn([], [], 0, [200], requests=40, kilobytes=9))])
    assert (baseline["p50_ms"], baseline["updates_per_second"]) == (None, None)
    measured = {
        "rounds": 3,
        "delay_ms": 100,
        "throttle": 4,
        "pages": [ours, pinned, baseline],
        "points": 20_000,
        "longest_block_ms": 31.4,
        "sizes": {"site_files": 70, "site_bytes": 2_345_678, "page_bytes": 987_654},
    }
    assert "| – | – | – | – | 200 ms | 40 |" in tables.ink_to_picture(measured)
    facts = tables.ink_to_picture_facts(measured)
    assert "10 times as long" in facts
    assert "1.50 times as long" in facts
    assert "20,000 points, the page is never busy for more than 31 ms" in facts
    assert "| sketchpad | 200 ms | 60 | 400 KB |" in tables.first_visit(measured)
    assert "baseline" not in tables.first_visit(measured)
    assert "| static site | 70 | 2,346 KB |" in tables.sizes(measured)
    assert "| single file | 1 | 988 KB |" in tables.sizes(measured)


def test_the_longest_task_is_that_of_the_pages_main_thread() -> None:
    def thread(tid: int, name: str) -> dict[str, Any]:
        return {"name": "thread_name", "pid": 1, "tid": tid, "args": {"name": name}}

    def task(
        tid: int, duration: int, name: str = "ThreadControllerImpl::RunTask"
    ) -> dict[str, Any]:
        return {"name": name, "pid": 1, "tid": tid, "tdur": duration}

    threads = [thread(1, "CrRendererMain"), thread(2, "Compositor")]
    tasks = [task(1, 12_500), task(1, 9_000), task(2, 99_000), task(1, 99_000, "waiting")]
    assert longest_task(json.dumps({"traceEvents": threads + tasks}).encode()) == 12.5


def test_requests_that_the_cache_answers_are_not_counted() -> None:
    session: Any = Session()
    recorder = load.Recorder(session)
    for number, url in enumerate(("http://host/a?b=c", "http://host/cached")):
        session.report("Network.requestWillBeSent", {
            "requestId": str(number), "request": {"method": "GET", "url": url},
        })  # fmt: skip
    headers = {"If-None-Match": "x", "Cookie": "y"}
    session.report("Network.requestWillBeSentExtraInfo", {"requestId": "0", "headers": headers})
    expected = Request("GET", "/a?b=c", {"If-None-Match": "x"})
    assert recorder.requests() == [expected]


DRAWN = [(int(d), [np.array(s) for s in drawn]) for d, drawn in DIGITS.items()]


@pytest.mark.parametrize(
    "kind", [*made_pictures.KINDS, *made_pictures.SEVERAL, *made_pictures.BLANK]
)
def test_a_seed_always_makes_the_same_picture(kind: str) -> None:
    first, again = (made_pictures.make(kind, DRAWN, np.random.default_rng(1)) for _ in range(2))
    assert first.mode in ("L", "RGB", "RGBA")
    assert np.array_equal(np.asarray(first), np.asarray(again))
    assert np.ptp(np.asarray(first)) > 0


def test_pictures_are_made_once_read_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out, sheet, folder = (tmp_path / n for n in ("x.jsonl", "x.json", "x.png", "pictures"))
    record = {"label": 7, "strokes": DIGITS["7"], "source": "test", "writer": "7"}
    file.write_text(json.dumps(record))
    argv = ["pictures", "--pictures", str(folder), "--kinds", "drawn", "several drawn", "blank"]
    made = ["--strokes", str(file), "--count", "2", "--out", str(out), "--sheet", str(sheet)]
    monkeypatch.setattr("sys.argv", argv + made)
    monkeypatch.setattr(pictures, "TIMED", ("drawn",))
    assert pictures.main() == 0
    measured = json.loads(out.read_text())["results"]
    assert measured["all"]["pictures"] == 2
    assert measured["all"]["right"] == 1
    assert measured["kinds"]["several"][0]["more than one"] == 1
    assert measured["kinds"]["blank"][0]["wrong"] == 0
    assert sheet.read_bytes().startswith(b"\x89PNG")
    assert tables.pictures(measured) in capsys.readouterr().out
    for label in ("3", "several"):  # pictures of other people, of which both answers are wrong
        seven = next((folder / "drawn").glob("*-7.png"))
        (folder / "drawn" / f"{label}-{label}.png").write_bytes(seven.read_bytes())
    monkeypatch.setattr("sys.argv", argv)
    assert pictures.main() == 0
    assert "| drawn | 4 | 50.0% | 0.0% | 50.0% |" in capsys.readouterr().out


def test_kinds_without_pictures_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["pictures", "--pictures", str(tmp_path)]
    (tmp_path / "note.txt").write_text("Dear Sir or Madam")
    monkeypatch.setattr("sys.argv", argv)
    assert pictures.main() == 1
    assert "There are no pictures in" in capsys.readouterr().err
    (tmp_path / "drawn").mkdir()
    assert pictures.main() == 1
    assert "There are no pictures of the kind 'drawn'" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", [*argv, "--kinds", "drown"])
    assert pictures.main() == 1
    assert "There is no kind 'drown'. Choose from: drawn." in capsys.readouterr().err


def test_many_inputs_are_read_as_one_by_one() -> None:
    reader = Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")
    scribble = [[(0.1, 0.1), (0.9, 0.2), (0.1, 0.3), (0.9, 0.4), (0.1, 0.5), (0.9, 0.9)]]
    drawn = [*DIGITS.values(), scribble]
    inputs = [network_input(ink_from_strokes(strokes)) for strokes in drawn]
    one_by_one = [reader.read_input(x).label for x in inputs]
    assert None in one_by_one
    assert pictures.read_inputs(inputs, reader) == one_by_one


class Session:
    """Stands in for a session of Chromium's debugging protocol."""

    def __init__(self) -> None:
        self.listeners: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, listener: Callable[[Any], None]) -> None:
        self.listeners[event] = listener

    def send(self, command: str) -> None:
        assert command == "Network.enable"

    def report(self, event: str, content: Any) -> None:
        self.listeners[event](content)


def row(**changed: Any) -> dict[str, Any]:
    """What a crowd costs."""
    found = {
        "at_once": 32, "count": 900, "errors": 0, "per_second": 180.4, "p50_ms": 40.0,
        "p95_ms": 50.0, "p99_ms": 70.0, "kilobytes": 612.1, "cpu_ms": 5.15, "memory_mb": 823.4,
    }  # fmt: skip
    return {**found, **changed}


def test_load_is_compared_with_the_baseline() -> None:
    cold = {"cache": "cold", "requests": 41}
    measured = {
        "loading": [row(**cold), row(cache="warm", requests=4)],
        "calls": [row(per_second=20.0)],
        "posts": [row(per_second=40.0)],
        "drawing": {
            "visitors": 516, "seconds": 30.0, "requests": 0, "cpu_seconds": 0.1,
            "idle_cpu_seconds": 0.08,
        },
        "baseline": {
            "loading": [row(**cold, per_second=18.04), row(per_second=90.2)],
            "calls": [row(per_second=0)],
        },
        "memory": {
            "minutes": 10.0, "visits": 9000, "calls": 1200, "errors": 0, "first_mb": 820.4,
            "last_mb": 830.0, "largest_mb": 840.0,
        },
    }  # fmt: skip
    found = tables.loading(measured)
    assert (
        "| cold | 41 | 612 | 32 | 180 | 40 ms | 50 ms | 70 ms | 0 | 5.2 ms | 823 MB | 10.0 |"
        in (found)
    )
    assert "| warm | 4 | 612 | 32 | 180 |" in found
    assert "| 823 MB | 2.0 |" in found
    assert "| 32 | 20 |" in tables.calls(measured)
    assert "| – |" in tables.calls(measured), "a baseline that answered nothing"
    assert "drawing for 30 s makes 0 requests" in tables.load_facts(measured)
    assert "with 32 visitors at once it serves 180 a second" in tables.load_facts(measured)
    assert "from 820 to 830 MB, and never above 840 MB" in tables.memory_over_time(measured)


def test_visits_are_repeated_and_counted(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"x" * 2000)
    requests = [Request("GET", "/", {})] * 9
    with serve_folder(tmp_path) as address:
        server = load.Server(address, os.getpid())
        found = apart(load.measure, server, 4, 0, partial(load.visit, address, requests))
    assert (found["count"], found["errors"], found["kilobytes"]) == (4, 0, 18)
    assert found["p50_ms"] <= found["p95_ms"] <= found["p99_ms"]
    assert found["memory_mb"] > 10


def test_a_missing_file_is_an_error(tmp_path: Path, capsys: Any) -> None:
    requests = [Request("GET", "/missing", {})]
    with serve_folder(tmp_path) as address:
        server = load.Server(address, os.getpid())
        found = apart(load.measure, server, 2, 0, partial(load.visit, address, requests))
    assert (found["count"], found["errors"]) == (0, 2)
    assert "2 × HttpError: /missing: 404" in capsys.readouterr().err


def test_chunked_answers_are_read_to_their_end() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for body in (b"one", b"two"):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            writer.write(b"%x\r\n%s\r\n4\r\nmore\r\n0\r\n\r\n" % (len(body), body))
        writer.close()

    async def ask() -> list[bytes]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Connection(f"http://127.0.0.1:{port}/") as connection:
            return [await connection.send(Request("GET", "/", {})) for _ in range(3)]

    assert run(ask()) == [b"onemore", b"twomore", b"onemore"], "opened again when closed"
