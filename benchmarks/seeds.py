"""Train a recipe with several seeds and report the accuracies.

    python -m benchmarks.seeds --recipe best --dataset fashion-mnist

All options except `--seeds`, `--keep` and `--out` are passed to `train.py`, which trains each seed
in a new process. If the results file exists, only seeds that it lacks are trained and added.
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


def train(options: list[str], seed: int, keep: Path | None) -> dict[str, Any]:
    """Train one network; returns the results of its history, its run time and its memory use."""
    with TemporaryDirectory() as folder:
        out = (keep or Path(folder)) / f"seed-{seed}"
        command = [sys.executable, "train.py", *options, "--seed", str(seed), "--out", str(out)]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        total = time.perf_counter() - started
        if status:
            raise SystemExit(f"{shlex.join(command)} failed.")
        history = json.loads((ROOT / out / "history.json").read_text(encoding="utf-8"))
    last, found = history["reports"][-1], history["results"]
    copied = ("epoch", "validation_accuracy", "test_accuracy", "test_accuracy_over_views")
    return {
        "seed": seed,
        **{name: found[name] for name in copied},
        "training_loss": last["loss"],
        "training_accuracy": last["accuracy"],
        "training_seconds": found["seconds"],
        "total_seconds": round(total, 1),
        "examples_per_second": found["examples_per_second"],
        "peak_memory_mb": round(usage.ru_maxrss / 1000),  # Linux counts in KB
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # --seed is not --seeds
    )
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds, counted up from 0")
    parser.add_argument(
        "--keep", type=Path, help="folder for the checkpoints, in the project; otherwise deleted"
    )
    results.add_out(parser)
    options, training = parser.parse_known_args()
    described = results.without_folders(training)
    saved = results.resumed(options.out, options=described)
    runs = saved["runs"] if saved else []
    for seed in range(len(runs), options.seeds):
        runs.append(train(training, seed, options.keep))
        measured = {"options": described, "runs": runs}
        if options.out:
            results.write(options.out, results.command_line("seeds"), measured)
    print(tables.seeds(runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
