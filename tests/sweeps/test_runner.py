import dataclasses
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from lenet.__main__ import main
from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.sweeps import runner
from lenet.sweeps.runner import sweep
from lenet.sweeps.variables import vary
from lenet.training.evaluation import accuracy
from lenet.training.loop import Report, train
from lenet.training.target import exclusive
from tests.sweeps.helpers import small_sweep


@pytest.mark.trains
def test_a_sweep_trains_possible_networks_and_skips_the_rest(
    small: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requested = small_sweep(tmp_path / "out", "kernel=3,30", average=0.9, seed=7)
    good, impossible = sorted(sweep(requested), key=lambda record: record["values"]["kernel"])
    assert good["seed"] == impossible["seed"] == 7
    assert impossible["values"] == {"kernel": 30}
    assert "Convolution 2 (kernel 30, padding 0)" in impossible["reason"]
    stored = json.loads((tmp_path / "out" / "results.json").read_text())
    assert good in stored["records"]
    assert impossible in stored["records"]
    assert stored["settings"]["epochs"] == 1
    picture = BytesIO((tmp_path / "out" / "accuracy.png").read_bytes())
    assert Image.open(picture).format == "PNG"
    shown = capsys.readouterr()
    assert impossible["reason"] in shown.out
    assert f"{good['validation_accuracy']:.2%}" in shown.out
    assert f"{good['test_accuracy']:.2%}" in shown.out
    assert "epoch 1.0/1" in shown.err

    torch.manual_seed(7)
    model = LeNet(vary(PRESETS["relu"], "kernel", 3))
    for report in train(model, small, dataclasses.replace(requested.training, seed=7)):
        if report.validation_accuracy is not None:
            assert good["validation_accuracy"] == report.validation_accuracy
            assert good["test_accuracy"] == accuracy(model, small.test)


def interrupt_after(finished: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate Ctrl-C after that many finished runs."""
    runs = 0

    def interrupted(*arguments: Any) -> Iterator[Report]:
        nonlocal runs
        for report in train(*arguments):
            yield report
            if runs == finished:
                raise KeyboardInterrupt
        runs += 1

    monkeypatch.setattr(runner, "train", interrupted)


def without_times(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in records]


@pytest.mark.trains
@pytest.mark.usefixtures("small")
def test_a_stopped_sweep_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = "--vary kernel=1,3,5 --epochs 1 --batch-size 50 --no-augment"
    command = ["sweep", *arguments.split(), "--out", str(tmp_path / "out")]
    results = tmp_path / "out" / "results.json"
    interrupt_after(1, monkeypatch)
    assert main(command) == 130
    shown = capsys.readouterr()
    assert "Run the same command again" in shown.err
    assert len(shown.out.split("\n\n")[0].splitlines()) == 2  # the header and one kernel
    (first,) = json.loads(results.read_text())["records"]
    interrupt_after(99, monkeypatch)
    assert main(command) == 0
    records = json.loads(results.read_text())["records"]
    assert records[0] == first
    assert [record["values"]["kernel"] for record in records] == [1, 3, 5]
    assert "1 of them already done" in capsys.readouterr().err
    assert main([*command[:-1], str(tmp_path / "in one go")]) == 0
    in_one_go = json.loads((tmp_path / "in one go" / "results.json").read_text())["records"]
    assert without_times(in_one_go) == without_times(records)
    # A finished sweep is shown again without any work.
    interrupt_after(0, monkeypatch)
    assert main(command) == 0


@pytest.mark.trains
@pytest.mark.usefixtures("small")
def test_seeds_can_be_added_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (first,) = sweep(small_sweep(tmp_path, "kernel=3"))
    interrupt_after(99, monkeypatch)
    records = sweep(small_sweep(tmp_path, "kernel=3", seeds=2))
    assert records[0] == first
    assert [record["seed"] for record in records] == [0, 1]
    assert " ± " in capsys.readouterr().out


@pytest.mark.usefixtures("no_work")
def test_an_unwritable_folder_is_rejected_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SketchpadError, match="can't be written"):
        sweep(small_sweep(tmp_path / "file" / "out", "kernel=3"))


@pytest.mark.trains
@pytest.mark.usefixtures("small")
def test_a_failed_run_does_not_stop_the_sweep(tmp_path: Path) -> None:
    plain: dict[str, Any] = {"optimizer": "sgd", "momentum": 0.0, "warmup": 0.0}
    failed, good = sweep(small_sweep(tmp_path, "learning-rate=1000,0.1", **plain))
    assert "NaN or infinite" in failed["reason"]
    assert 0 < good["validation_accuracy"] < 1


@pytest.mark.usefixtures("no_work")
def test_only_one_sweep_writes_to_a_folder(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "results.json"),
        pytest.raises(SketchpadError, match="Another run is writing"),
    ):
        sweep(small_sweep(tmp_path, "kernel=30"))
