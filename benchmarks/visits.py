"""Measure what visitors cost the server: `python -m benchmarks.visits`.

Loading: a browser opens the page twice, with a cold and with a warm cache. Its requests are
recorded and repeated for many visitors, several at once, each over one connection.
Drawing: a few real pages draw, while their requests and the server's CPU time are counted. An
unused server needs a little CPU time too, so that is measured as well.
Browser, visitors and server share the cores of this machine.
"""

import argparse
import http.client
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession

from benchmarks import results, tables
from benchmarks.ink_to_picture import quantile, stroke
from tests.support.browser import chromium, wait_for_answer
from tests.support.server import running

APP = ["app.py"]
TICKS = os.sysconf("SC_CLK_TCK")
REPEATED = ("accept-encoding", "content-type", "if-none-match", "if-modified-since")
"""Headers that decide what the server has to do."""


@dataclass(frozen=True)
class Request:
    """A request that a browser sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None


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
        return [
            Request(
                self._described[id]["method"],
                path_of(self._described[id]["url"]),
                {name: value for name, value in headers.items() if name.lower() in REPEATED},
                self._described[id].get("postData"),
            )
            for id, headers in self._sent.items()
        ]


def path_of(url: str) -> str:
    """The path and the query of a URL."""
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def cpu_seconds(process: int) -> float:
    """The CPU time that a process has used, from Linux's /proc."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICKS


def record_visit(context: BrowserContext, address: str) -> list[Request]:
    """The requests of one visit."""
    page = context.new_page()
    recorder = Recorder(context.new_cdp_session(page))
    page.goto(address)
    wait_for_answer(page)
    page.wait_for_timeout(1000)
    page.close()
    return recorder.requests()


def visit(address: str, requests: list[Request]) -> tuple[float, int]:
    """Repeat a browser's requests; returns milliseconds and received bytes, bodies only."""
    started, received = time.perf_counter(), 0
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    for request in requests:
        connection.request(request.method, request.path, request.body, request.headers)
        response = connection.getresponse()
        received += len(response.read())
        if response.status >= 400:
            raise RuntimeError(f"{request.path}: {response.status}")
    connection.close()
    return 1000 * (time.perf_counter() - started), received


def measure_loading(
    address: str, process: int, cache: str, requests: list[Request], visits: int, at_once: int
) -> dict[str, Any]:
    """Repeat one visit many times."""
    with ThreadPoolExecutor(at_once) as pool:
        cpu, started = cpu_seconds(process), time.perf_counter()
        found = list(pool.map(lambda _: visit(address, requests), range(visits)))
        seconds = time.perf_counter() - started
        cpu = cpu_seconds(process) - cpu
    times = [milliseconds for milliseconds, _ in found]
    return {
        "cache": cache,
        "visits": visits,
        "requests": len(requests),
        "kilobytes": round(statistics.mean(received for _, received in found) / 1000, 1),
        "visits_per_second": round(visits / seconds, 1),
        "p50_ms": round(quantile(times, 0.5), 1),
        "p95_ms": round(quantile(times, 0.95), 1),
        "cpu_seconds": round(cpu, 2),
    }


def measure_drawing(
    browser: Browser, address: str, process: int, pages: int, strokes: int
) -> dict[str, Any]:
    """Draw on several pages in turn, and count what reaches the server."""
    opened = [browser.new_page(viewport={"width": 1280, "height": 800}) for _ in range(pages)]
    for page in opened:
        page.goto(address)
        wait_for_answer(page)
        page.wait_for_timeout(1000)
    recorders = [Recorder(page.context.new_cdp_session(page)) for page in opened]

    def draw() -> None:
        for number in range(strokes):
            for page in opened:
                page.bring_to_front()
                box = page.locator("#pad canvas").bounding_box()
                assert box
                stroke(page, box, number / strokes, 1.2)

    cpu, seconds = cpu_during(process, draw)
    requests = sum(len(recorder.requests()) for recorder in recorders)
    answers = sum(wait_for_answer(page) for page in opened)
    for page in opened:
        page.context.close()
    idle, _ = cpu_during(process, lambda: time.sleep(seconds))
    return {
        "pages": pages,
        "strokes": pages * strokes,
        "answers": answers,
        "seconds": round(seconds, 1),
        "requests": requests,
        "cpu_seconds": round(cpu, 2),
        "idle_cpu_seconds": round(idle, 2),
    }


def cpu_during(process: int, work: Callable[[], object]) -> tuple[float, float]:
    """The CPU seconds that a process uses during `work`, and the seconds that `work` takes."""
    cpu, started = cpu_seconds(process), time.perf_counter()
    work()
    return cpu_seconds(process) - cpu, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1000, help="per cache, cold and warm")
    parser.add_argument("--at-once", type=int, default=32, help="visitors at the same time")
    parser.add_argument("--pages", type=int, default=4, help="pages that draw")
    parser.add_argument("--strokes", type=int, default=6, help="strokes per page")
    results.add_out(parser)
    options = parser.parse_args()
    with chromium() as browser, running(APP) as (address, process):
        context = browser.new_context()
        caches = {name: record_visit(context, address) for name in ("cold", "warm")}
        context.close()
        loading = []
        for cache, requests in caches.items():
            print(f"{cache} cache: {options.visits} visits", file=sys.stderr)
            loading.append(
                measure_loading(
                    address, process.pid, cache, requests, options.visits, options.at_once
                )
            )
        measured = {
            "at_once": options.at_once,
            "loading": loading,
            "drawing": measure_drawing(
                browser, address, process.pid, options.pages, options.strokes
            ),
        }
    print(tables.visits(measured), tables.visits_facts(measured), sep="\n\n")
    if options.out:
        results.write(options.out, results.command_line("visits"), measured)


if __name__ == "__main__":
    main()
