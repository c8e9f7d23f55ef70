"""What tests and benchmarks share: a browser, hands, drawings."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
