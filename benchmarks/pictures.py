"""Measure how well pictures are read: `python -m benchmarks.pictures --strokes FILE...`.

It draws recorded strokes (see `benchmarks.strokes`) as photographs, scans and drawings of many
kinds (`benchmarks.made_pictures`), finds the ink and reads it. Only digits that are read right from
their strokes take part, so what fails is finding the ink. `--count 20` is enough for development.

`--pictures FOLDER` keeps the pictures, so that the next run only has to read them. Without
`--strokes`, it reads the pictures in FOLDER, also those of other people: `FOLDER/KIND/NAME-5.png`
shows a 5, `NAME-several.png` more than one digit, `NAME-blank.png` none.
"""

import argparse
import math
import statistics
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks import ROOT, made_pictures, results, scenes, tables
from benchmarks.made_pictures import BLANK, KINDS, SEVERAL
from benchmarks.strokes import Record, place_on_pad, read_records
from lenet import Predictor, SketchpadError
from lenet.datasets.datasets import load
from lenet.drawing.finding import Found, find
from lenet.drawing.ink import Ink, ink_from_strokes
from lenet.drawing.picture import levels_from_file, levels_from_picture
from lenet.drawing.preprocessing import network_input
from lenet.reading.views import answer_logits, evidence, views

Levels = NDArray[np.uint8]
Seed = tuple[int, int]
"""The seed of a run, and the number of a picture."""
OUTCOMES = ("right", "rejected", "wrong", "more than one", "blank", "error")
TIMED = ("drawn", "ballpoint", "lined", "squared", "textured", "hard shadow", "desk", "mixed")
"""Kinds of the pictures whose time is measured."""
ENLARGED_SHARE = 10
"""One in ten of MNIST's images is also read as a large picture."""
SHOWN = 8
"""Failures of each kind on the contact sheet."""


# ------------------------------------------------------------------ pictures


def readable(record: Record, reader: Predictor) -> bool:
    """Whether the digit is read right from its strokes, in the middle of the pad."""
    placed = place_on_pad(record.strokes, np.random.default_rng(0))
    return reader.read_ink(ink_from_strokes([s.tolist() for s in placed])).label == str(
        record.label
    )


def choose_digits(
    records: Sequence[Record], reader: Predictor, random: np.random.Generator
) -> list[int]:
    """Three indices at random of digits that are read right from their strokes."""
    chosen: list[int] = []
    while len(chosen) < 3:
        index = int(random.integers(len(records)))
        if readable(records[index], reader):
            chosen.append(index)
    return chosen


def make_pictures(
    folder: Path, kind: str, records: Sequence[Record], reader: Predictor, seeds: Sequence[Seed]
) -> list[Path]:
    """A picture of `kind` in `folder` for each seed; those that are there are left unchanged.

    Their names contain the digits' indices, because another network may read other strokes.
    """
    place = folder / kind
    place.mkdir(parents=True, exist_ok=True)
    files = []
    for seed, number in seeds:
        random = np.random.default_rng((seed, zlib.crc32(kind.encode()), number))
        chosen = choose_digits(records, reader, random)
        digits = [(records[index].label, records[index].strokes) for index in chosen]
        shown = "blank" if kind in BLANK else "several" if kind in SEVERAL else str(digits[0][0])
        name = f"{seed}.{number:04}.{'.'.join(map(str, chosen))}-{shown}"
        there = next(place.glob(f"{name}.*"), None)
        files.append(there or save(made_pictures.make(kind, digits, random), place, name))
    return files


def save(picture: Image.Image, folder: Path, name: str) -> Path:
    """Write the picture with its own compression; without one as PNG."""
    if picture.format == "JPEG":
        file = folder / f"{name}.jpg"
        picture.save(file, quality="keep")
    else:
        file = folder / f"{name}.png"
        picture.save(file)
    return file


# ------------------------------------------------------------------ reading them


@dataclass(frozen=True)
class Outcome:
    """What became of one picture."""

    file: Path
    expected: str
    """a digit, "several" or "blank\""""
    outcome: str
    """one of `OUTCOMES`"""
    answer: str
    found: Found | None

    @property
    def as_expected(self) -> bool:
        """Whether a reader would agree. Nothing on blank paper may be read as a digit."""
        if self.expected == "several":
            return self.outcome == "more than one"
        if self.expected == "blank":
            return self.outcome in ("blank", "rejected")
        return self.outcome == "right"


def read(file: Path, reader: Predictor) -> Outcome:
    """Find the ink in a picture and read it."""
    expected = file.stem.rsplit("-", 1)[-1]
    try:
        found = find(levels_from_file(file))
    except Exception:
        # A benchmark counts failures of any kind, and goes on.
        traceback.print_exc()
        return Outcome(file, expected, "error", "error", None)
    outcome, answer = judge(found, reader, expected)
    return Outcome(file, expected, outcome, answer, found)


def judge(found: Found, reader: Predictor, expected: str) -> tuple[str, str]:
    """The outcome, and the answer in a word."""
    if found.count > 1:
        return "more than one", f"{found.count} digits"
    if found.count == 0:
        return ("rejected", "nothing") if found.frames["taken"].any() else ("blank", "blank")
    prediction = reader.read_ink(found.ink)
    if prediction.state == "digit":
        return "right" if prediction.label == expected else "wrong", prediction.nearest
    if prediction.state == "blank":
        return "blank", "blank"
    return "rejected", f"{prediction.nearest}?"


def shares(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The number of pictures, and the share of each outcome."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    return {"pictures": len(outcomes), **{o: counts[o] / len(outcomes) for o in OUTCOMES}}


def summary(outcomes: dict[str, list[Outcome]]) -> dict[str, Any]:
    """The shares of every kind, and of all pictures that show one digit."""
    groups: dict[str, list[dict[str, Any]]] = {"one": [], "several": [], "blank": []}
    for kind, members in outcomes.items():
        expected = members[0].expected
        group = expected if expected in groups else "one"
        groups[group].append({"name": kind, **shares(members)})
    digits = [o for members in outcomes.values() for o in members if o.expected.isdigit()]
    return {"kinds": groups, **({"all": shares(digits)} if digits else {})}


# ------------------------------------------------------------------ MNIST and time


def read_mnist(data: Path, reader: Predictor, count: int) -> list[dict[str, Any]]:
    """Errors on MNIST's first `count` test images: without preprocessing, and as pictures."""
    test = load(data).test
    images = test.images[:count, 0].numpy().astype(np.uint8)
    labels = [str(int(label)) for label in test.labels[:count]]
    enlarged = [
        np.asarray(Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC))
        for image in images[: count // ENLARGED_SHARE]
    ]
    ways: dict[str, list[NDArray[np.float32]]] = {
        "direct": [image.astype(np.float32) / np.float32(255) for image in images],
        "as pictures": [input_of(image, reader) for image in images],
        "as pictures of 280×280": [input_of(image, reader) for image in enlarged],
    }
    rows = []
    for name, inputs in ways.items():
        answers = zip(read_inputs(inputs, reader), labels, strict=False)
        counts = Counter(
            "rejected" if answer is None else "right" if answer == label else "wrong"
            for answer, label in answers
        )
        shares = {outcome: counts[outcome] / len(inputs) for outcome in OUTCOMES}
        rows.append({"name": name, "images": len(inputs), **shares})
    return rows


def input_of(image: Levels, reader: Predictor) -> NDArray[np.float32]:
    """The network input of a grey picture `(H, W)`; blank unless one digit is found."""
    config = reader.model.config
    found = find(image[..., None])
    ink = found.ink if found.count == 1 else np.zeros_like(found.ink)
    return network_input(ink, config.box, config.centring)


@torch.inference_mode()
def read_inputs(inputs: Sequence[NDArray[np.float32]], reader: Predictor) -> list[str | None]:
    """The answer to each network input `(28, 28)`; None for a non-digit. Many at once are fast."""
    model = reader.model
    answers: list[str | None] = []
    threshold = -math.inf if model.config.threshold is None else model.config.threshold
    for batch in torch.from_numpy(np.stack(inputs))[:, None].split(500):
        seen = views(batch)
        logits = model(seen.flatten(0, 1)).logits.unflatten(0, seen.shape[:2])
        digits = (evidence(logits) >= threshold).tolist()
        best = answer_logits(logits).argmax(1).tolist()
        answers += [
            reader.labels[k] if digit else None for k, digit in zip(best, digits, strict=True)
        ]
    return answers


def milliseconds(records: Sequence[Record]) -> dict[str, Any]:
    """The CPU time to find the ink in pictures of 1000×1000 pixels, on one thread."""
    torch.set_num_threads(1)
    times = []
    for number, kind in enumerate(TIMED):
        random = np.random.default_rng((7, number))
        scene = replace(made_pictures.scene(kind, random), side=1000, ratio=1.0, final=1000)
        record = records[int(random.integers(len(records)))]
        picture = scenes.render(scene, [record.strokes] * 3, random)
        levels = levels_from_picture(picture.convert("RGB"))
        times.append(min(_seconds(levels) for _ in range(3)))
    return {"median_ms": 1000 * statistics.median(times), "longest_ms": 1000 * max(times)}


def _seconds(levels: Levels) -> float:
    # CPU time, because other processes may run on the same cores.
    started = time.process_time()
    find(levels)
    return time.process_time() - started


# ------------------------------------------------------------------ contact sheet


def contact_sheet(failures: Sequence[Outcome], columns: int = 4) -> Image.Image:
    """Each picture, what was taken for ink, the ink, and what it was read as."""
    side = 100
    rows = -(-len(failures) // columns)
    sheet = Image.new("RGB", (columns * (3 * side + 16), max(1, rows) * (side + 18)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, failure in enumerate(failures):
        x, y = number % columns * (3 * side + 16), number // columns * (side + 18)
        with Image.open(failure.file) as picture:
            sheet.paste(_thumbnail(_visible(picture), side), (x, y))
        if failure.found:
            for place, frame in enumerate((failure.found.frames["taken"], failure.found.ink)):
                sheet.paste(_thumbnail(_inverted(frame), side), (x + (place + 1) * (side + 2), y))
        caption = f"{failure.file.parent.name}, {failure.expected}: read as {failure.answer}"
        draw.text((x + 2, y + side + 2), caption, fill="black")
    return sheet


def _visible(picture: Image.Image) -> Image.Image:
    """Pictures with few levels, stretched to all of them."""
    highest = max(high for _, high in np.reshape(picture.getextrema(), (-1, 2)))
    return picture.point(lambda level: level * 255 // highest) if 0 < highest <= 16 else picture


def _inverted(ink: Ink) -> Image.Image:
    return Image.fromarray((255 - 255 * ink.astype(np.float64)).round().astype(np.uint8))


def _thumbnail(picture: Image.Image, side: int) -> Image.Image:
    """The picture within `side`×`side` pixels, on grey where it is transparent."""
    scale = side / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.NEAREST
    small = picture.convert("RGBA").resize(size, way)
    ground = Image.new("RGBA", size, (220, 220, 220, 255))
    ground.alpha_composite(small)
    return ground.convert("RGB")


def worst(outcomes: dict[str, list[Outcome]]) -> list[Outcome]:
    """Some failures of every kind: wrong answers first."""
    chosen: list[Outcome] = []
    for members in outcomes.values():
        failures = [outcome for outcome in members if not outcome.as_expected]
        chosen += sorted(failures, key=lambda outcome: outcome.outcome != "wrong")[:SHOWN]
    return chosen


# ------------------------------------------------------------------ command


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", nargs="*", type=Path, default=[], metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep the pictures here")
    parser.add_argument("--kinds", nargs="*", default=[], metavar="KIND", help="only these kinds")
    parser.add_argument("--count", type=int, default=40, help="pictures of each kind (40)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the pictures (0)")
    parser.add_argument("--checkpoint", default=str(ROOT / "checkpoints" / "mnist-relu"))
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--mnist", type=int, default=0, metavar="N", help="also N of MNIST's test")
    parser.add_argument("--sheet", type=Path, help="write some failures to this PNG")
    results.add_out(parser)
    options = parser.parse_args()
    torch.set_num_threads(1)
    try:
        reader = Predictor.from_pretrained(options.checkpoint)
        mnist = read_mnist(options.data, reader, options.mnist) if options.mnist else []
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    records = [r for file in options.strokes for r in read_records(file) if r.label >= 0]
    if not (records or options.pictures):
        parser.error("--strokes or --pictures is required")

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.pictures or Path(temporary)
        try:
            kinds = chosen_kinds(folder, bool(records), options.kinds)
            outcomes = read_kinds(folder, kinds, records, reader, options)
        except SketchpadError as error:
            print(error, file=sys.stderr)
            return 1
        if options.sheet:
            sheet = contact_sheet(worst(outcomes))
            sheet.quantize(64).save(options.sheet, optimize=True)
    measured = {
        "checkpoint": Path(options.checkpoint).name,
        **summary(outcomes),
        **({"mnist": mnist} if mnist else {}),
        **({"time": milliseconds(records)} if records else {}),
    }
    print_tables(measured)
    if options.out:
        results.write(options.out, results.command_line("pictures"), measured)
    return 0


def chosen_kinds(folder: Path, are_made: bool, wanted: Sequence[str]) -> list[str]:
    """The wanted kinds of pictures, or else all that can be made, or all in the folder.

    Raises:
        SketchpadError: there is no such kind, or there is none at all.
    """
    if are_made:
        known = [*KINDS, *SEVERAL, *BLANK]
    else:
        known = sorted(place.name for place in folder.glob("*") if place.is_dir())
    if not known:
        raise SketchpadError(f"There are no pictures in {folder}. Use --strokes to make some.")
    for kind in wanted:
        if kind not in known:
            raise SketchpadError(f"There is no kind {kind!r}. Choose from: {', '.join(known)}.")
    return list(wanted) or known


def read_kinds(
    folder: Path,
    kinds: Sequence[str],
    records: Sequence[Record],
    reader: Predictor,
    options: argparse.Namespace,
) -> dict[str, list[Outcome]]:
    """Make the pictures if there are strokes, and read those of every kind.

    Raises:
        SketchpadError: there are no pictures of a kind.
    """
    outcomes = {}
    for kind in kinds:
        if records:
            seeds = [(options.seed, number) for number in range(options.count)]
            files = make_pictures(folder, kind, records, reader, seeds)
        else:
            files = sorted((folder / kind).iterdir())
        if not files:
            raise SketchpadError(f"There are no pictures of the kind {kind!r}.")
        outcomes[kind] = [read(file, reader) for file in files]
        counts = Counter(outcome.outcome for outcome in outcomes[kind])
        print(f"{kind:25} {dict(counts)}", file=sys.stderr, flush=True)
    return outcomes


def print_tables(measured: dict[str, Any]) -> None:
    """Print what was measured as Markdown."""
    kinds = measured["kinds"]
    for group, table in (
        ("one", tables.pictures),
        ("several", tables.pictures_of_several),
        ("blank", tables.blank_pictures),
    ):
        if kinds[group]:
            print(table(measured), end="\n\n")
    if "mnist" in measured:
        print(tables.mnist_as_pictures(measured), end="\n\n")
    if "time" in measured:
        print(tables.picture_time(measured))


if __name__ == "__main__":
    sys.exit(main())
