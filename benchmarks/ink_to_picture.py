"""Measure the time from pen to picture: `python -m benchmarks.ink_to_picture`.

One run compares pages in headless Chromium, served by this machine: the sketchpad; the sketchpad
with a unit of its second convolution pinned under the microscope; both on a CPU that is four times
slower; the sketchpad with 100 ms of added round trip; the static site; and the baseline, a plain
page made of Gradio's own components (gr.Sketchpad → gr.Label + gr.Gallery) with the same network.

While drawing: for each pointer event, the time until a picture that includes it has been drawn, in
all and since the browser delivered the event (browsers deliver moves once a frame).
After a stroke: the time from the last pointer event to the last change of a picture.
While loading: the time from the page's HTML to the first answer, and the files of a first visit.
Also measured: how long a growing sketch keeps the page busy at a time, the sizes of the static
forms, and how long `python app.py` takes to serve its first page.
Everything is repeated; the medians over the rounds are reported.
"""

import argparse
import json
import math
import re
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, CDPSession, FloatRect, Page

from benchmarks import ROOT, results, tables
from tests.support.browser import chromium, settle, wait_for_answer
from tests.support.server import serve, serve_folder

APP = ["app.py"]
BASELINE = ["-m", "benchmarks.ink_to_picture", "--serve-baseline"]
STARTS = 3
DELAY = 100
"""The added round trip, in milliseconds."""
THROTTLE = 4
"""How many times slower the throttled CPU is."""
POINTS = 20_000
"""The size of the sketch that grows."""
OURS = re.compile(r"^https?://[^/]+/(web-|networks|examples)")
"""Files that the app serves in addition to Gradio's own."""

WATCH = """
window.pointerEvents = []; window.pictures = []; window.lastPicture = 0; window.firstAnswer = 0;
for (const name of ["pointerdown", "pointermove"])
  addEventListener(name, (e) => {
    if (e.buttons) window.pointerEvents.push([e.timeStamp, performance.now()]);
  }, true);
document.addEventListener("load", (e) => {
  if (e.target.tagName === "IMG") window.lastPicture = performance.now();
}, true);
addEventListener("shown", (e) => {
  window.lastPicture = performance.now();
  window.firstAnswer ||= window.lastPicture;
  window.pictures.push([e.detail.inkTime, window.lastPicture]);
}, true);
"""
FIRST_ANSWER = "firstAnswer - performance.getEntriesByType('navigation')[0].responseEnd"

# One event per frame, with the positions that a fast pen passes in that time. The real mouse holds
# its button down meanwhile, so that the pad can capture the pointer.
GROW = """async ({ points, perFrame }) => {
  const pad = document.querySelector("#pad"), box = pad.getBoundingClientRect();
  // Circles of changing size, fast enough that the pad skips no point.
  const at = (i) => {
    const radius = 0.1 + 0.35 * Math.sin(i / 997) ** 2;
    return {
      pointerId: 1, isPrimary: true, bubbles: true, buttons: 1, pointerType: "mouse",
      clientX: box.left + box.width * (0.5 + radius * Math.cos(i / 7)),
      clientY: box.top + box.height * (0.5 + radius * Math.sin(i / 7)),
    };
  };
  for (let i = 0; i < points; i += perFrame) {
    await new Promise(requestAnimationFrame);
    const passed = Array.from({ length: perFrame }, (_, j) =>
      new PointerEvent("pointermove", at(i + j)));
    pad.dispatchEvent(new PointerEvent("pointermove",
      { ...at(i + perFrame - 1), coalescedEvents: passed }));
  }
}"""


@dataclass(frozen=True)
class Setup:
    """A page to measure, and the conditions."""

    name: str
    address: str
    delay: int = 0
    """added round trip, in milliseconds"""
    throttle: int = 1
    """how many times slower the CPU is"""
    pinned: bool = False
    """whether the microscope is pinned"""

    @property
    def sketchpad(self) -> bool:
        return self.name != "baseline"


@dataclass
class Loaded:
    """How a page loads."""

    first_answer: float
    """milliseconds after the page's HTML"""
    files: int
    """without Gradio's own"""
    kilobytes: float
    """as transferred"""


@dataclass
class Drawn:
    """How a page follows the pen; times in milliseconds."""

    latencies: list[float]
    """from each pointer event to the picture that shows it"""
    responses: list[float]
    """the same without the wait for the page's turn: browsers deliver moves once a frame"""
    updates_per_second: float
    after_last_move: list[float]
    requests: float
    """per stroke"""
    kilobytes: float
    """sent (bodies only) and received (as transferred) per stroke"""


@dataclass
class Measured:
    """The measurements of one page in one round."""

    drawn: Drawn
    loaded: Loaded | None = None


@dataclass
class Request:
    """A request over the network."""

    url: str
    sent: int
    received: int = 0


class Traffic:
    """The requests of a page since the last `clear`."""

    def __init__(self, session: CDPSession) -> None:
        self._requests: dict[str, Request] = {}
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.loadingFinished", self._finished)

    def _request(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if request["url"].startswith("http"):
            sent = len(request.get("postData", ""))
            self._requests[event["requestId"]] = Request(request["url"], sent)

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._requests:
            self._requests[event["requestId"]].received = int(event["encodedDataLength"])

    def clear(self) -> None:
        self._requests.clear()

    def requests(self) -> list[Request]:
        return list(self._requests.values())


def kilobytes(requests: list[Request]) -> float:
    return sum(request.sent + request.received for request in requests) / 1000


def stroke(page: Page, box: FloatRect, turn: float, seconds: float) -> None:
    """Draw one digit-like stroke with the mouse, at about 120 events per second."""

    def at(t: float) -> tuple[float, float]:
        angle = 2 * math.pi * (t + turn)
        return (
            box["x"] + box["width"] * (0.5 + 0.28 * math.sin(2 * angle) * (1 - 0.4 * t)),
            box["y"] + box["height"] * (0.5 + 0.3 * math.cos(angle)),
        )

    page.mouse.move(*at(0))
    page.mouse.down()
    started = time.perf_counter()
    while (t := (time.perf_counter() - started) / seconds) < 1:
        page.mouse.move(*at(t))
        time.sleep(max(0.0, 1 / 120 - ((time.perf_counter() - started) % (1 / 120))))
    page.mouse.up()


def emulate(session: CDPSession, setup: Setup) -> None:
    """Slow down the page's connection and its CPU."""
    session.send("Network.enable")
    if setup.delay:
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": setup.delay,
                "downloadThroughput": -1,
                "uploadThroughput": -1,
            },
        )
    session.send("Emulation.setCPUThrottlingRate", {"rate": setup.throttle})


def find_pad(page: Page, setup: Setup) -> FloatRect:
    """The box to draw in; the page is ready afterwards."""
    if setup.sketchpad:
        wait_for_answer(page)
        pad = page.locator("#pad canvas")
    else:
        page.get_by_label("Brush").click()
        pad = page.locator(".pixi-target canvas, canvas").first
    page.wait_for_timeout(1000)
    box = pad.bounding_box()
    assert box
    if not setup.sketchpad:  # the editor is wide, with the canvas in its middle
        side = 0.8 * box["height"]
        box["x"] += (box["width"] - side) / 2
        box["y"] += (box["height"] - side) / 2
        box["width"] = box["height"] = side
    return box


def measure(browser: Browser, setup: Setup, strokes: int) -> Measured:
    """Load a page and draw on it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    emulate(session, setup)
    traffic = Traffic(session)
    page.goto(setup.address)
    box = find_pad(page, setup)
    loaded = None
    if setup.sketchpad and not setup.pinned:
        ours = [r for r in traffic.requests() if "site" in setup.name or OURS.match(r.url)]
        loaded = Loaded(page.evaluate(FIRST_ANSWER), len(ours), kilobytes(ours))
    if setup.pinned:
        page.locator("#layer-2 .map").nth(7).click()
        page.locator("#microscope[data-pinned=true]").wait_for()
        box = find_pad(page, setup)  # the microscope may move the pad
    drawn = draw(page, setup, box, strokes, traffic)
    page.context.close()
    return Measured(drawn, loaded)


def draw(page: Page, setup: Setup, box: FloatRect, strokes: int, traffic: Traffic) -> Drawn:
    """Draw stroke after stroke; the sketchpad is cleared before each."""
    latencies: list[float] = []
    responses: list[float] = []
    after_last_move: list[float] = []
    requests: list[Request] = []
    updates, seconds = 0, 0.0
    for number in range(strokes):
        if setup.sketchpad:
            page.locator("#clear").click()
            settle(page)
        traffic.clear()
        page.evaluate("window.pointerEvents = []; window.pictures = []")
        started = time.perf_counter()
        stroke(page, box, number / strokes, 1.2)
        seconds += time.perf_counter() - started
        page.wait_for_timeout(700 if setup.sketchpad else 3500)
        requests += traffic.requests()
        events, pictures, last = page.evaluate(
            "[window.pointerEvents, window.pictures, window.lastPicture]"
        )
        after_last_move.append(last - events[-1][0])
        updates += len(pictures)
        for event, delivered in events:
            shown = next((shown for ink, shown in pictures if ink >= event), None)
            if shown is not None:
                latencies.append(shown - event)
                responses.append(shown - delivered)
    return Drawn(
        latencies,
        responses,
        updates / seconds,
        after_last_move,
        len(requests) / strokes,
        kilobytes(requests) / strokes,
    )


def longest_block(browser: Browser, address: str) -> float:
    """The longest time, in milliseconds, that the page is busy while a sketch grows."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    wait_for_answer(page)
    page.locator("#clear").click()
    settle(page)
    page.evaluate(
        "document.querySelector('.sketchpad').addEventListener('reading', (e) => {"
        "window.points = e.detail.strokes.flat().length; })"
    )
    box = page.locator("#pad canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    browser.start_tracing(page=page, categories=["toplevel"])
    page.evaluate(GROW, {"points": POINTS, "perFrame": 40})
    settle(page)
    longest = longest_task(browser.stop_tracing())
    page.mouse.up()
    assert page.evaluate("window.points") >= 0.99 * POINTS, "the sketch has grown"
    page.context.close()
    return longest


def longest_task(trace: bytes) -> float:
    """The longest task of a page's main thread in a trace of Chromium, in milliseconds.

    This is the thread's CPU time, which excludes the time that other processes take from it.
    """
    events = json.loads(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        event.get("tdur", 0)  # absent if the task has not ended
        for event in events
        if event["name"] == "ThreadControllerImpl::RunTask" and (event["pid"], event["tid"]) in main
    ]
    return max(tasks) / 1000


def serve_baseline() -> None:
    """Serve the same network with Gradio's own components."""
    import gradio as gr
    import numpy as np

    from lenet import Predictor

    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")

    def read(sketch: dict[str, Any] | None) -> tuple[dict[str, float], list[np.ndarray]]:
        layers = sketch and sketch["layers"]
        ink = layers[0][:, :, 3] if layers else np.zeros((28, 28), np.uint8)
        prediction = predictor(ink)
        maps = [prediction.network_input, *prediction.layer1, *prediction.layer2]
        pictures = [(255 * m / max(m.max(), 1e-9)).astype(np.uint8) for m in maps]
        chances = dict(zip(prediction.labels, map(float, prediction.probabilities), strict=True))
        return chances, pictures

    with gr.Blocks() as page:
        pad = gr.Sketchpad(brush=gr.Brush(default_size=50), canvas_size=(800, 800))
        label, gallery = gr.Label(num_top_classes=10), gr.Gallery(columns=8)
        pad.change(read, pad, [label, gallery])
    page.launch(ssr_mode=False)


def seconds_to_start() -> float:
    """The time from starting `app.py` to its first page."""
    started = time.perf_counter()
    with serve(APP):
        return time.perf_counter() - started


def write_static(folder: Path) -> tuple[Path, Path]:
    """Write the static site and the single file; returns their paths."""
    site, file = folder / "site", folder / "page.html"
    for command, target in (("site", site), ("page", file)):
        subprocess.run([sys.executable, "-m", "lenet", command, str(target)], cwd=ROOT, check=True)
    return site, file


def sizes(site: Path, file: Path) -> dict[str, Any]:
    """The sizes of the static forms, in bytes."""
    files = [path for path in site.rglob("*") if path.is_file()]
    return {
        "site_files": len(files),
        "site_bytes": sum(path.stat().st_size for path in files),
        "page_bytes": file.stat().st_size,
    }


def measure_all(rounds: int, strokes: int) -> dict[str, Any]:
    """Measure everything in each round; the slow baseline gets half the strokes."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        site, file = write_static(Path(stack.enter_context(TemporaryDirectory())))
        app, baseline = (stack.enter_context(serve(command)) for command in (APP, BASELINE))
        setups = [
            Setup("sketchpad", app),
            Setup("sketchpad, pinned", app, pinned=True),
            Setup("sketchpad, delayed", app, delay=DELAY),
            Setup("sketchpad, throttled", app, throttle=THROTTLE),
            Setup("sketchpad, pinned, throttled", app, throttle=THROTTLE, pinned=True),
            Setup("static site", stack.enter_context(serve_folder(site, "/digits/"))),
            Setup("baseline", baseline),
        ]
        pages: dict[str, list[Measured]] = {setup.name: [] for setup in setups}
        blocks = []
        for number in range(rounds):
            for setup in setups:
                count = strokes if setup.sketchpad else max(2, strokes // 2)
                pages[setup.name].append(measure(browser, setup, count))
                print(f"round {number + 1} of {rounds}: {setup.name}", file=sys.stderr)
            blocks.append(longest_block(browser, app))
        return {
            "rounds": rounds,
            "delay_ms": DELAY,
            "throttle": THROTTLE,
            "pages": [summary(name, measured) for name, measured in pages.items()],
            "points": POINTS,
            "longest_block_ms": median(blocks),
            "sizes": sizes(site, file),
        }


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie; NaN if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


def median(values: list[float]) -> float | None:
    """The median of the known values; None if there are none."""
    known = [value for value in values if not math.isnan(value)]
    return round(statistics.median(known), 3) if known else None


def summary(name: str, rounds: list[Measured]) -> dict[str, Any]:
    """The medians over the rounds; None where the baseline, which reports no updates, has none."""
    drawn = [m.drawn for m in rounds]
    loaded = [m.loaded for m in rounds if m.loaded]
    return {
        "name": name,
        "p50_ms": median([quantile(d.latencies, 0.5) for d in drawn]),
        "p95_ms": median([quantile(d.latencies, 0.95) for d in drawn]),
        "response_ms": median([quantile(d.responses, 0.5) for d in drawn]),
        "updates_per_second": median([d.updates_per_second or math.nan for d in drawn]),
        "after_last_move_ms": median([statistics.median(d.after_last_move) for d in drawn]),
        "requests_per_stroke": median([d.requests for d in drawn]),
        "kilobytes_per_stroke": median([d.kilobytes for d in drawn]),
        "first_answer_ms": median([page.first_answer for page in loaded]),
        "first_files": median([page.files for page in loaded]),
        "first_kilobytes": median([page.kilobytes for page in loaded]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strokes", type=int, default=6, help="strokes per page and round")
    parser.add_argument("--serve-baseline", action="store_true", help=argparse.SUPPRESS)
    results.add_out(parser)
    options = parser.parse_args()
    if options.serve_baseline:
        return serve_baseline()
    measured = measure_all(options.rounds, options.strokes)
    starts = [seconds_to_start() for _ in range(STARTS)]
    measured["start_seconds"] = round(statistics.median(starts), 2)
    for show in (
        tables.ink_to_picture,
        tables.ink_to_picture_facts,
        tables.first_visit,
        tables.sizes,
    ):
        print(show(measured), end="\n\n")
    if options.out:
        results.write(options.out, results.command_line("ink_to_picture"), measured)


if __name__ == "__main__":
    main()
