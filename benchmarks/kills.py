"""Stop `train.py` at random moments, and check what it leaves and what the next run makes of it.

    python -m benchmarks.kills

A run trains a small network on digits that are drawn for the tests, and replaces an older network.
It is stopped by SIGKILL, or by a storm of SIGINT and SIGTERM that ends with the process. The next
run resumes it if it saved its state, and otherwise starts again. Saves are short, so one series of
runs is killed just after a random one of them has begun.

Runs are forked from this process, which has PyTorch in memory, so that most of their time is spent
on training and saving.
"""

import argparse
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from benchmarks import results, tables
from lenet.commands import run_command
from lenet.errors import SketchpadError
from lenet.files import PREVIOUS
from lenet.network.folder import WEIGHTS, find_checkpoints
from lenet.network.model import LeNet
from lenet.staging import SUFFIX
from lenet.training import run as training_run
from lenet.training.resume import state_path
from lenet.training.target import lock_path
from tests.support.digits import synthetic_dataset

OPTIONS = "--epochs 3 --batch-size 50 --synthetic-digits 0 --synthetic-non-digits 0 --threads 1"
STORM_PAUSE = 0.002
SAVES = 7
"""The number of saves of a run: the state after each epoch, curves, and the network."""
SAVE_SECONDS = 0.003


@dataclass
class Counts:
    """What was found after the runs that were stopped in one way."""

    stopped: int = 0
    damaged: int = 0
    """checkpoints that can't be loaded or are neither the older nor a newer one"""
    lost: int = 0
    """runs that were asked to stop after their first epoch, but left the older network"""
    mid_save: int = 0
    """runs that left a half-written file or folder"""
    resumed: int = 0
    """next runs that resumed; the rest started again"""
    different: int = 0
    """next runs that failed or ended with different weights than a run that was not stopped"""
    littered: int = 0
    """next runs after which half-written files or folders were left"""


def start(folder: Path, *options: str) -> int:
    """Start a run that writes to `folder`/net; returns the id of its process."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        arguments = [*OPTIONS.split(), "--out", str(folder / "net"), *options]
        status = run_command("train", arguments, "python train.py")
    finally:
        os._exit(status)


def has_ended(process: int) -> bool:
    try:
        return os.waitpid(process, os.WNOHANG) != (0, 0)
    except ChildProcessError:  # it was noticed before
        return True


def kill(process: int) -> bool:
    """Kill a run; False if it had already ended."""
    if has_ended(process):
        return False
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return True


def storm(process: int) -> bool:
    """Send Ctrl-C and SIGTERM in turns until the run ends; False if it had already ended."""
    if has_ended(process):
        return False
    for number in itertools.cycle([signal.SIGTERM, signal.SIGINT]):
        os.kill(process, number)
        time.sleep(STORM_PAUSE)
        if has_ended(process):
            return True
    return True


class Trials:
    """Runs in `folder` that are stopped, and the weights that they should end with."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.moments = random.Random(seed)
        self.older = folder / "older"
        torch.manual_seed(1)
        LeNet().save_pretrained(self.older / "net")
        self.seconds = min(self._whole_run() for _ in range(3))
        self.whole = weights(folder / "whole")

    def _whole_run(self) -> float:
        started = time.perf_counter()
        if os.waitpid(start(self.folder / "whole"), 0)[1]:
            raise SystemExit("The run that is not stopped failed.")
        return time.perf_counter() - started

    def anywhere(self, _: Path, __: int) -> None:
        """Wait for a random moment of a run."""
        time.sleep(self.moments.uniform(0, self.seconds))

    def in_a_save(self, folder: Path, process: int) -> None:
        """Wait for a random save of a run, and for a random moment of it."""
        number, seen = self.moments.randint(1, SAVES), set[str]()
        while len(seen) < number and not has_ended(process):
            seen |= {name for name in os.listdir(folder) if name.endswith(SUFFIX)}
        time.sleep(self.moments.uniform(0, SAVE_SECONDS))

    def measure(
        self, count: int, wait: Callable[[Path, int], None], stop: Callable[[int], bool]
    ) -> Counts:
        """Stop `count` runs."""
        counts = Counts()
        while counts.stopped < count:
            with tempfile.TemporaryDirectory(dir=self.folder) as name:
                self._stop_one(Path(name), wait, stop, counts)
        return counts

    def _stop_one(
        self,
        folder: Path,
        wait: Callable[[Path, int], None],
        stop: Callable[[int], bool],
        counts: Counts,
    ) -> None:
        shutil.copytree(self.older, folder, dirs_exist_ok=True)
        process = start(folder)
        wait(folder, process)
        saved = state_path(folder / "net").exists()
        if not stop(process):
            return
        counts.stopped += 1
        counts.damaged += not self._is_intact(folder, any_newer=stop is storm)
        counts.lost += stop is storm and saved and weights(folder) == weights(self.older)
        counts.mid_save += any(folder.glob(f".*{SUFFIX}")) or any(folder.glob(f".*{PREVIOUS}"))
        resume = ["--resume"] * state_path(folder / "net").exists()
        counts.resumed += bool(resume)
        status = os.waitpid(start(folder, *resume), 0)[1]
        counts.different += bool(status) or weights(folder) != self.whole
        expected = {"net", lock_path(folder / "net").name}
        counts.littered += not {path.name for path in folder.iterdir()} <= expected

    def _is_intact(self, folder: Path, any_newer: bool) -> bool:
        """Whether the older or the newer network can be loaded."""
        try:
            for path in find_checkpoints(folder).values():
                LeNet.from_pretrained(path)
        except SketchpadError:
            return False
        return any_newer or weights(folder) in (weights(self.older), self.whole)


def weights(folder: Path) -> bytes:
    """The weights of the network in `folder`, wherever a save has left them."""
    found = [folder / "net", folder / f".net{PREVIOUS}"]
    return next((path / WEIGHTS).read_bytes() for path in found if path.exists())


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200, help="runs to kill at any moment")
    parser.add_argument("--kills-in-saves", type=int, default=100, help="runs to kill in a save")
    parser.add_argument("--storms", type=int, default=50, help="runs to stop by other signals")
    parser.add_argument("--seed", type=int, default=0, help="random seed of the moments")
    results.add_out(parser)
    options = parser.parse_args()
    torch.set_num_threads(1)  # threads don't survive a fork
    dataset = synthetic_dataset(500)
    # mypy allows no assignment to a function that a module has imported.
    setattr(training_run, "load_data", lambda *_: dataset)  # noqa: B010
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(Path(folder), options.seed)
        measured = {
            "seconds": round(trials.seconds, 2),
            "kills": asdict(trials.measure(options.kills, trials.anywhere, kill)),
            "kills_in_saves": asdict(
                trials.measure(options.kills_in_saves, trials.in_a_save, kill)
            ),
            "storms": asdict(trials.measure(options.storms, trials.anywhere, storm)),
        }
    print(tables.kills(measured))
    if options.out:
        results.write(options.out, results.command_line("kills"), measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
