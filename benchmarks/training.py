"""Compare the training speed with the tutorials' pipeline on the same machine.

    python -m benchmarks.training

The baseline is the tutorials' pipeline: torchvision's data set with ToTensor, and a DataLoader with
0 or 2 workers. Both pipelines train the same network with the same batch size, threads and SGD;
they take turns, and the medians of several rounds are reported. Each runs in its own process, as in
normal use, because the state of the heap after one would affect the speed of the next. CPU seconds
include the loader's workers. The bound is a large matrix product on the same threads; the network's
own products take 2.26 MFLOP per example, forward and backward.
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

from benchmarks import ROOT, results, tables
from lenet.datasets.datasets import MNIST as MNIST_DESCRIPTION
from lenet.datasets.datasets import Dataset, Split, load
from lenet.datasets.fetching import fetch
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.training.device import prepare_device
from lenet.training.loop import train
from lenet.training.recipes import RECIPES

MFLOP = 2.26
BASELINE = "tutorials' pipeline"


def cpu_seconds() -> float:
    """CPU time of this process and its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def baseline(preset: str, examples: int, batch: int, workers: int, data: Path) -> None:
    """The tutorials' loop over the first `examples` images."""
    images = torch.utils.data.Subset(_torchvision_mnist(data), range(examples))
    model = LeNet(PRESETS[preset])
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    for x, y in DataLoader(images, batch, shuffle=True, num_workers=workers, drop_last=True):
        loss = F.cross_entropy(model(x).logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def ours(preset: str, examples: int, batch: int, changes: dict[str, Any], data: Path) -> None:
    """The same with `lenet.training`. It validates on ten images; the baseline doesn't validate."""
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


# Each process reads its files once, before the rounds: reading is not part of the comparison.
@lru_cache
def _torchvision_mnist(data: Path) -> MNIST:
    return MNIST(data, transform=ToTensor())


@lru_cache
def _mnist(data: Path) -> Dataset:
    return load(data)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """The wall time and the CPU time of `work`, in seconds."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    work()
    return time.perf_counter() - wall, cpu_seconds() - cpu


def matrix_bound() -> float:
    """Examples per second if the network's products were as fast as one large matrix product."""
    a = torch.rand(1536, 1536)
    fastest = min(timed(lambda: a @ a)[0] for _ in range(10))
    return 2 * 1536**3 / fastest / (MFLOP * 1e6)


def new_process(threads: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), _prepare, (threads,))


def _prepare(threads: int) -> None:
    torch.set_num_threads(threads)
    # Start the loader's workers by the default method, not by that of this process.
    set_start_method(None, force=True)


def ways_to_train(preset: str, batch: int, data: Path) -> dict[str, Callable[[int], None]]:
    """The pipelines by name, each a function of the number of examples to train on."""
    ways: dict[str, Callable[[int], None]] = {
        f"{BASELINE}, {workers} workers": partial(
            baseline, preset, batch=batch, workers=workers, data=data
        )
        for workers in (0, 2)
    }
    for augment, distorting in ((False, ""), (True, ", every image distorted")):
        for precision in ("float32", "bfloat16"):
            changes = {"precision": precision, "augment": augment}
            ways[f"{precision}{distorting}"] = partial(
                ours, preset, batch=batch, changes=changes, data=data
            )
    return ways


def compare(
    preset: str, batch: int, examples: int, rounds: int, threads: int, data: Path
) -> list[dict[str, Any]]:
    """The speed of each pipeline for `preset`; they take turns, `rounds` times."""
    ways = ways_to_train(preset, batch, data)
    with ExitStack() as stack:
        process = {name: stack.enter_context(new_process(threads)) for name in ways}
        for name, way in ways.items():  # warm up: imports, first allocations
            process[name].submit(way, 4 * batch).result()
        times = [
            {
                name: process[name].submit(timed, partial(way, examples)).result()
                for name, way in ways.items()
            }
            for _ in range(rounds)
        ]
    bound = statistics.median(matrix_bound() for _ in range(rounds))
    rows = []
    for name in ways:
        wall, cpu = (statistics.median(t[name][i] for t in times) for i in (0, 1))
        first = f"{BASELINE}, 0 workers"
        rows.append(
            {
                "preset": preset,
                "way": name,
                "examples_per_second": round(examples / wall),
                "examples_per_cpu_second": round(examples / cpu),
                "times_baseline": statistics.median(t[first][0] / t[name][0] for t in times),
                "share_of_bound": examples / wall / bound,
            }
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--batch-size", type=int, default=256, help="examples per step (the tutorial uses 256)"
    )
    parser.add_argument("--examples", type=int, default=20_000, help="examples per round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    results.add_out(parser)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        fetch(options.data, MNIST_DESCRIPTION.source)
    except SketchpadError as error:
        print(error, file=sys.stderr)
        return 1
    rows = []
    for preset in ("relu", "classic"):
        rows += compare(
            preset,
            options.batch_size,
            options.examples,
            options.rounds,
            options.threads,
            options.data,
        )
    measured = {
        "batch_size": options.batch_size,
        "threads": options.threads,
        "rounds": options.rounds,
        "keeps_heap": "MALLOC_TRIM_THRESHOLD_" in os.environ,
        "ways": rows,
    }
    print(tables.training(measured))
    if options.out:
        results.write(options.out, results.command_line("training"), measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
