"""Measure how many visitors and programs the app can serve: `python -m benchmarks.load`.

Loading: a browser opens the page twice, with a cold and with a warm cache. Its requests are
recorded and repeated for more and more visitors at once, over six connections each, as browsers do.
Drawing: after the largest crowd has loaded the page, a few real pages draw. Their requests and the
server's CPU time are counted. An unused server needs a little CPU time, too, so that is measured as
well.
Calling: programs upload a picture and ask `/predict`, as Gradio's client does.
The same is done with the baseline, a page made of Gradio's own components (gr.Sketchpad → gr.Label)
with the same network. With `--minutes`, visitors and programs come all the time, and the server's
memory is sampled.
Visitors, programs and server share the cores of this machine.
"""

import argparse
import asyncio
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from PIL import Image
from playwright.sync_api import BrowserContext, CDPSession, Page

from benchmarks import ROOT, results, tables
from benchmarks.http_client import Connection, HttpError, Request
from benchmarks.ink_to_picture import quantile, stroke
from tests.support.browser import chromium, wait_for_answer
from tests.support.server import running

APP = ["app.py"]
BASELINE = ["-m", "benchmarks.load", "--serve-baseline"]
LEVELS = (1, 8, 32, 128, 512)
CONNECTIONS = 6
"""How many a browser opens to one host."""
TICKS = os.sysconf("SC_CLK_TCK")
REPEATED = ("accept-encoding", "content-type", "if-none-match", "if-modified-since")
"""Headers that decide what the server has to do."""
SAMPLE_SECONDS = 10

Work = Callable[[], Awaitable[int]]
"""Does one visit or call; returns the received bytes."""
Rows = list[dict[str, Any]]


# ------------------------------------------------------------------ what a browser requests


class Recorder:
    """The requests that a page sends to the server, without those that the cache answers."""

    def __init__(self, session: CDPSession) -> None:
        self._described: dict[str, dict[str, Any]] = {}
        self._sent: dict[str, dict[str, str]] = {}
        session.on("Network.requestWillBeSent", self._describe)
        # Only requests that leave the browser get this event.
        session.on("Network.requestWillBeSentExtraInfo", self._send)
        session.send("Network.enable")

    def _describe(self, event: dict[str, Any]) -> None:
        self._described[event["requestId"]] = event["request"]

    def _send(self, event: dict[str, Any]) -> None:
        self._sent[event["requestId"]] = event["headers"]

    def requests(self) -> list[Request]:
        """In the order in which they were sent, the page itself first."""
        return [
            Request(
                self._described[id]["method"],
                path_of(self._described[id]["url"]),
                {name: value for name, value in headers.items() if name.lower() in REPEATED},
                self._described[id].get("postData", "").encode(),
            )
            for id, headers in self._sent.items()
        ]


def path_of(url: str) -> str:
    """The path and the query of a URL."""
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def wait_for_baseline(page: Page) -> None:
    """Wait until the baseline can be drawn on."""
    page.locator("canvas").first.wait_for()


def record_visit(
    context: BrowserContext, address: str, wait: Callable[[Page], object]
) -> list[Request]:
    """The requests of one visit."""
    page = context.new_page()
    recorder = Recorder(context.new_cdp_session(page))
    page.goto(address)
    wait(page)
    page.wait_for_timeout(1000)
    page.close()
    return recorder.requests()


# ------------------------------------------------------------------ the server and the crowd


@dataclass(frozen=True)
class Server:
    """A server on this machine, with its worker processes. Its figures come from Linux's /proc."""

    address: str
    process: int

    def cpu_seconds(self) -> float:
        """CPU time used so far, including that of workers that have ended."""
        return sum(_cpu_ticks(process) for process in self._processes()) / TICKS

    def memory_mb(self) -> float:
        """Its resident memory."""
        return round(sum(map(_resident_kb, self._processes())) / 1000, 1)

    def _processes(self) -> list[int]:
        tasks = Path(f"/proc/{self.process}/task").glob("*/children")
        workers = " ".join(task.read_text(encoding="ascii") for task in tasks).split()
        return [self.process, *map(int, workers)]


def _cpu_ticks(process: int) -> int:
    """CPU time of a process and of its children that have ended."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    return sum(map(int, stat.rpartition(")")[2].split()[11:15]))


def _resident_kb(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


@dataclass
class Done:
    """What a crowd has done."""

    milliseconds: list[float] = field(default_factory=list)
    received: int = 0
    errors: list[str] = field(default_factory=list)


async def crowd(at_once: int, seconds: float, work: Work) -> Done:
    """`at_once` workers, who begin again and again for some seconds, and once at least."""
    done = Done()
    end = time.perf_counter() + seconds

    async def worker() -> None:
        while True:
            started = time.perf_counter()
            try:
                received = await work()
                done.received += received
                done.milliseconds.append(1000 * (time.perf_counter() - started))
            except (HttpError, OSError, EOFError) as error:
                done.errors.append(f"{type(error).__name__}: {error}")
            if time.perf_counter() > end:
                return

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return done


def measure(server: Server, at_once: int, seconds: float, work: Work) -> dict[str, Any]:
    """What a crowd costs, and what each of its workers has to wait for."""
    cpu, own_cpu, started = server.cpu_seconds(), time.process_time(), time.perf_counter()
    done = asyncio.run(crowd(at_once, seconds, work))
    elapsed = time.perf_counter() - started
    cpu, own_cpu = server.cpu_seconds() - cpu, time.process_time() - own_cpu
    for error in set(done.errors):
        print(f"{done.errors.count(error)} × {error}", file=sys.stderr)
    count = len(done.milliseconds)
    each = max(count + len(done.errors), 1)
    return {
        "at_once": at_once,
        "count": count,
        "errors": len(done.errors),
        "per_second": round(count / elapsed, 1),
        **{f"p{p}_ms": round(quantile(done.milliseconds, p / 100), 1) for p in (50, 95, 99)},
        "kilobytes": round(done.received / each / 1000, 1),
        "cpu_ms": round(1000 * cpu / each, 2),
        "client_cpu_ms": round(1000 * own_cpu / each, 2),
        "memory_mb": server.memory_mb(),
    }


# ------------------------------------------------------------------ loading


async def visit(address: str, requests: Sequence[Request]) -> int:
    """Repeat a browser's requests: first the page, and then what it needs; returns the bytes."""
    waiting = iter(requests)

    async def fetch(connection: Connection) -> int:
        return sum([len(await connection.send(request)) for request in waiting])

    async with AsyncExitStack() as stack:
        opened = [Connection(address) for _ in range(min(CONNECTIONS, len(requests)))]
        for connection in opened:
            await stack.enter_async_context(connection)
        page = await opened[0].send(next(waiting))
        return len(page) + sum(await asyncio.gather(*map(fetch, opened)))


def measure_loading(
    server: Server, visits: dict[str, list[Request]], levels: Sequence[int], seconds: float
) -> Rows:
    """Cold and warm visits of more and more visitors at once."""
    rows = []
    for (cache, requests), at_once in itertools.product(visits.items(), levels):
        print(f"{cache} visits, {at_once} at once", file=sys.stderr)
        found = measure(server, at_once, seconds, partial(visit, server.address, requests))
        rows.append({"cache": cache, "requests": len(requests), **found})
    return rows


# ------------------------------------------------------------------ calling


def picture() -> bytes:
    """A recorded digit as PNG, dark on light."""
    from tests.support.digits import DIGITS, grey

    file = io.BytesIO()
    Image.fromarray(255 - grey(DIGITS["4"])).save(file, "PNG")
    return file.getvalue()


def app_arguments(file: dict[str, Any]) -> list[Any]:
    return [file, "mnist-relu"]


def baseline_arguments(file: dict[str, Any]) -> list[Any]:
    return [{"background": None, "layers": [file], "composite": None}]


async def call(address: str, content: bytes, arguments: Callable[[dict[str, Any]], Any]) -> int:
    """Ask `/predict` as Gradio's client does: upload, call, wait; returns the bytes."""
    boundary = "sketchpad"
    form = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="4.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode() + content
    form += f"\r\n--{boundary}--\r\n".encode()
    kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
    path = "/gradio_api/call/predict"
    async with Connection(address) as connection:
        uploaded = await connection.send(Request("POST", "/gradio_api/upload", kind, form))
        file = {"path": json.loads(uploaded)[0], "meta": {"_type": "gradio.FileData"}}
        body = json.dumps({"data": arguments(file)}).encode()
        as_json = {"content-type": "application/json"}
        started = await connection.send(Request("POST", path, as_json, body))
        answer = await connection.send(
            Request("GET", f"{path}/{json.loads(started)['event_id']}", {})
        )
    if b"event: complete" not in answer:
        raise HttpError(f"{path}: {answer[:80]!r}")
    return len(answer)


async def post(address: str, content: bytes) -> int:
    """Ask `/predict` with one plain request; returns the bytes of the answer."""
    async with Connection(address) as connection:
        return len(await connection.send(Request("POST", "/predict", {}, content)))


def measure_calls(server: Server, work: Work, levels: Sequence[int], seconds: float) -> Rows:
    """Calls of `/predict` by more and more programs at once."""
    rows = []
    for at_once in levels:
        print(f"{at_once} programs at once", file=sys.stderr)
        rows.append(measure(server, at_once, seconds, work))
    return rows


def serve_baseline() -> None:
    """Serve the same network with Gradio's own components."""
    import gradio as gr
    import torch

    from lenet import Predictor

    torch.set_num_threads(1)
    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")

    def predict(sketch: dict[str, Any] | None) -> dict[str, float] | None:
        if not sketch or not sketch["layers"]:
            return None
        found = predictor(sketch["layers"][0])
        return dict(zip(found.labels, map(float, found.probabilities), strict=True))

    with gr.Blocks() as page:
        pad, label = gr.Sketchpad(canvas_size=(800, 800)), gr.Label(num_top_classes=10)
        pad.change(predict, pad, label, api_name="predict", concurrency_limit=2)
    page.launch(ssr_mode=False)


# ------------------------------------------------------------------ drawing


def measure_drawing(
    server: Server, visits: list[Request], visitors: int, strokes: int
) -> dict[str, Any]:
    """Draw on a few pages while many visitors have loaded theirs, and count what is requested."""
    asyncio.run(crowd(visitors, 0, lambda: visit(server.address, visits)))
    with chromium() as browser:
        pages = [browser.new_page(viewport={"width": 1280, "height": 800}) for _ in range(4)]
        for page in pages:
            page.goto(server.address)
            wait_for_answer(page)
            page.wait_for_timeout(1000)
        recorders = [Recorder(page.context.new_cdp_session(page)) for page in pages]
        cpu, started = server.cpu_seconds(), time.perf_counter()
        draw(pages, strokes)
        seconds, cpu = time.perf_counter() - started, server.cpu_seconds() - cpu
        requests = sum(len(recorder.requests()) for recorder in recorders)
        answers = sum(wait_for_answer(page) for page in pages)
    idle = server.cpu_seconds()
    time.sleep(seconds)
    return {
        "visitors": visitors + len(pages),
        "pages": len(pages),
        "strokes": len(pages) * strokes,
        "answers": answers,
        "seconds": round(seconds, 1),
        "requests": requests,
        "cpu_seconds": round(cpu, 2),
        "idle_cpu_seconds": round(server.cpu_seconds() - idle, 2),
    }


def draw(pages: Sequence[Page], strokes: int) -> None:
    """Draw on the pages in turn."""
    for number in range(strokes):
        for page in pages:
            page.bring_to_front()
            box = page.locator("#pad canvas").bounding_box()
            assert box
            stroke(page, box, number / strokes, 1.2)


# ------------------------------------------------------------------ memory over time


def measure_memory(
    server: Server, requests: list[Request], at_once: int, minutes: float
) -> dict[str, Any]:
    """The server's memory while visitors and programs come all the time."""
    content = picture()
    samples: list[float] = []

    async def sample() -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            samples.append(server.memory_mb())

    async def come() -> tuple[Done, Done]:
        sampling = asyncio.create_task(sample())
        found = await asyncio.gather(
            crowd(at_once, 60 * minutes, lambda: visit(server.address, requests)),
            crowd(at_once, 60 * minutes, lambda: call(server.address, content, app_arguments)),
        )
        sampling.cancel()
        return found

    visits, calls = asyncio.run(come())
    return {
        "minutes": minutes,
        "at_once": at_once,
        "visits": len(visits.milliseconds),
        "calls": len(calls.milliseconds),
        "errors": len(visits.errors) + len(calls.errors),
        "sample_seconds": SAMPLE_SECONDS,
        "samples_mb": samples,
        "first_mb": samples[0],
        "last_mb": samples[-1],
        "largest_mb": max(samples),
    }


def record(address: str, wait: Callable[[Page], object]) -> dict[str, list[Request]]:
    """The requests of a first visit and of the next one."""
    with chromium() as browser:
        context = browser.new_context()
        return {cache: record_visit(context, address, wait) for cache in ("cold", "warm")}


def measure_all(
    levels: Sequence[int], seconds: float, strokes: int, minutes: float
) -> dict[str, Any]:
    """Measure the app, and then the baseline."""
    content = picture()
    with running(APP) as (address, process):
        app = Server(address, process.pid)
        visits = record(address, wait_for_answer)
        found = {
            "connections": CONNECTIONS,
            "loading": measure_loading(app, visits, levels, seconds),
            "drawing": measure_drawing(app, visits["cold"], max(levels), strokes),
            "calls": measure_calls(
                app, partial(call, address, content, app_arguments), levels, seconds
            ),
            "posts": measure_calls(app, partial(post, address, content), levels, seconds),
        }
    with running(BASELINE) as (address, process):
        baseline = Server(address, process.pid)
        baseline_visits = record(address, wait_for_baseline)
        found["baseline"] = {
            "loading": measure_loading(baseline, baseline_visits, levels, seconds),
            "calls": measure_calls(
                baseline, partial(call, address, content, baseline_arguments), levels, seconds
            ),
        }
    if minutes:
        with running(APP) as (address, process):
            app = Server(address, process.pid)
            found["memory"] = measure_memory(app, visits["cold"], 8, minutes)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--at-once", type=int, nargs="+", default=LEVELS, help="visitors and programs at once"
    )
    parser.add_argument("--seconds", type=float, default=10, help="how long each crowd comes")
    parser.add_argument("--strokes", type=int, default=6, help="strokes per page that draws")
    parser.add_argument("--minutes", type=float, default=0, help="how long to sample the memory")
    parser.add_argument("--serve-baseline", action="store_true", help=argparse.SUPPRESS)
    results.add_out(parser)
    options = parser.parse_args()
    if options.serve_baseline:
        return serve_baseline()
    measured = measure_all(options.at_once, options.seconds, options.strokes, options.minutes)
    shown = [tables.loading(measured), tables.calls(measured), tables.load_facts(measured)]
    if options.minutes:
        shown.append(tables.memory_over_time(measured))
    print(*shown, sep="\n\n")
    if options.out:
        results.write(options.out, results.command_line("load"), measured)


if __name__ == "__main__":
    main()
