"""Measure how well non-digits are rejected: `python -m benchmarks.rejection --strokes FILE...`.

Digits that should be read: MNIST's test set and the digits in the stroke files. Non-digits that
should be rejected: records with the label -1 in the stroke files, Fashion-MNIST's test set, noise,
and scribbles (random walks, unlike the scribbles in training). It prints the shares at the
checkpoint's threshold and compares alternative scores; `--picture` draws the whole trade-off.
"""

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from torch import Tensor

from benchmarks import ROOT, results, tables
from benchmarks.strokes import draw_all, place_all, read_records
from lenet import LeNet, Predictor, SketchpadError
from lenet.datasets.datasets import FASHION_MNIST, load
from lenet.datasets.glyphs import curve, draw
from lenet.drawing.preprocessing import network_input
from lenet.reading.views import evidence, views

Score = Callable[[Tensor], Tensor]
Scores = dict[str, Tensor]
IN_USE = "evidence, mean over the views (in use)"
LOOKALIKES = {
    "Early_Aramaic/character03": "7",
    "Early_Aramaic/character17": "1",
    "Greek/character09": "1",
    "Greek/character15": "0",
    "Japanese_(katakana)/character27": "7",
    "Korean/character10": "4",
    "Korean/character22": "7",
    "Latin/character02": "6",
    "Latin/character12": "1",
    "Latin/character26": "2",
}
"""Characters of Omniglot that anybody would read as a digit, by eye, and the digit."""
REJECTED_BY_ALL = 0.02
"""Share of the drawn digits that each score rejects when scores are compared."""


def scribbles(count: int) -> Tensor:
    """Random walks of the pen, `(count, 1, 28, 28)`."""
    random = np.random.default_rng(11)

    def walk() -> np.ndarray:
        steps = random.normal(0, 0.12, (int(random.integers(15, 60)), 2))
        return curve(np.cumsum(steps, axis=0), 300)

    return torch.from_numpy(np.stack([draw([walk()], random) for _ in range(count)]))[:, None]


def noise(count: int) -> Tensor:
    """Noise `(count, 1, 28, 28)`: half fills the field, half is preprocessed like a sketch."""
    random = np.random.default_rng(12)
    fields = random.random((count, 28, 28)).astype(np.float32)
    for i in range(count // 2):
        fields[i] = network_input((random.random((60, 60)) < 0.1).astype(np.float32))
    return torch.from_numpy(fields)[:, None]


@torch.inference_mode()
def in_batches(function: Score, images: Tensor) -> Tensor:
    """Apply `function` to `images`, a thousand at a time."""
    return torch.cat([function(batch) for batch in images.split(1000)])


def ways_of_scoring(model: LeNet, training: Tensor, labels: Tensor) -> dict[str, Score]:
    """Scores `(B, 1, 28, 28)` → `(B,)` that should be high for digits."""

    def logits(images: Tensor) -> Tensor:
        return model(images).logits

    def penultimate(images: Tensor) -> Tensor:
        found = []
        hook = model.dense[-1].register_forward_pre_hook(lambda _, x: found.append(x[0]))
        try:
            model(images)
        finally:
            hook.remove()
        return found[0]

    features = in_batches(penultimate, training)
    means = torch.stack([features[labels == k].mean(0) for k in range(10)])
    centred = features - means[labels]
    whiten = torch.linalg.inv(centred.T @ centred / len(centred) + 1e-3 * torch.eye(84))

    def distance(images: Tensor) -> Tensor:
        apart = penultimate(images)[:, None] - means
        return -torch.einsum("bkf,fg,bkg->bk", apart, whiten, apart).min(1).values

    def agreement(images: Tensor) -> Tensor:
        answer = logits(images).argmax(1, keepdim=True)
        altered = [logits(x).softmax(1).gather(1, answer) for x in views(images)[1:]]
        return torch.stack(altered).mean(0)[:, 0]

    return {
        IN_USE: lambda images: evidence(torch.stack([logits(x) for x in views(images)])),
        "evidence of a single view": lambda images: logits(images).logsumexp(1),
        "highest logit": lambda images: logits(images).max(1).values,
        "highest probability": lambda images: logits(images).softmax(1).max(1).values,
        "agreement of the views": agreement,
        "distance in the penultimate layer": distance,
    }


@torch.inference_mode()
def milliseconds_for_evidence(model: LeNet) -> float:
    """The extra time for views and evidence per drawing, on one thread."""
    torch.set_num_threads(1)
    image = torch.rand(1, 1, 28, 28)

    def seconds(function: Callable[[], object]) -> float:
        times = []
        for _ in range(300):
            started = time.perf_counter()
            function()
            times.append(time.perf_counter() - started)
        return statistics.median(times)

    def with_evidence() -> Tensor:
        return evidence(model(views(image)[:, 0]).logits[:, None])

    return 1000 * (seconds(with_evidence) - seconds(lambda: model(image)))


def trade_off_picture(digits: Tensor, non_digits: Mapping[str, Tensor], threshold: float) -> bytes:
    """Plot the share of digits rejected against the share of non-digits accepted, as a PNG.

    `digits` `(N,)` and each of `non_digits` `(M,)` contain the evidence of the drawings; the dot on
    each curve marks the `threshold` in use.
    """
    figure = Figure(figsize=(6.4, 4.4), dpi=150, layout="constrained")
    axes = figure.subplots()
    limits = np.quantile(digits.numpy(), np.linspace(0, 0.2, 400))
    rejected = [_share(digits < limit) for limit in limits]
    for name, scores in non_digits.items():
        (line,) = axes.plot(rejected, [_share(scores >= limit) for limit in limits], label=name)
        here = (_share(digits < threshold), _share(scores >= threshold))
        axes.plot(*here, "o", color=line.get_color())
    axes.set(
        xlabel="drawn digits rejected",
        ylabel="non-digits accepted",
        xlim=(0, 0.1),
        ylim=(0, 0.5),
        title="The threshold's trade-off (dots: in use)",
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


@dataclass(frozen=True)
class Drawn:
    """Drawings of one kind in one file."""

    inputs: Tensor
    """`(N, 1, 28, 28)`"""
    penalties: Tensor
    """`(N,)`, by how much the number of strokes lowers the evidence"""
    lookalikes: Tensor
    """`(N,)`, which of them anybody would read as a digit"""


def draw_files(
    files: list[Path], predictor: Predictor
) -> tuple[dict[str, Drawn], dict[str, Drawn]]:
    """The digits and the non-digits of each file."""
    digits: dict[str, Drawn] = {}
    non_digits: dict[str, Drawn] = {}
    for path in files:
        records = list(read_records(path))
        placed = place_all(records, seed=0)
        inputs = torch.from_numpy(draw_all(placed))[:, None]
        penalties = torch.tensor([predictor.penalty(strokes) for strokes in placed])
        lookalikes = torch.tensor([record.character in LOOKALIKES for record in records])
        is_digit = torch.tensor([record.label >= 0 for record in records])
        for group, chosen in ((digits, is_digit), (non_digits, ~is_digit)):
            if chosen.any():
                group[records[0].file] = Drawn(
                    inputs[chosen], penalties[chosen], lookalikes[chosen]
                )
    return digits, non_digits


def at_threshold(
    digits: Scores,
    non_digits: Scores,
    threshold: float,
    lookalikes: Mapping[str, Tensor] = MappingProxyType({}),
) -> dict[str, Any]:
    """The shares of digits rejected and non-digits accepted at the threshold.

    `lookalikes` says for some of the sets which non-digits anybody would read as a digit.
    """
    accepted = {name: _share(scores >= threshold) for name, scores in non_digits.items()}
    clear = {
        name: scores[~lookalikes[name]] if name in lookalikes else scores
        for name, scores in non_digits.items()
    }
    accepted_clear = {name: _share(scores >= threshold) for name, scores in clear.items()}
    return {
        "digits": [
            {"name": name, "images": len(scores), "rejected": _share(scores < threshold)}
            for name, scores in digits.items()
        ],
        "non_digits": [
            {
                "name": name,
                "images": len(non_digits[name]),
                "accepted": share,
                "clear": len(clear[name]),
                "clear_accepted": accepted_clear[name],
            }
            for name, share in accepted.items()
        ],
        "accepted_mean_of_sets": statistics.mean(accepted.values()),
        "accepted_of_all_images": _share(torch.cat(list(non_digits.values())) >= threshold),
        "clear_accepted_mean_of_sets": statistics.mean(accepted_clear.values()),
        "clear_accepted_of_all_images": _share(torch.cat(list(clear.values())) >= threshold),
    }


def compare_score(way: str, drawn: Tensor, non_digits: Scores) -> dict[str, Any]:
    """The non-digits that a score accepts when it rejects `REJECTED_BY_ALL` of the drawn digits."""
    limit = drawn.quantile(REJECTED_BY_ALL)
    accepted = {name: _share(scores >= limit) for name, scores in non_digits.items()}
    return {"way": way, "accepted": accepted, "mean": statistics.mean(accepted.values())}


def _share(chosen: Tensor) -> float:
    return chosen.double().mean().item()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", nargs="*", type=Path, default=[], metavar="FILE")
    parser.add_argument("--checkpoint", default=str(ROOT / "checkpoints" / "mnist-relu"))
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--picture", type=Path, help="write the trade-off to this PNG")
    results.add_out(parser)
    options = parser.parse_args()
    try:
        predictor = Predictor.from_pretrained(options.checkpoint)
        mnist = load(options.data)
        fashion = load(options.data, description=FASHION_MNIST)
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    model = predictor.model
    threshold = model.config.threshold
    if threshold is None:
        print(f"{options.checkpoint} has no threshold: it never rejects.", file=sys.stderr)
        return 1

    drawn_digits, drawn_non_digits = draw_files(options.strokes, predictor)
    drawn = list(drawn_digits) or ["MNIST test"]
    by_strokes = drawn_digits | drawn_non_digits
    digits = {
        "MNIST test": mnist.test.images / 255,
        **{name: found.inputs for name, found in drawn_digits.items()},
    }
    non_digits = {name: found.inputs for name, found in drawn_non_digits.items()} | {
        "Fashion-MNIST test": fashion.test.images / 255,
        "noise": noise(1000),
        "scribbles": scribbles(1000),
    }
    ways = ways_of_scoring(model, mnist.training.images[::5] / 255, mnist.training.labels[::5])
    scores = {
        way: {name: in_batches(score, x) for name, x in (digits | non_digits).items()}
        for way, score in ways.items()
    }

    for name, found in by_strokes.items():
        scores[IN_USE][name] = scores[IN_USE][name] - found.penalties

    def of_drawn(found: Scores) -> Tensor:
        return torch.cat([found[name] for name in drawn])

    def of_non_digits(found: Scores) -> Scores:
        return {name: found[name] for name in non_digits}

    used = scores[IN_USE]
    measured = {
        "checkpoint": Path(options.checkpoint).name,
        "threshold": threshold,
        **at_threshold(
            {name: used[name] for name in digits},
            of_non_digits(used),
            threshold,
            {name: found.lookalikes for name, found in drawn_non_digits.items()},
        ),
        "rejected_by_all": REJECTED_BY_ALL,
        "ways": [
            compare_score(way, of_drawn(found), of_non_digits(found))
            for way, found in scores.items()
        ],
        "evidence_ms": milliseconds_for_evidence(model),
    }
    for table in (tables.rejected, tables.accepted, tables.ways_of_scoring):
        print(table(measured), end="\n\n")
    if options.out:
        results.write(options.out, results.command_line("rejection"), measured)
    if options.picture:
        picture = trade_off_picture(of_drawn(used), of_non_digits(used), threshold)
        options.picture.write_bytes(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
