"""Every figure in README and docs comes from a results file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report, results, seeds, tables

PAGES = {page.name: page for page in report.pages()}
FIGURE = re.compile(
    r"\d[\d.,]*\s?(?:%|ms\b|s\b|seconds\b|minutes\b|times\b|[KMG]B\b|examples/s|updates/s|×(?!\d))"
)
EXEMPT = re.compile(r"<!-- figures: .+? -->.*?<!-- /figures -->", re.DOTALL)
CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
RUN = {
    "seed": 0,
    "epoch": 1,
    "validation_accuracy": 0.5,
    "test_accuracy": 0.25,
    "test_accuracy_over_views": 0.75,
    "training_loss": 1.5,
    "training_accuracy": 0.5,
    "training_seconds": 2.0,
    "total_seconds": 3.0,
    "examples_per_second": 1000,
    "peak_memory_mb": 1100,
}


def typed_by_hand(text: str) -> list[str]:
    """The figures in a page outside of all marked blocks."""
    for pattern in (report.MARKED, EXEMPT, CODE):
        text = pattern.sub("", text)
    return FIGURE.findall(text)


@pytest.mark.parametrize("name", PAGES)
def test_the_report_is_up_to_date(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    assert report.rewrite(text) == text, "run scripts/report"


@pytest.mark.parametrize("name", PAGES)
def test_no_figure_is_typed_by_hand(name: str) -> None:
    assert typed_by_hand(PAGES[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", ["12 ms", "99.5%", "5.8 s", "2.3 times", "1.1 GB", "8,788 examples/s", "3× as fast"]
)
def test_figures_typed_by_hand_are_detected(text: str) -> None:
    assert typed_by_hand(f"It takes {text}, they say.")
    assert not typed_by_hand(f"It takes <!-- report: x -->{text}<!-- /report -->, they say.")
    assert not typed_by_hand(f"<!-- figures: quoted from a paper -->\n{text}\n<!-- /figures -->")


@pytest.mark.parametrize("name", PAGES)
def test_markers_are_known_paired_and_placed_correctly(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    found = list(report.MARKED.finditer(text))
    assert {match["name"] for match in found} <= set(report.BLOCKS)
    assert text.count("<!-- report:") == text.count("<!-- /report -->") == len(found)
    for match in found:
        # A comment at the start of a line ends the paragraph; the rest of that line is raw HTML.
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        assert bool(before.strip()) != match["text"].startswith("\n"), match["name"]


def test_every_block_is_used() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES.values())
    assert {match["name"] for match in report.MARKED.finditer(text)} == set(report.BLOCKS)


def test_a_block_stands_on_separate_lines_or_within_a_sentence() -> None:
    text = "a\n<!-- report: x -->\nold\n<!-- /report -->\nb <!-- report: x -->old<!-- /report -->."
    new = "a\n<!-- report: x -->\nnew\n<!-- /report -->\nb <!-- report: x -->new<!-- /report -->."
    assert report.rewrite(text, lambda name: {"x": "new"}[name]) == new


def written(folder: Path, name: str, measured: Any) -> None:
    results.write(folder / f"{name}.json", f"python -m benchmarks.{name}", measured)


def test_a_result_is_written_with_its_command_date_machine_and_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "x", {"a": 1})
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    found = results.read("x")
    assert found is not None
    assert found["results"] == {"a": 1}
    assert found["command"] == "python -m benchmarks.x"
    assert set(found["machine"]) == {"cpu", "cores", "amx"}
    assert {"python", "torch"} <= set(found["versions"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])


def test_a_recorded_command_contains_no_absolute_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["x", "/home/me/a.jsonl", "--out", "results/x.json"])
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "1")
    command = results.command_line("strokes")
    assert "MALLOC_TRIM_THRESHOLD_=1" in command
    assert command.endswith("python -m benchmarks.strokes a.jsonl --out results/x.json")


def test_a_missing_measurement_names_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    assert report.command("training") in report.block("training")
    assert report.command("seeds-best-fashion-mnist") in report.sources()


def test_blocks_show_their_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    measured = {"options": [], "runs": [RUN, RUN | {"seed": 1, "test_accuracy": 0.35}]}
    for name in ("standard", "quick", "best", "best-fashion-mnist", "d2l", "d2l-slow"):
        written(tmp_path, f"seeds-{name}", measured)
    assert "75.00%" in report.block("standard")
    assert "30.00%" in report.block("quick")
    assert "25.00% to 35.00%" in report.block("quick")
    assert report.block("memory") == "1.1 GB"
    assert "70.000 ± 7.071%" in report.block("best")
    assert "0.300 (0.250 to 0.350)" in report.block("tutorial")
    assert json.loads((tmp_path / "seeds-best.json").read_text())["date"] in report.sources()


def test_finished_seeds_are_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[int] = []

    def train(options: list[str], seed: int, _: object) -> dict[str, Any]:
        trained.append(seed)
        return RUN | {"seed": seed}

    monkeypatch.setattr(seeds, "train", train)
    out = str(tmp_path / "seeds.json")
    for count in ("1", "3"):
        argv = ["seeds", "--recipe", "quick", "--seeds", count, "--out", out]
        monkeypatch.setattr("sys.argv", argv)
        assert seeds.main() == 0
    assert trained == [0, 1, 2]
    monkeypatch.setattr("sys.argv", ["seeds", "--recipe", "best", "--out", out])
    with pytest.raises(SystemExit, match="different options"):
        seeds.main()


def test_mean_and_deviation_are_formatted() -> None:
    assert tables.mean_and_deviation([0.5, 0.7]) == "60.00 ± 14.14%"
    assert tables.mean_and_deviation([0.5]) == "50.00%"
