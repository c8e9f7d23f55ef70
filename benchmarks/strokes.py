"""How well real pen strokes are read: `python -m benchmarks.strokes FILE...`.

A file holds one JSON object a line (`.jsonl` or `.jsonl.gz`): `label` (0 to 9), `strokes` (a list
of strokes, each a list of [x, y], y pointing down, in any unit), `source` and `writer`. Every
record is drawn on the pad at a size, a place and a slant of its own, with the pad's own pen,
and goes down the same path as on the page: strokes → ink → network input → prediction.
"""

import argparse
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from tqdm import tqdm

from lenet import Predictor, SketchpadError
from lenet.ink import ink_from_strokes
from lenet.preprocessing import network_input
from tests.support import ROOT

Points = np.ndarray


@dataclass(frozen=True)
class Record:
    """One drawn character; label is -1 for what is no digit."""

    label: int
    strokes: list[Points]
    source: str
    writer: str


def read_records(path: Path) -> Iterator[Record]:
    """The records of one file."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            strokes = [np.asarray(s, np.float64) for s in record["strokes"] if s]
            yield Record(record["label"], strokes, record["source"], record["writer"])


def place_on_pad(strokes: list[Points], random: np.random.Generator) -> list[Points]:
    """Strokes in pad coordinates: longer side 0.3 to 0.85 of the pad, anywhere, slant ±0.15."""
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


def draw_all(records: list[Record], seed: int) -> np.ndarray:
    """Network inputs `(N, 28, 28)` of all records, each placed by its own seed."""
    inputs = np.zeros((len(records), 28, 28), np.float32)
    for i, record in enumerate(tqdm(records, desc="drawing", leave=False)):
        placed = place_on_pad(record.strokes, np.random.default_rng((seed, i)))
        inputs[i] = network_input(ink_from_strokes([s.tolist() for s in placed]))
    return inputs


def contact_sheet(inputs: np.ndarray, captions: list[str], columns: int = 12) -> Image.Image:
    """The pictures in a grid, enlarged, each with its caption."""
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--checkpoint", default=str(ROOT / "checkpoints" / "mnist-relu"))
    parser.add_argument("--seed", type=int, default=0, help="of sizes, places and slants")
    parser.add_argument("--sheet", type=Path, help="write the worst mistakes to this PNG")
    options = parser.parse_args()
    try:
        predictor = Predictor.from_pretrained(options.checkpoint)
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    records = [r for file in options.files for r in read_records(file) if r.label >= 0]
    inputs = draw_all(records, options.seed)
    torch.set_num_threads(1)
    read = [predictor.read_input(i) for i in tqdm(inputs, desc="reading", leave=False)]
    nearest = [p.nearest == str(r.label) for p, r in zip(read, records, strict=True)]
    refused = [p.state != "digit" for p in read]
    groups: dict[str, list[int]] = defaultdict(list)
    for i, record in enumerate(records):
        groups[f"digit {record.label}"].append(i)
        groups[f"from {record.source}"].append(i)
    print(
        "| group | drawn | nearest digit right | refused | answered right |\n|---|---|---|---|---|"
    )
    for name, members in [*sorted(groups.items()), ("all", list(range(len(records))))]:
        right, no = (np.array(values)[members] for values in (nearest, refused))
        shares = (right.mean(), no.mean(), (right & ~no).mean())
        print(f"| {name} | {len(members):,} | " + " | ".join(f"{s:.2%}" for s in shares) + " |")
    if options.sheet:
        # The surer the network was of the wrong digit, the worse.
        wrong = [i for i, right in enumerate(nearest) if not right]
        wrong = sorted(wrong, key=lambda i: -read[i].confidence)[:120]
        captions = [
            f"{records[i].label}: {read[i].nearest} {read[i].confidence:.0%}" for i in wrong
        ]
        contact_sheet(inputs[wrong], captions).save(options.sheet)
        print(f"the worst mistakes: {options.sheet}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
