"""The benchmark that tries many cases of every property."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import properties, report, results, tables

ADDRESSES = "tests/properties/test_addresses.py::test_any_address"
NAMES = ["one", "two", "three"]
KIND = {"cases": 9, "rejected": 3, "seconds": {"value": 0.25}, "megabytes": {"value": 0.0}}


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Records what is tried: `one` holds, `two` fails; Ctrl-C stops the first try of `three`."""
    found: list[tuple[str, int]] = []

    def run_one(name: str, cases: int) -> dict[str, Any]:
        found.append((name, cases))
        if name == "three" and found.count((name, cases)) == 1:
            raise KeyboardInterrupt
        return {"failed": name == "two", "seconds": 30.0, "kinds": {f"input {name}": KIND}}

    monkeypatch.setattr(properties, "run_one", run_one)
    monkeypatch.setattr(properties, "names", lambda: NAMES)
    return found


def main(out: Path, cases: int, monkeypatch: pytest.MonkeyPatch) -> int:
    argv = ["properties", "--cases", str(cases), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", argv)
    return properties.main()


def test_what_was_finished_survives_an_interruption(
    tried: list[tuple[str, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "properties.json"
    assert main(out, 10, monkeypatch) == 130
    assert set(json.loads(out.read_text())["results"]["properties"]) == {"one", "two"}
    progress = capsys.readouterr().err
    assert "1/3 one: no fault, 30 s\n2/3 two: FAULT, 30 s\n3/3 three" in progress
    assert progress.endswith("Run the same command again to resume.\n")
    assert main(out, 10, monkeypatch) == 1
    assert tried == [(name, 4) for name in ("one", "two", "three", "two", "three")]
    with pytest.raises(SystemExit, match="different options"):
        main(out, 20, monkeypatch)

    monkeypatch.setattr(results, "FOLDER", tmp_path)
    assert "| input two | 9 | 33% | 250 ms | – |" in report.block("properties")
    facts = report.block("properties-facts")
    assert "27 cases of 3 properties, 1 of which failed." in facts


def test_a_fault_without_a_case_is_counted() -> None:
    found = {"properties": {"one": {"failed": True, "kinds": {}}}}
    assert "of 1 properties, 1 of which failed." in tables.properties_facts(found)


def test_a_property_is_tried_in_a_process_of_its_own() -> None:
    found = properties.run_one(ADDRESSES, 5)
    assert not found["failed"]
    assert found["kinds"]["addresses"]["cases"] >= 5


def test_a_fault_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert properties.run_one(f"{ADDRESSES}_missing", 5)["failed"]
    assert f"{ADDRESSES}_missing" in capsys.readouterr().err
