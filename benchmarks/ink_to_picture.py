"""Measure the time from pen to picture: `python -m benchmarks.ink_to_picture`.

One run compares three pages in headless Chromium, served by this machine: the sketchpad, the
sketchpad with 100 ms of added round trip, and the baseline, a plain page made of Gradio's own
components (gr.Sketchpad → gr.Label + gr.Gallery) with the same network.

While drawing: for each pointer event, the time until a picture that includes it has been drawn.
After a stroke: the time from the last pointer event to the last change of a picture.
Also measured: how long `python app.py` takes to serve its first page.
Everything is repeated; the medians over the rounds are reported.
"""

import argparse
import math
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, FloatRect, Page

from benchmarks import ROOT, results, tables
from tests.support.browser import chromium, settle, wait_for_answer
from tests.support.server import serve

APP = ["app.py"]
BASELINE = ["-m", "benchmarks.ink_to_picture", "--serve-baseline"]
STARTS = 3
DELAY = 100
"""The added round trip, in milliseconds."""
WATCH = """
window.pointerEvents = []; window.pictures = []; window.lastPicture = 0;
for (const name of ["pointerdown", "pointermove"])
  addEventListener(name, (e) => { if (e.buttons) window.pointerEvents.push(e.timeStamp); }, true);
document.addEventListener("load", (e) => {
  if (e.target.tagName === "IMG") window.lastPicture = performance.now();
}, true);
"""
LISTEN = """
document.querySelector("[data-sequence]").addEventListener("shown", (e) => {
  window.pictures.push([e.detail.inkTime, performance.now()]);
  window.lastPicture = performance.now();
});
"""


@dataclass
class Measured:
    """The measurements of one page in one round; times in milliseconds."""

    latencies: list[float]
    updates_per_second: float
    after_last_move: list[float]
    requests: float
    """per stroke"""
    sent: float
    """uploaded bytes per stroke, bodies only"""
    received: float
    """downloaded bytes per stroke, as transferred"""
    updates: float
    """per stroke"""


class Traffic:
    """Counts requests and bytes while `counting` is set."""

    def __init__(self, session: CDPSession) -> None:
        self.counting, self.requests, self.sent, self.received = False, 0, 0, 0
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.loadingFinished", self._finished)

    def _request(self, event: dict[str, dict[str, str]]) -> None:
        if self.counting and event["request"]["url"].startswith("http"):
            self.requests += 1
            self.sent += len(event["request"].get("postData", ""))

    def _finished(self, event: dict[str, float]) -> None:
        if self.counting:
            self.received += int(event["encodedDataLength"])


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


def measure(browser: Browser, address: str, sketchpad: bool, strokes: int, delay: int) -> Measured:
    """Draw on a page, the sketchpad or the baseline, and measure it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(WATCH)
    page.goto(address)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    if sketchpad:
        wait_for_answer(page)
        page.evaluate(LISTEN)
        pad = page.locator("#pad canvas")
    else:
        page.get_by_label("Brush").click()
        pad = page.locator(".pixi-target canvas, canvas").first
    page.wait_for_timeout(1000)
    box = pad.bounding_box()
    assert box
    if not sketchpad:  # the editor is wide, with the canvas in its middle
        side = 0.8 * box["height"]
        box["x"] += (box["width"] - side) / 2
        box["y"] += (box["height"] - side) / 2
        box["width"] = box["height"] = side
    if delay:
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": delay, "downloadThroughput": -1, "uploadThroughput": -1},
        )
    traffic = Traffic(session)
    latencies: list[float] = []
    after_last_move: list[float] = []
    updates, seconds = 0, 0.0
    for number in range(strokes):
        if sketchpad:
            page.locator("#clear").click()
            settle(page)
        traffic.counting = True
        page.evaluate("window.pointerEvents = []; window.pictures = []")
        started = time.perf_counter()
        stroke(page, box, number / strokes, 1.2)
        seconds += time.perf_counter() - started
        page.wait_for_timeout(700 if sketchpad else 3500)
        traffic.counting = False
        events, pictures, last = page.evaluate(
            "[window.pointerEvents, window.pictures, window.lastPicture]"
        )
        after_last_move.append(last - events[-1])
        updates += len(pictures)
        for event in events:
            shown = next((shown for ink, shown in pictures if ink >= event), None)
            if shown is not None:
                latencies.append(shown - event)
    page.close()
    return Measured(
        latencies,
        updates / seconds,
        after_last_move,
        traffic.requests / strokes,
        traffic.sent / strokes,
        traffic.received / strokes,
        updates / strokes,
    )


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie; NaN if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


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


def measure_pages(rounds: int, strokes: int) -> dict[str, list[Measured]]:
    """Measure each page in each round; the slow baseline gets half the strokes."""
    pages: dict[str, list[Measured]] = {"sketchpad": [], "sketchpad, delayed": [], "baseline": []}
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        addresses = [stack.enter_context(serve(command)) for command in (APP, BASELINE)]
        for number in range(rounds):
            for name, measured in pages.items():
                sketchpad = name != "baseline"
                measured.append(
                    measure(
                        browser,
                        addresses[0 if sketchpad else 1],
                        sketchpad,
                        strokes if sketchpad else max(2, strokes // 2),
                        DELAY if "delayed" in name else 0,
                    )
                )
                print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
    return pages


def summary(name: str, rounds: list[Measured]) -> dict[str, Any]:
    """The medians over the rounds; None where the baseline, which reports no updates, has none."""

    def median(values: list[float]) -> float | None:
        known = [value for value in values if not math.isnan(value)]
        return round(statistics.median(known), 3) if known else None

    def per_update(values: list[float]) -> float | None:
        pairs = zip(values, rounds, strict=True)
        return median([value / m.updates for value, m in pairs if m.updates])

    requests = [m.requests for m in rounds]
    kilobytes = [(m.sent + m.received) / 1000 for m in rounds]
    return {
        "name": name,
        "p50_ms": median([quantile(m.latencies, 0.5) for m in rounds]),
        "p95_ms": median([quantile(m.latencies, 0.95) for m in rounds]),
        "updates_per_second": median([m.updates_per_second or math.nan for m in rounds]),
        "after_last_move_ms": median([statistics.median(m.after_last_move) for m in rounds]),
        "requests_per_stroke": median(requests),
        "kilobytes_per_stroke": median(kilobytes),
        "requests_per_update": per_update(requests),
        "kilobytes_per_update": per_update(kilobytes),
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
    pages = measure_pages(options.rounds, options.strokes)
    measured = {
        "rounds": options.rounds,
        "delay_ms": DELAY,
        "pages": [summary(name, rounds) for name, rounds in pages.items()],
        "start_seconds": round(statistics.median(seconds_to_start() for _ in range(STARTS)), 2),
    }
    print(tables.ink_to_picture(measured), tables.ink_to_picture_facts(measured), sep="\n\n")
    if options.out:
        results.write(options.out, results.command_line("ink_to_picture"), measured)


if __name__ == "__main__":
    main()
