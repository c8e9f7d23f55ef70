"""How benchmarks evaluate their measurements, and how tables show the results."""

import json
from pathlib import Path

import pytest
import torch

from benchmarks import rejection, strokes, tables
from benchmarks.ink_to_picture import Measured, summary
from tests.support.digits import DIGITS


def test_strokes_are_read_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out, sheet = (tmp_path / name for name in ("pendigits_dev.jsonl", "x.json", "x.png"))
    records = [
        {"label": int(digit), "strokes": drawn, "source": "test", "writer": digit}
        for digit, drawn in DIGITS.items()
    ]
    records.append({"label": 0, "strokes": DIGITS["7"], "source": "wrong", "writer": "7"})
    records.append({"label": -1, "strokes": DIGITS["7"], "source": "non-digit", "writer": "7"})
    file.write_text("\n".join(map(json.dumps, records)))
    argv = ["strokes", str(file), "--out", str(out), "--sheet", str(sheet)]
    monkeypatch.setattr("sys.argv", argv)
    assert strokes.main() == 0
    measured = json.loads(out.read_text())["results"]
    assert measured["all"]["drawn"] == 11
    assert measured["all"]["writers"] == 10
    by_source = {group["name"]: group for group in measured["sources"]}
    assert by_source["wrong"]["nearest_right"] == 0
    assert by_source["test"]["nearest_right"] >= 0.8
    assert "UCI pen-based digits" in tables.strokes(measured)
    assert tables.strokes(measured, "digits") in capsys.readouterr().out
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_shares_at_the_threshold_are_computed() -> None:
    digits = {"MNIST test": torch.tensor([1.0, 5.0, 6.0, 7.0])}
    non_digits = {"noise": torch.tensor([0.0, 0.0, 9.0, 9.0]), "scribbles": torch.zeros(4)}
    measured = rejection.at_threshold(digits, non_digits, threshold=2.0)
    assert measured["digits"] == [{"name": "MNIST test", "images": 4, "rejected": 0.25}]
    assert [row["accepted"] for row in measured["non_digits"]] == [0.5, 0.0]
    assert measured["accepted_mean_of_sets"] == 0.25
    assert "| noise | 4 | 50.00% |" in tables.accepted(measured)
    assert "| MNIST test | 4 | 25.00% |" in tables.rejected(measured)


def test_scores_are_compared_where_they_reject_the_same_share() -> None:
    drawn = torch.arange(101.0)  # the lowest 2 % are below 2
    found = rejection.compare_score("a score", drawn, {"noise": torch.tensor([1.0, 2.5, 3.0, 4.0])})
    assert found["accepted"] == {"noise": 0.75}
    assert "| a score | 75.0% | 75.0% |" in tables.ways_of_scoring({"ways": [found]})


def test_the_trade_off_is_drawn_as_a_png() -> None:
    drawn, noise = torch.arange(100.0), torch.arange(100.0) - 50
    picture = rejection.trade_off_picture(drawn, {"noise": noise}, threshold=1.0)
    assert picture.startswith(b"\x89PNG")


def test_a_page_is_summarised_by_its_medians() -> None:
    def page(latency: float, updates: float) -> Measured:
        return Measured([latency], 2 * updates, [latency], 3, 1000, 2000, updates)

    ours = summary("sketchpad", [page(latency, 3) for latency in (10, 20, 90)])
    assert (ours["p50_ms"], ours["updates_per_second"], ours["requests_per_update"]) == (20, 6, 1)
    baseline = summary("baseline", [Measured([], 0, [200], 40, 0, 0, 0)])
    assert (baseline["p50_ms"], baseline["updates_per_second"]) == (None, None)
    measured = {"rounds": 3, "delay_ms": 100, "pages": [ours, baseline], "start_seconds": 1.0}
    assert "| – | – | – | 200 ms | 40 |" in tables.ink_to_picture(measured)
    assert "10 times as long" in tables.ink_to_picture_facts(measured)
