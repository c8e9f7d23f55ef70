"""Many generated cases for everything that reads what others wrote.

    python -m benchmarks.properties --cases 100000 --out results/properties.json

The cases are shared equally among the properties of `tests/properties`, half of which need
Chromium. A property that fails is a fault.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import ROOT
from benchmarks.results import add_out, command_line, write

TESTS = "tests/properties"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000, help="cases in all")
    add_out(parser)
    options = parser.parse_args()
    results = run(options.cases)
    print(json.dumps(results, indent=1))
    if options.out:
        write(options.out, command_line("properties"), results)
    sys.exit(1 if results["faults"] else 0)


def run(cases: int) -> dict[str, Any]:
    """Run every property in turn; returns the number of cases, the faults, and the extremes."""
    properties = names()
    each = -(-cases // len(properties))
    started = time.perf_counter()
    kinds: dict[str, Any] = {}
    faults = []
    for name in properties:
        done, found = run_one(name, each)
        for kind, tally in found.items():
            kinds[kind] = joined(kinds[kind], tally) if kind in kinds else tally
        if done.returncode:
            faults.append(name)
            print(done.stdout, file=sys.stderr)
        print(f"{name}: {'FAULT' if done.returncode else 'no fault'}", file=sys.stderr)
    return {
        "cases": sum(tally["cases"] for tally in kinds.values()),
        "faults": faults,
        "minutes": round((time.perf_counter() - started) / 60, 1),
        "kinds": dict(sorted(kinds.items())),
    }


def names() -> list[str]:
    """The properties, by the names that pytest has for them."""
    listed = pytest("--collect-only").stdout.splitlines()
    # Tests that aren't about generated cases run in a moment.
    return [line for line in listed if "::test_" in line]


def run_one(name: str, cases: int) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Run a property in a process of its own; returns its tallies by kind, too."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tally.json"
        done = pytest("--cases", str(cases), "--tally", str(file), only=name)
        return done, json.loads(file.read_text()) if file.is_file() else {}


def pytest(*options: str, only: str = TESTS) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "", only, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two tallies of the same kind as one."""
    return {
        name: one[name] + other[name]
        if isinstance(one[name], int)
        else max(one[name], other[name], key=lambda extreme: extreme["value"])
        for name in one
    }


if __name__ == "__main__":
    main()
