"""Helpers shared by tests and benchmarks: a browser, simulated hands, drawings."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
