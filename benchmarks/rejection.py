"""How well "not a digit" is told: `python -m benchmarks.rejection --strokes FILE...`.

Digits that should be read: MNIST's test set, and the digits in the stroke files. What should be
refused: the records of the stroke files that are no digits (label -1), Fashion-MNIST's test set
(if it is in the data folder or in Debian's package), noise, and scribbles: random walks, other ones
than the network has seen in training. For the threshold in the checkpoint the shares are
printed, and as a picture the whole trade-off; then what other ways of telling would have done.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.strokes import draw_all, read_records
from lenet import LeNet, Predictor, SketchpadError
from lenet.calibration import evidence, views
from lenet.data import FASHION_MNIST, load
from lenet.preprocessing import network_input
from lenet.rendering import trade_off_picture
from lenet.synthesis import curve, draw
from tests.support import ROOT

Score = Callable[[Tensor], Tensor]
IN_USE = "evidence over nine views (in use)"


def scribbles(count: int) -> Tensor:
    """Random walks with the pen `(count, 1, 28, 28)`."""
    random = np.random.default_rng(11)

    def walk() -> np.ndarray:
        steps = random.normal(0, 0.12, (int(random.integers(15, 60)), 2))
        return curve(np.cumsum(steps, axis=0), 300)

    return torch.from_numpy(np.stack([draw([walk()], random) for _ in range(count)]))[:, None]


def noise(count: int) -> Tensor:
    """Even noise: half of it over the whole field, half brought there as a sketch would be."""
    random = np.random.default_rng(12)
    fields = random.random((count, 28, 28)).astype(np.float32)
    for i in range(count // 2):
        fields[i] = network_input((random.random((60, 60)) < 0.1).astype(np.float32))
    return torch.from_numpy(fields)[:, None]


@torch.inference_mode()
def in_batches(function: Score, images: Tensor) -> Tensor:
    """A function of images, a thousand at a time."""
    return torch.cat([function(batch) for batch in images.split(1000)])


def ways_of_telling(model: LeNet, training: Tensor, labels: Tensor) -> dict[str, Score]:
    """Scores of images `(B, 1, 28, 28)` → `(B,)` that should be high for digits."""

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
        moved = [logits(x).softmax(1).gather(1, answer) for x in views(images)[1:]]
        return torch.stack(moved).mean(0)[:, 0]

    return {
        IN_USE: lambda images: evidence(torch.stack([logits(x) for x in views(images)])),
        "evidence of the image alone": lambda images: logits(images).logsumexp(1),
        "highest logit": lambda images: logits(images).max(1).values,
        "highest probability": lambda images: logits(images).softmax(1).max(1).values,
        "distance in the penultimate layer": distance,
        "agreement of the views": agreement,
    }


@torch.inference_mode()
def refusal_cost(model: LeNet) -> float:
    """Milliseconds that the views and the evidence add to reading one drawing."""
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", nargs="*", type=Path, default=[], metavar="FILE")
    parser.add_argument("--checkpoint", default=str(ROOT / "checkpoints" / "mnist-relu"))
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--picture", type=Path, help="write the trade-off to this PNG")
    options = parser.parse_args()
    try:
        model = Predictor.from_pretrained(options.checkpoint).model
        mnist = load(options.data)
        fashion = load(options.data, source=FASHION_MNIST)
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    threshold = model.config.threshold
    if threshold is None:
        print(f"{options.checkpoint} has no threshold: it never refuses.", file=sys.stderr)
        return 1

    digits = {"MNIST test": mnist.test.images / 255}
    others: dict[str, Tensor] = {}
    for path in options.strokes:
        records = list(read_records(path))
        inputs = torch.from_numpy(draw_all(records, seed=0))[:, None]
        known = torch.tensor([record.label >= 0 for record in records])
        name = path.name.split(".")[0]
        for group, chosen in ((digits, inputs[known]), (others, inputs[~known])):
            if len(chosen):
                group[name] = chosen
    others["Fashion-MNIST test"] = fashion.test.images / 255
    others |= {"noise": noise(1000), "scribbles": scribbles(1000)}

    sample = mnist.training.images[::5] / 255
    ways = ways_of_telling(model, sample, mnist.training.labels[::5])
    scores = {
        way: {name: in_batches(score, x) for name, x in (digits | others).items()}
        for way, score in ways.items()
    }
    used = scores[IN_USE]
    print(f"threshold {threshold:.3f}, as stored in {Path(options.checkpoint).name}\n")
    print("| digits | images | refused |\n|---|---|---|")
    for name in digits:
        print(f"| {name} | {len(used[name]):,} | {(used[name] < threshold).double().mean():.2%} |")
    print("\n| no digits | images | accepted |\n|---|---|---|")
    accepted = [(used[name] >= threshold).double().mean().item() for name in others]
    for name, share in zip(others, accepted, strict=True):
        print(f"| {name} | {len(used[name]):,} | {share:.2%} |")
    together = torch.cat([used[name] >= threshold for name in others]).double().mean()
    print(f"| mean of the {len(others)} sets | | {np.mean(accepted):.2%} |")
    print(f"| all images together | {sum(map(len, others.values())):,} | {together:.2%} |")

    drawn = [name for name in digits if name != "MNIST test"] or list(digits)
    print("\nAccepted, where each way refuses 2 % of the drawn digits:\n")
    print("| way of telling | " + " | ".join(others) + " | mean |")
    print("|---" * (len(others) + 2) + "|")
    for way, found in scores.items():
        limit = torch.cat([found[name] for name in drawn]).quantile(0.02)
        shares = [(found[name] >= limit).double().mean().item() for name in others]
        cells = [f"{share:.1%}" for share in [*shares, float(np.mean(shares))]]
        print(f"| {way} | " + " | ".join(cells) + " |")

    print(f"\ncost for one drawing: {refusal_cost(model):.2f} ms")
    if options.picture:
        drawn_scores = torch.cat([used[name] for name in drawn]).numpy()
        curves = {name: used[name].numpy() for name in others}
        options.picture.write_bytes(trade_off_picture(drawn_scores, curves, threshold))
        print(f"the trade-off: {options.picture}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
