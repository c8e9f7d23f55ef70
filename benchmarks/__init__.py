"""Benchmarks of LeNet Sketchpad: each prints a table and, with `--out`, writes a results file."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
