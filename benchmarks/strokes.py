"""Measure how well real pen strokes are read: `python -m benchmarks.strokes FILE...`.

A file contains one JSON object per line (`.jsonl` or `.jsonl.gz`): `label` (0 to 9, -1 for a
non-digit), `strokes` (a list of strokes, each a list of [x, y], y pointing down, in any unit),
`source`, `writer`, and for non-digits perhaps `char`, their name. Every digit is drawn on the pad
with a random size, position and slant, and read as on the page: strokes → ink → network input →
prediction. Then each is retouched, and drawn with a stray tap.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw
from tqdm import tqdm

from benchmarks import ROOT, results, tables
from benchmarks.retouching import Change, retouched, with_a_tap
from lenet import Prediction, Predictor, SketchpadError
from lenet.drawing.ink import Strokes, ink_from_strokes
from lenet.drawing.preprocessing import network_input

Points = np.ndarray

CHANGES: dict[str, Change] = {"retouched": retouched, "with a tap": with_a_tap}


@dataclass(frozen=True)
class Record:
    """One recorded character; its label is -1 for a non-digit."""

    label: int
    strokes: list[Points]
    source: str
    writer: str
    file: str
    character: str = ""
    """name of a non-digit, if the file has one"""


def read_records(path: Path) -> Iterator[Record]:
    """The records of one file."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            strokes = [np.asarray(s, np.float64) for s in record["strokes"] if s]
            name = path.name.split(".")[0]
            yield Record(
                record["label"],
                strokes,
                record["source"],
                record["writer"],
                name,
                record.get("char", ""),
            )


def place_on_pad(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """Place strokes at random: longer side 0.3 to 0.85 of the pad, any position, slant ±0.15."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    size = max(float((high - low).max()), 1e-9)
    scale = random.uniform(0.3, 0.85)
    slant = random.uniform(-0.15, 0.15)
    placed = [(s - (low + high) / 2) / size * scale @ [[1, 0], [-slant, 1]] for s in strokes]
    extent = np.abs(np.concatenate(placed)).max(0)
    room = np.maximum(0.0, 0.46 - extent)
    middle = 0.5 + random.uniform(-room, room)
    return [s + middle for s in placed]


def place_all(
    records: list[Record], seed: int, change: Change = lambda strokes, _: strokes
) -> list[Strokes]:
    """The strokes of all records on the pad, each placed and then changed with its own seed."""
    placed: list[Strokes] = []
    for i, record in enumerate(records):
        random = np.random.default_rng((seed, i))
        strokes = change(place_on_pad(record.strokes, random), random)
        placed.append([stroke.tolist() for stroke in strokes])
    return placed


def draw_all(drawings: list[Strokes]) -> np.ndarray:
    """The network inputs `(N, 28, 28)` of drawings."""
    drawn = tqdm(drawings, desc="drawing", leave=False)
    return np.stack([network_input(ink_from_strokes(strokes)) for strokes in drawn])


def read_drawings(predictor: Predictor, drawings: list[Strokes]) -> list[Prediction]:
    """The predictions without their layers: thousands of them would not fit into the memory."""
    shown = tqdm(drawings, desc="reading", leave=False)
    return [replace(predictor.read_sketch(strokes), layers=()) for strokes in shown]


def contact_sheet(inputs: np.ndarray, captions: list[str], columns: int = 12) -> Image.Image:
    """The pictures `(N, 28, 28)` enlarged in a grid, each with a caption."""
    side = 84
    rows = -(-len(inputs) // columns)
    sheet = Image.new("RGB", (columns * (side + 6), max(1, rows) * (side + 20)), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (picture, caption) in enumerate(zip(inputs, captions, strict=True)):
        x, y = i % columns * (side + 6), i // columns * (side + 20)
        large = Image.fromarray((picture * 255).astype(np.uint8)).resize(
            (side, side), Image.Resampling.BOX
        )
        sheet.paste(large, (x, y))
        draw.text((x + 2, y + side + 3), caption, fill="black")
    return sheet


def worst_mistakes(records: list[Record], read: list[Prediction], count: int = 120) -> Image.Image:
    """A sheet of the wrong answers, highest probability first."""
    wrong = [
        i for i, (p, r) in enumerate(zip(read, records, strict=True)) if p.nearest != str(r.label)
    ]
    wrong = sorted(wrong, key=lambda i: -read[i].confidence)[:count]
    captions = [f"{records[i].label}: {read[i].nearest} {read[i].confidence:.0%}" for i in wrong]
    return contact_sheet(np.array([read[i].network_input for i in wrong]), captions)


def shares(records: list[Record], read: list[Prediction]) -> dict[str, Any]:
    """The number of digits, and the shares that are correct, rejected, and answered correctly.

    `rejected_for_strokes` is the share that is rejected only because so many strokes add ink.
    """
    correct = np.array([p.nearest == str(r.label) for p, r in zip(read, records, strict=True)])
    rejected = np.array([p.state != "digit" for p in read])
    return {
        "drawn": len(records),
        "writers": len({(r.file, r.writer) for r in records}),
        "nearest_right": correct.mean().item(),
        "rejected": rejected.mean().item(),
        "rejected_for_strokes": float(np.mean([_is_rejected_for_strokes(p) for p in read])),
        "answered_right": (correct & ~rejected).mean().item(),
    }


def _is_rejected_for_strokes(found: Prediction) -> bool:
    threshold = found.threshold or 0
    return found.state == "not a digit" and found.evidence + found.penalty >= threshold


def grouped(
    records: list[Record], read: list[Prediction], name: Callable[[Record], str]
) -> list[dict[str, Any]]:
    """The shares for each group of records with the same `name`."""
    groups: dict[str, list[int]] = {}
    for i, record in enumerate(records):
        groups.setdefault(name(record), []).append(i)
    return [
        {"name": key, **shares([records[i] for i in members], [read[i] for i in members])}
        for key, members in sorted(groups.items())
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--checkpoint", default=str(ROOT / "checkpoints" / "mnist-relu"))
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the sizes, positions and slants"
    )
    parser.add_argument("--sheet", type=Path, help="write the worst mistakes to this PNG")
    results.add_out(parser)
    options = parser.parse_args()
    try:
        predictor = Predictor.from_pretrained(options.checkpoint)
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    records = [r for file in options.files for r in read_records(file) if r.label >= 0]
    torch.set_num_threads(1)
    read = read_drawings(predictor, place_all(records, options.seed))
    files = grouped(records, read, lambda r: r.file)
    for name, change in CHANGES.items():
        changed = read_drawings(predictor, place_all(records, options.seed, change))
        files += [{**row, "change": name} for row in grouped(records, changed, lambda r: r.file)]
    measured = {
        "checkpoint": Path(options.checkpoint).name,
        "files": files,
        "sources": grouped(records, read, lambda r: r.source),
        "digits": grouped(records, read, lambda r: str(r.label)),
        "all": shares(records, read),
    }
    for groups in ("files", "sources", "digits"):
        print(tables.strokes(measured, groups), end="\n\n")
    if options.out:
        results.write(options.out, results.command_line("strokes"), measured)
    if options.sheet:
        worst_mistakes(records, read).save(options.sheet)
    return 0


if __name__ == "__main__":
    sys.exit(main())
