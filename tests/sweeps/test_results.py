from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lenet.errors import SketchpadError
from lenet.sweeps import results
from lenet.sweeps.plan import NAMED, trials
from lenet.sweeps.results import accuracies_picture, load_records, missing, table
from lenet.sweeps.runner import sweep
from lenet.tables import as_text
from tests.support import ROOT
from tests.sweeps.helpers import small_sweep


@pytest.mark.usefixtures("no_work")
def test_results_of_different_settings_are_not_overwritten(tmp_path: Path) -> None:
    sweep(small_sweep(tmp_path, "kernel=30"))
    before = (tmp_path / "results.json").read_bytes()
    with pytest.raises(SketchpadError, match="epochs was 1, now 2"):
        sweep(small_sweep(tmp_path, "kernel=30", epochs=2))
    with pytest.raises(SketchpadError, match=r"kernel=30.*kernel=31"):
        sweep(small_sweep(tmp_path, "kernel=31"))
    sweep(small_sweep(tmp_path, "kernel=30", threads=1))
    assert (tmp_path / "results.json").read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"settings": {}, "records": [1]}',
        '{"settings": {}, "records": [{"values": {"kernel": 30}, "seed": 0}]}',
        '{"settings": {}, "records": [{"values": {"kernel": 30}, "seed": 0, "parameters": 1, '
        '"validation_accuracy": null, "test_accuracy": 0.5, "seconds": 1}]}',
    ],
    ids=["empty", "list", "no records", "not a record", "no accuracies", "null accuracy"],
)
@pytest.mark.usefixtures("no_work")
def test_a_file_without_results_is_not_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(SketchpadError, match="does not contain the results of a sweep"):
        sweep(small_sweep(tmp_path, "kernel=30"))
    assert (tmp_path / "results.json").read_text() == content


def test_the_shipped_results_belong_to_the_named_sweep() -> None:
    named = NAMED["d2l-kernels"]
    records = load_records(ROOT / named.path / "results.json", named)
    assert len(records) >= 20
    assert len(missing(trials(named), records)) == len(trials(named)) - len(records)


def record(kernel: int, seed: int, accuracy: float) -> dict[str, Any]:
    return {
        "values": {"kernel": kernel},
        "seed": seed,
        "parameters": 1234,
        "validation_accuracy": accuracy,
        "test_accuracy": accuracy - 0.1,
        "seconds": 2.0,
    }


def test_the_table_shows_mean_and_spread(tmp_path: Path) -> None:
    failed = {"values": {"kernel": 5}, "seed": 1, "reason": "Too much."}
    records = [record(3, 0, 0.9), record(5, 0, 0.8), record(3, 1, 0.92), failed, record(9, 0, 0.1)]
    shown = table(small_sweep(tmp_path, "kernel=3,5,7", seeds=2), records)
    assert as_text(shown).splitlines() == [
        "kernel  parameters  validation     test           seconds",
        "3       1,234       91.00% ± 1.41  81.00% ± 1.41  2.0",
        "5       1,234       80.00%         70.00%         2.0      1 of 2 seeds: Too much.",
    ]


@pytest.mark.trains
@pytest.mark.usefixtures("small")
def test_a_grid_is_plotted_with_one_line_per_value_of_the_second_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plotted: list[Any] = []
    draw = results.accuracies_picture

    def watched(*arguments: Any, **keywords: Any) -> bytes:
        plotted.extend(arguments)
        return draw(*arguments, **keywords)

    monkeypatch.setattr(results, "accuracies_picture", watched)
    names = ("kernel=1,3,57", "padding=half", "activation=relu,tanh")
    records = sweep(small_sweep(tmp_path, *names, seeds=1))
    name, values, lines, title, kind = plotted
    assert (name, list(values), kind) == ("kernel", [1, 3, 57], "validation")
    assert list(lines) == ["activation relu", "activation tanh"]
    assert "padding half" in title
    accuracies = {
        tuple(r["values"].values()): [r["validation_accuracy"]]
        for r in records
        if "reason" not in r
    }
    for activation in ("relu", "tanh"):
        line = {kernel: accuracies[kernel, "half", activation] for kernel in (1, 3)}
        assert lines[f"activation {activation}"] == line


def drawn(lines: dict[str, dict[Any, list[float]]], values: list[Any], **options: Any) -> bytes:
    return accuracies_picture("kernel", values, lines, "title", **options)


def test_the_plot_depends_on_seeds_values_and_lines() -> None:
    line: dict[Any, list[float]] = {1: [0.8, 0.8], 3: [0.9, 0.9], 4: [0.7]}
    wider = {**line, 3: [0.85, 0.95]}
    words = dict(zip(("relu", "tanh", "squash"), line.values(), strict=True))
    plain = drawn({"": line}, [1, 3, 4])
    assert Image.open(BytesIO(plain)).width > 600
    changed = [
        drawn({"": wider}, [1, 3, 4]),
        drawn({"": line}, [1, 3, 4, 9]),
        drawn({"a": line, "b": line}, [1, 3, 4]),
        drawn({"": line}, [1, 3, 4], logarithmic=True),
        drawn({"": line}, [1, 3, 4], kind="test"),
        drawn({"": words}, list(words)),
    ]
    assert len({plain, *changed}) == 7
