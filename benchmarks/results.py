"""Results files: what a benchmark measured, and how.

`results/NAME.json` holds the `command`, the `date`, the `machine`, the `versions` of what ran on
it, and the `results`. `scripts/report` writes the tables in README.md and docs from these files.
"""

import argparse
import json
import os
import platform
import shlex
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import ROOT

FOLDER = ROOT / "results"
PACKAGES = ("torch", "numpy", "pillow", "gradio")
TUNING = ("MALLOC_", "OMP_", "ONEDNN_")
"""Beginnings of environment variables that change speeds: part of the command."""


def add_out(parser: argparse.ArgumentParser) -> None:
    """Add the option that every benchmark has."""
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results to this JSON")


def write(file: Path, command: str, results: Any) -> None:
    """Write what `command` measured on this machine today."""
    text = json.dumps({"command": command, **surroundings(), "results": results}, indent=1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")


def read(name: str) -> dict[str, Any] | None:
    """The content of `results/NAME.json`; None if nothing has been measured yet."""
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def command_line(module: str) -> str:
    """The command of this process."""
    tuning = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith(TUNING)]
    arguments = without_folders(sys.argv[1:])
    return shlex.join([*tuning, "python", "-m", f"benchmarks.{module}", *arguments])


def without_folders(arguments: list[str]) -> list[str]:
    """The arguments; files elsewhere on the machine appear by their names only."""
    return [Path(a).name if Path(a).is_absolute() else a for a in arguments]


def surroundings() -> dict[str, Any]:
    """Today's date, this machine, and the versions of Python and of the packages that matter."""
    return {
        "date": date.today().isoformat(),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "amx": "amx_tile" in cpu_flags()},
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def cpu_model() -> str:
    """The processor's name; its architecture where the system does not say."""
    return _cpu_field("model name") or platform.processor() or platform.machine()


def cpu_flags() -> set[str]:
    """The processor's features; empty where the system does not list them."""
    return set(_cpu_field("flags").split())


def _cpu_field(name: str) -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
