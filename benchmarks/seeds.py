"""What a recipe reaches over several seeds.

    python -m benchmarks.seeds --recipe best --dataset fashion-mnist

All options but `--seeds` and `--out` are those of `train.py`, which trains each seed in a process
of its own. A results file that is already there is added to: seeds that it holds are not trained
again.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import ROOT, results, tables


def train(options: list[str], seed: int) -> dict[str, Any]:
    """Train one network and return what its history and the system say about the run."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "network"
        command = [sys.executable, "train.py", *options, "--seed", str(seed), "--out", str(out)]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        total = time.perf_counter() - started
        if status:
            raise SystemExit(f"{shlex.join(command)} failed.")
        history = json.loads((out / "history.json").read_text(encoding="utf-8"))
    last, found = history["reports"][-1], history["results"]
    kept = ("epoch", "validation_accuracy", "test_accuracy", "test_accuracy_over_views")
    return {
        "seed": seed,
        **{name: found[name] for name in kept},
        "training_loss": last["loss"],
        "training_accuracy": last["accuracy"],
        "training_seconds": found["seconds"],
        "total_seconds": round(total, 1),
        "examples_per_second": found["examples_per_second"],
        "peak_memory_mb": round(usage.ru_maxrss / 1000),  # Linux counts in KB
    }


def finished(file: Path | None, options: list[str]) -> list[dict[str, Any]]:
    """The runs with the same options that `file` holds; a run belongs to its machine, too."""
    if file is None or not file.is_file():
        return []
    before = json.loads(file.read_text(encoding="utf-8"))
    now = results.surroundings()
    if before["results"]["options"] != options or any(
        before[key] != now[key] for key in ("machine", "versions")
    ):
        raise SystemExit(
            f"{file} has other options, or comes from a different machine or different versions. "
            "Delete it to start again."
        )
    return list(before["results"]["runs"])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # --seed is not --seeds
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0 up")
    results.add_out(parser)
    options, training = parser.parse_known_args()
    described = results.without_folders(training)
    runs = finished(options.out, described)
    for seed in range(len(runs), options.seeds):
        runs.append(train(training, seed))
        measured = {"options": described, "runs": runs}
        if options.out:
            results.write(options.out, results.command_line("seeds"), measured)
    print(tables.seeds(runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
