"""How fast training is, beside the tutorials' own pipeline on the same machine.

    python -m benchmarks.training

The peer is what the tutorials do: torchvision's data set with ToTensor, a DataLoader with 0 or 2
workers, and one step after another. Both train the same network with the same batch size, threads
and SGD, without distortions; they take turns, and the medians of several rounds are printed.
Each way has a process of its own, as it has for those who use it, since what one does to the heap
the other would feel. CPU seconds count all that its loader starts. The bound is a large matrix
product on the same threads: 2.26 MFLOP an example, forward and backward, is what the network's own
products take.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache, partial
from multiprocessing import get_context, set_start_method
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from lenet.datasets.datasets import MNIST as MNIST_DESCRIPTION
from lenet.datasets.datasets import Dataset, Split, load
from lenet.datasets.fetching import fetch
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.training.device import prepare_device
from lenet.training.evaluation import accuracy
from lenet.training.loop import train
from lenet.training.recipes import RECIPES

MFLOP = 2.26
ROOT = Path(__file__).resolve().parents[1]


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peer(preset: str, examples: int, batch: int, workers: int, data: Path) -> None:
    """The tutorials' loop over the first `examples` images."""
    images = torch.utils.data.Subset(_of_torchvision(data), range(examples))
    model = LeNet(PRESETS[preset])
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    for x, y in DataLoader(images, batch, shuffle=True, num_workers=workers, drop_last=True):
        loss = F.cross_entropy(model(x).logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def ours(preset: str, examples: int, batch: int, changes: dict[str, Any], data: Path) -> None:
    """The same by `lenet.training`; its look at the validation split, which the peer has not, is
    at ten images only."""
    same: dict[str, Any] = {"preset": preset, "batch_size": batch, "epochs": 1}
    settings = replace(RECIPES["quick"], **same | changes)
    prepare_device()
    mnist = _mnist(data)
    first = Split(*(t[:examples] for t in mnist.training))
    few = Split(*(t[:10] for t in mnist.validation))
    for _ in train(
        LeNet(PRESETS[preset]), replace(mnist, training=first, validation=few), settings
    ):
        pass


# Read once in each process, by the peer as by ours: reading is not what is compared.
@lru_cache
def _of_torchvision(data: Path) -> MNIST:
    return MNIST(data, transform=ToTensor())


@lru_cache
def _mnist(data: Path) -> Dataset:
    return load(data)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), cpu_seconds()
    work()
    return time.perf_counter() - wall, cpu_seconds() - cpu


def matrix_bound() -> float:
    """Examples per second, if all the network's products ran as fast as one large product."""
    a = torch.rand(1536, 1536)
    fastest = min(timed(lambda: a @ a)[0] for _ in range(10))
    return 2 * 1536**3 / fastest / (MFLOP * 1e6)


def quick(data: Path, seed: int) -> tuple[float, float]:
    """Seconds of training by the recipe "quick", and the accuracy on the test set."""
    settings = replace(RECIPES["quick"], seed=seed)
    prepare_device()
    mnist = _mnist(data)
    torch.manual_seed(seed)
    model = LeNet(PRESETS[settings.preset])

    def work() -> None:
        for _ in train(model, mnist, settings):
            pass

    return timed(work)[0], accuracy(model, mnist.test)


def process_of_its_own(threads: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), _prepare, (threads,))


def _prepare(threads: int) -> None:
    torch.set_num_threads(threads)
    # The loader's workers start as they do anywhere, not as this process was started.
    set_start_method(None, force=True)


def compare(preset: str, batch: int, examples: int, rounds: int, threads: int, data: Path) -> None:
    """Print a row for each way to train `preset`; they take turns, `rounds` times."""
    ways: dict[str, Callable[[int], None]] = {  # functions of how many examples to learn from
        f"peer, {workers} workers": partial(peer, preset, batch=batch, workers=workers, data=data)
        for workers in (0, 2)
    }
    for augment, distorting in ((False, ""), (True, ", distorting")):
        for precision in ("float32", "bfloat16"):
            changes = {"precision": precision, "augment": augment}
            ways[f"ours, {precision}{distorting}"] = partial(
                ours, preset, batch=batch, changes=changes, data=data
            )
    with ExitStack() as stack:
        own = {name: stack.enter_context(process_of_its_own(threads)) for name in ways}
        for name, way in ways.items():  # imports, first allocations
            own[name].submit(way, 4 * batch).result()
        times = [
            {
                name: own[name].submit(timed, partial(way, examples)).result()
                for name, way in ways.items()
            }
            for _ in range(rounds)
        ]
    bound = statistics.median(matrix_bound() for _ in range(rounds))
    for name in ways:
        wall, cpu = (statistics.median(t[name][i] for t in times) for i in (0, 1))
        ratio = statistics.median(t["peer, 0 workers"][0] / t[name][0] for t in times)
        speed = examples / wall
        print(
            f"{preset + ': ' + name:<40}{speed:>12,.0f}{examples / cpu:>12,.0f}"
            f"{ratio:>8.2f}{speed / bound:>10.1%}",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch-size", type=int, default=256, help="the tutorial's is 256")
    parser.add_argument("--examples", type=int, default=20_000, help="in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        fetch(options.data, MNIST_DESCRIPTION.source)
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    threads, data = options.threads, options.data
    print(f"batch {options.batch_size}, {threads} threads, torch {torch.__version__}", flush=True)
    print(f"{'':<40}{'examples/s':>12}{'per CPU s':>12}{'ratio':>8}{'of bound':>10}")
    for preset in ("relu", "classic"):
        compare(preset, options.batch_size, options.examples, options.rounds, threads, data)
    with process_of_its_own(threads) as own:
        results = list(own.map(partial(quick, data), range(3)))
    seconds, accuracies = zip(*results, strict=True)
    print(
        f"--recipe quick, 3 seeds: {statistics.median(seconds):.1f} s, test accuracy "
        f"{statistics.mean(accuracies):.2%} ({min(accuracies):.2%} to {max(accuracies):.2%})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
