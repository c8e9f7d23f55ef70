"""Results files: what a benchmark measured, when, where and how.

`results/NAME.json` contains the `command`, `date`, `machine`, software `versions` and `results`.
`scripts/report` writes the tables in README.md and docs from these files.
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
"""Prefixes of environment variables that affect speed; they are recorded with the command."""


def add_out(parser: argparse.ArgumentParser) -> None:
    """Add the option `--out`, which every benchmark has."""
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results to FILE (JSON)")


def write(file: Path, command: str, results: Any) -> None:
    """Write what `command` measured today on this machine."""
    text = json.dumps({"command": command, **environment(), "results": results}, indent=1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")


def read(name: str) -> dict[str, Any] | None:
    """The content of `results/NAME.json`; None if nothing has been measured yet."""
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def resumed(file: Path | None, **expected: Any) -> dict[str, Any] | None:
    """The results in `file`, to be completed; None if it does not exist.

    Raises:
        SystemExit: the machine, the versions or the `expected` results are different.
    """
    if file is None or not file.is_file():
        return None
    saved: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    current, found = environment(), saved["results"]
    if any(found[name] != value for name, value in expected.items()) or any(
        saved[key] != current[key] for key in ("machine", "versions")
    ):
        raise SystemExit(
            f"{file} comes from different options, a different machine or different versions. "
            "Delete it to start again."
        )
    return dict(found)


def command_line(module: str) -> str:
    """The command that started this process, without folders of this machine."""
    tuning = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith(TUNING)]
    arguments = without_folders(sys.argv[1:])
    return shlex.join([*tuning, "python", "-m", f"benchmarks.{module}", *arguments])


def without_folders(arguments: list[str]) -> list[str]:
    """The arguments, with absolute paths shortened to file names."""
    return [Path(a).name if Path(a).is_absolute() else a for a in arguments]


def environment() -> dict[str, Any]:
    """Today's date, this machine, and the versions of Python and the relevant packages."""
    return {
        "date": date.today().isoformat(),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "amx": "amx_tile" in cpu_flags()},
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def cpu_model() -> str:
    """The processor's name, or its architecture if the name is unknown."""
    return _cpu_field("model name") or platform.processor() or platform.machine()


def cpu_flags() -> set[str]:
    """The processor's features; empty if the system does not list them."""
    return set(_cpu_field("flags").split())


def _cpu_field(name: str) -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
