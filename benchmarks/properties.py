"""Try many generated cases on all code that reads input from outside.

    python -m benchmarks.properties --cases 100000 --out results/properties.json

The cases are shared equally among the properties of `tests/properties`; some need Chromium. Each
property runs in a process of its own. One that fails is a fault.

If the results file exists, only properties that it lacks or that failed are tried. Ctrl-C loses no
more than the property that was running.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import ROOT, results, tables

TESTS = "tests/properties"

Measured = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000, help="cases in all")
    results.add_out(parser)
    options = parser.parse_args()
    saved = results.resumed(options.out, cases=options.cases)
    measured = saved or {"cases": options.cases, "properties": {}}
    try:
        run(measured, options.out)
    except KeyboardInterrupt:
        print("Stopped. Run the same command again to resume.", file=sys.stderr)
        return 130
    print(tables.properties(measured))
    print(tables.properties_facts(measured))
    return int(any(found["failed"] for found in measured["properties"].values()))


def run(measured: Measured, out: Path | None) -> None:
    """Try every property that has not passed yet, and add the results to `measured`."""
    properties = names()
    each = -(-measured["cases"] // len(properties))
    for number, name in enumerate(properties, start=1):
        known = measured["properties"].get(name)
        if known and not known["failed"]:
            continue
        print(f"{number}/{len(properties)} {name}", end="", file=sys.stderr, flush=True)
        measured["properties"][name] = found = run_one(name, each)
        verdict = "FAULT" if found["failed"] else "no fault"
        print(f": {verdict}, {found['seconds']:.0f} s", file=sys.stderr, flush=True)
        if out:
            results.write(out, results.command_line("properties"), measured)


def names() -> list[str]:
    """The names that pytest gives the properties."""
    listed = pytest("--collect-only").stdout.splitlines()
    # The list includes tests without generated cases, which take only a moment.
    return [line for line in listed if "::test_" in line]


def run_one(name: str, cases: int) -> Measured:
    """Try a property; returns whether it failed, the time, and its tallies by kind of input."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tally.json"
        done = pytest("--cases", str(cases), "--tally", str(file), only=name)
        kinds = json.loads(file.read_text()) if file.is_file() else {}
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
    seconds = round(time.perf_counter() - started, 1)
    return {"failed": done.returncode != 0, "seconds": seconds, "kinds": kinds}


def pytest(*options: str, only: str = TESTS) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "", only, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
