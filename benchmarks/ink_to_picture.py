"""How long from the pen to the picture: `python -m benchmarks.ink_to_picture`.

In one run, in headless Chromium against servers on this machine: the sketchpad, the sketchpad
with 100 ms of added round trip, and as the peer the plain page that the same parts of Gradio
make (gr.Sketchpad → gr.Label + gr.Gallery), reading with the same network.

While drawing: for every pointer event, the time until a picture that includes it has been drawn.
At the end of a stroke: from the last pointer event until the last picture has changed.
Everything is repeated, and the median over the rounds is printed.
"""

import argparse
import math
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, FloatRect, Page

from tests.support import ROOT
from tests.support.browser import chromium, settle, wait_for_answer
from tests.support.server import serve

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
    """One page in one round; times in milliseconds."""

    latencies: list[float]
    updates_per_second: float
    after_last_move: list[float]
    requests: float
    """per stroke"""
    sent: float
    """bytes up per stroke, bodies only"""
    received: float
    """bytes down per stroke, as they crossed the network"""
    updates: float
    """per stroke"""


class Traffic:
    """Counts what crosses the network while `counting`."""

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
    """Draw one digit-like stroke with the mouse, about 120 events a second."""

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


def measure(browser: Browser, address: str, ours: bool, strokes: int, delay: int) -> Measured:
    """Draw on one page and watch it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(WATCH)
    page.goto(address)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    if ours:
        wait_for_answer(page)
        page.evaluate(LISTEN)
        pad = page.locator("#pad canvas")
    else:
        page.get_by_label("Brush").click()
        pad = page.locator(".pixi-target canvas, canvas").first
    page.wait_for_timeout(1000)
    box = pad.bounding_box()
    assert box
    if not ours:  # the editor is wide and flat; its paper lies in the middle
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
        if ours:
            page.locator("#clear").click()
            settle(page)
        traffic.counting = True
        page.evaluate("window.pointerEvents = []; window.pictures = []")
        started = time.perf_counter()
        stroke(page, box, number / strokes, 1.2)
        seconds += time.perf_counter() - started
        page.wait_for_timeout(700 if ours else 3500)
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


def peer() -> None:
    """The peer: the same network behind Gradio's stock parts. Served by `--serve-peer`."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strokes", type=int, default=6, help="strokes per page and round")
    parser.add_argument("--serve-peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_peer:
        return peer()
    pages: dict[str, list[Measured]] = {"sketchpad": [], "sketchpad + 100 ms": [], "peer": []}
    own, other = ["app.py"], ["-m", "benchmarks.ink_to_picture", "--serve-peer"]
    with chromium() as browser, serve(own) as address, serve(other) as peer_address:
        for number in range(options.rounds):
            for name, measured in pages.items():
                ours = name != "peer"
                delay = 100 if "100" in name else 0
                where = address if ours else peer_address
                strokes = options.strokes if ours else max(2, options.strokes // 2)
                measured.append(measure(browser, where, ours, strokes, delay))
                print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr)
    print(f"medians of {options.rounds} rounds")
    head = "page|drawing p50 ms|p95 ms|updates/s|last move → last picture ms|requests/stroke"
    print("| " + (head + "|KB up/stroke|KB down/stroke").replace("|", " | ") + " |")
    print("|---" * 8 + "|")
    for name, rounds in pages.items():

        def median(values: list[float]) -> str:
            kept = [v for v in values if not math.isnan(v)]
            return f"{statistics.median(kept):.1f}" if kept else "–"

        cells = [
            median([quantile(m.latencies, 0.5) for m in rounds]),
            median([quantile(m.latencies, 0.95) for m in rounds]),
            median([m.updates_per_second for m in rounds]),
            median([statistics.median(m.after_last_move) for m in rounds]),
            median([m.requests for m in rounds]),
            median([m.sent / 1000 for m in rounds]),
            median([m.received / 1000 for m in rounds]),
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")
    own_time, peer_time = (
        statistics.median(statistics.median(m.after_last_move) for m in pages[name])
        for name in ("sketchpad", "peer")
    )
    print(f"last move → last picture: the peer takes {peer_time / own_time:.1f} times as long")
    per_update = [
        (m.requests / m.updates, (m.sent + m.received) / m.updates / 1000)
        for m in pages["sketchpad"]
        if m.updates
    ]
    requests, kilobytes = (statistics.median(values) for values in zip(*per_update, strict=True))
    print(f"sketchpad: {requests:.2f} requests and {kilobytes:.1f} KB an update")


if __name__ == "__main__":
    main()
