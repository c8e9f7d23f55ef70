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
from lenet.datasets.datasets import Dataset, Split
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS, LeNetConfig
from lenet.network.model import LeNet
from lenet.sweeps import runner as module
from lenet.sweeps.runner import (
    NAMED,
    SweepSettings,
    parse_values,
    sweep,
    sweep_settings,
    table,
    trials,
    vary,
)
from lenet.training import curves as rendering
from lenet.training.loop import Report, accuracy, train
from lenet.training.settings import TrainingSettings


@pytest.fixture
def small(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A made data set in the place of those that would be fetched."""
    part = dataclasses.replace(dataset, training=Split(*(t[:500] for t in dataset.training)))
    monkeypatch.setattr("lenet.datasets.datasets.load", lambda *_: part)
    return part


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(*_: object) -> None:
        raise AssertionError("work has started")

    monkeypatch.setattr("lenet.datasets.datasets.load", loaded)


def settings(folder: Path, *vary: str, seeds: int = 1, **training: Any) -> SweepSettings:
    told: dict[str, Any] = {"epochs": 1, "batch_size": 50, "augment": False, **training}
    return SweepSettings(vary, seeds, folder=str(folder), training=TrainingSettings(**told))


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("kernel=1..10", "kernel", list(range(1, 11))),
        ("kernel=5..5", "kernel", [5]),
        ("channels=2, 6,2", "channels", [2, 6]),
        ("padding=0,half", "padding", [0, "half"]),
        ("dense_layers=0..1", "dense-layers", [0, 1]),
        ("activation=sigmoid,relu", "activation", ["sigmoid", "relu"]),
        ("learning-rate=1e-3,.5,2", "learning-rate", [0.001, 0.5, 2.0]),
        ("learning-rate=1..2", "learning-rate", [1, 2]),
    ],
)
def test_ranges_and_lists_are_read(text: str, name: str, values: list[Any]) -> None:
    read, found = parse_values(text)
    assert (read, list(found)) == (name, values)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "What shall vary?"),
        ("--vary colour=1..3", "the name is one of convolutions, channels, kernel"),
        ("--vary kernel", "whole numbers"),
        ("--vary kernel=", "whole numbers"),
        ("--vary kernel=1,,3", "whole numbers"),
        ("--vary kernel=1..2..3", "whole numbers"),
        ("--vary kernel=-1", "whole numbers"),
        ("--vary kernel=2.5", "whole numbers"),
        ("--vary kernel=5..1", "from 5 to 1 there is nothing"),
        ("--vary activation=relu,gelu", "sigmoid or relu or tanh"),
        ("--vary activation=1..3", "sigmoid or relu or tanh"),
        ("--vary padding=full", "or half"),
        ("--vary learning-rate=1.2.3", "numbers"),
        ("--vary learning-rate=0.1,0", "--lr is a number above 0"),
        ("--vary epochs=0..3", "--epochs is a whole number from 1"),
        ("--vary kernel=1..3 --vary kernel=5", "given twice"),
        ("--vary kernel=1..99999999", "at most"),
        ("--vary kernel=1..3 --seeds 0", "--seeds is a whole number from 1"),
        ("--vary kernel=1..3 --batch-size 0", "--batch-size"),
    ],
)
@pytest.mark.usefixtures("no_work")
def test_what_makes_no_sense_is_refused_before_any_work(
    arguments: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *arguments.split()]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


RELU = PRESETS["relu"]


def sizes(config: LeNetConfig) -> list[tuple[int, int, int, bool]]:
    return [(c.channels, c.kernel, c.padding, c.pooled) for c in config.convolutions]


@pytest.mark.parametrize(
    ("name", "value", "convolutions"),
    [
        ("convolutions", 1, [(6, 5, 2, True)]),
        ("convolutions", 4, [(6, 5, 2, True), (16, 5, 0, True), *[(16, 5, 2, False)] * 2]),
        ("channels", 6, sizes(RELU)),
        ("channels", 3, [(3, 5, 2, True), (8, 5, 0, True)]),
        ("kernel", 3, [(6, 3, 2, True), (16, 3, 0, True)]),
        ("padding", 1, [(6, 5, 1, True), (16, 5, 1, True)]),
        ("padding", "half", [(6, 5, 2, True), (16, 5, 2, True)]),
    ],
)
def test_convolutions_vary(name: str, value: Any, convolutions: list[Any]) -> None:
    varied = vary(RELU, name, value)
    assert sizes(varied) == convolutions
    assert dataclasses.replace(varied, convolutions=RELU.convolutions) == RELU


@pytest.mark.parametrize(
    ("name", "value", "dense"),
    [
        ("dense-layers", 0, ()),
        ("dense-layers", 1, (120,)),
        ("dense-layers", 3, (120, 84, 84)),
        ("dense-width", 60, (60, 42)),
        ("dense-width", 1, (1, 1)),
    ],
)
def test_dense_layers_vary(name: str, value: int, dense: tuple[int, ...]) -> None:
    assert vary(RELU, name, value) == dataclasses.replace(RELU, dense=dense)


def test_words_vary() -> None:
    varied = vary(vary(vary(RELU, "activation", "tanh"), "pooling", "average"), "kernel", 3)
    assert (varied.activation, varied.pooling) == ("tanh", "average")
    assert vary(RELU, "initialisation", "xavier").initialisation == "xavier"


@pytest.mark.parametrize(
    ("name", "value"),
    [("kernel", 30), ("kernel", 0), ("channels", 5000), ("convolutions", 101), ("dense-width", 0)],
)
def test_networks_that_can_not_be_say_so(name: str, value: int) -> None:
    with pytest.raises(SketchpadError):
        vary(RELU, name, value)


@pytest.mark.parametrize("preset", ["relu", "conv3", "lenet5-1998"])
def test_networks_without_a_convolution_work(preset: str) -> None:
    model = LeNet(vary(PRESETS[preset], "convolutions", 0))
    assert model(torch.rand(2, 1, 28, 28)).logits.shape == (2, 10)


def test_half_is_half_of_the_new_kernel_whatever_is_said_first(tmp_path: Path) -> None:
    for order in (("kernel=3", "padding=half"), ("padding=half", "kernel=3")):
        (trial,) = trials(settings(tmp_path, *order))
        assert isinstance(trial.network, LeNetConfig)
        assert [c.padding for c in trial.network.convolutions] == [1, 1]


def test_the_tutorials_sweep_has_a_name() -> None:
    found = trials(sweep_settings({"named": "d2l-kernels"}))
    assert [(t.values["kernel"], t.training.seed) for t in found] == [
        (kernel, seed) for seed in range(3) for kernel in range(1, 11)
    ]
    for trial in found:
        assert isinstance(trial.network, LeNetConfig)
        kernel = trial.values["kernel"]
        assert isinstance(kernel, int)
        for convolution in trial.network.convolutions:
            assert (convolution.kernel, convolution.padding) == (kernel, (kernel - 1) // 2)
        assert (trial.network.activation, trial.network.pooling) == ("relu", "max")
        assert trial.network.labels[0] == "T-shirt/top"
        assert (trial.training.dataset, trial.training.epochs) == ("fashion-mnist", 10)
        assert not trial.training.augment
    short = sweep_settings({"named": "d2l-kernels", "epochs": 1, "vary": ["kernel=2"]})
    assert [trial.training.epochs for trial in trials(short)] == [1, 1, 1]
    assert short.folder == NAMED["d2l-kernels"]["folder"]


def test_a_sweep_trains_reports_and_skips(
    small: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = settings(tmp_path / "out", "kernel=3,30", average=0.9, seed=7)
    good, impossible = sorted(sweep(asked), key=lambda record: record["values"]["kernel"])
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
    model = LeNet(vary(RELU, "kernel", 3))
    for report in train(model, small, dataclasses.replace(asked.training, seed=7)):
        if report.validation_accuracy is not None:
            assert good["validation_accuracy"] == report.validation_accuracy
            assert good["test_accuracy"] == accuracy(model, small.test)


def interrupting(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody press Ctrl-C in the training after so many."""
    trainings = 0

    def breaking(*arguments: Any) -> Iterator[Report]:
        nonlocal trainings
        for report in train(*arguments):
            yield report
            if trainings == after:
                raise KeyboardInterrupt
        trainings += 1

    monkeypatch.setattr(module, "train", breaking)


def without_times(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in records]


@pytest.mark.usefixtures("small")
def test_a_stopped_sweep_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = "--vary kernel=1,3,5 --epochs 1 --batch-size 50 --no-augment"
    command = ["sweep", *arguments.split(), "--out", str(tmp_path / "out")]
    results = tmp_path / "out" / "results.json"
    interrupting(1, monkeypatch)
    assert main(command) == 130
    shown = capsys.readouterr()
    assert "the same command goes on" in shown.err
    assert len(shown.out.split("\n\n")[0].splitlines()) == 2  # the head, and one kernel
    (first,) = json.loads(results.read_text())["records"]
    interrupting(99, monkeypatch)
    assert main(command) == 0
    records = json.loads(results.read_text())["records"]
    assert records[0] == first
    assert [record["values"]["kernel"] for record in records] == [1, 3, 5]
    assert "1 of them done before" in capsys.readouterr().err
    assert main([*command[:-1], str(tmp_path / "at once")]) == 0
    at_once = json.loads((tmp_path / "at once" / "results.json").read_text())["records"]
    assert without_times(at_once) == without_times(records)
    # A finished one is shown again without any work.
    interrupting(0, monkeypatch)
    assert main(command) == 0


@pytest.mark.usefixtures("small")
def test_seeds_can_be_added_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (first,) = sweep(settings(tmp_path, "kernel=3"))
    interrupting(99, monkeypatch)
    records = sweep(settings(tmp_path, "kernel=3", seeds=2))
    assert records[0] == first
    assert [record["seed"] for record in records] == [0, 1]
    assert " ± " in capsys.readouterr().out


@pytest.mark.usefixtures("no_work")
def test_results_of_other_settings_are_left_alone(tmp_path: Path) -> None:
    sweep(settings(tmp_path, "kernel=30"))
    before = (tmp_path / "results.json").read_bytes()
    with pytest.raises(SketchpadError, match="epochs was 1, now 2"):
        sweep(settings(tmp_path, "kernel=30", epochs=2))
    with pytest.raises(SketchpadError, match=r"kernel=30.*kernel=31"):
        sweep(settings(tmp_path, "kernel=31"))
    sweep(settings(tmp_path, "kernel=30", threads=1))
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
)
@pytest.mark.usefixtures("no_work")
def test_a_file_that_holds_no_results_is_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(SketchpadError, match="does not hold the results of a sweep"):
        sweep(settings(tmp_path, "kernel=30"))
    assert (tmp_path / "results.json").read_text() == content


@pytest.mark.usefixtures("no_work")
def test_a_folder_that_can_not_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SketchpadError, match="can't be written"):
        sweep(settings(tmp_path / "file" / "out", "kernel=3"))


@pytest.mark.usefixtures("small")
def test_a_training_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    plain: dict[str, Any] = {"optimizer": "sgd", "momentum": 0.0, "warmup": 0.0}
    failed, good = sweep(settings(tmp_path, "learning-rate=1000,0.1", **plain))
    assert "stopped being a number" in failed["reason"]
    assert 0 < good["validation_accuracy"] < 1


def record(kernel: int, seed: int, accuracy: float, **more: Any) -> dict[str, Any]:
    return {
        "values": {"kernel": kernel},
        "seed": seed,
        "parameters": 1234,
        "validation_accuracy": accuracy,
        "test_accuracy": accuracy - 0.1,
        "seconds": 2.0,
        **more,
    }


def test_the_table_shows_mean_and_spread(tmp_path: Path) -> None:
    failed = {"values": {"kernel": 5}, "seed": 1, "reason": "Too much."}
    records = [record(3, 0, 0.9), record(5, 0, 0.8), record(3, 1, 0.92), failed, record(9, 0, 0.1)]
    assert table(settings(tmp_path, "kernel=3,5,7", seeds=2), records).splitlines() == [
        "kernel  parameters  validation     test           seconds",
        "3       1,234       91.00% ± 1.41  81.00% ± 1.41  2.0",
        "5       1,234       80.00%         70.00%         2.0  (1 of 2 seeds: Too much.)",
    ]


@pytest.mark.usefixtures("small")
def test_a_grid_has_a_line_for_each_value_of_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    draw = rendering.accuracies_picture

    def watched(*arguments: Any, **more: Any) -> bytes:
        drawn.extend(arguments)
        return draw(*arguments, **more)

    monkeypatch.setattr(rendering, "accuracies_picture", watched)
    names = ("kernel=1,3,57", "padding=half", "activation=relu,tanh")
    records = sweep(settings(tmp_path, *names, seeds=1))
    name, values, lines, title, kind = drawn
    assert (name, list(values), kind) == ("kernel", [1, 3, 57], "validation")
    assert list(lines) == ["activation relu", "activation tanh"]
    assert "padding half" in title
    by_hand = {
        tuple(r["values"].values()): [r["validation_accuracy"]]
        for r in records
        if "reason" not in r
    }
    for activation in ("relu", "tanh"):
        line = {kernel: by_hand[kernel, "half", activation] for kernel in (1, 3)}
        assert lines[f"activation {activation}"] == line


def drawn(lines: dict[str, dict[Any, list[float]]], values: list[Any], **more: Any) -> bytes:
    return rendering.accuracies_picture("kernel", values, lines, "title", **more)


def test_the_picture_shows_seeds_values_and_lines() -> None:
    line: dict[Any, list[float]] = {1: [0.8, 0.8], 3: [0.9, 0.9], 4: [0.7]}
    wider = {**line, 3: [0.85, 0.95]}
    words = dict(zip(("relu", "tanh", "squash"), line.values(), strict=True))
    plain = drawn({"": line}, [1, 3, 4])
    assert Image.open(BytesIO(plain)).width > 600
    others = [
        drawn({"": wider}, [1, 3, 4]),
        drawn({"": line}, [1, 3, 4, 9]),
        drawn({"a": line, "b": line}, [1, 3, 4]),
        drawn({"": line}, [1, 3, 4], logarithmic=True),
        drawn({"": line}, [1, 3, 4], kind="test"),
        drawn({"": words}, list(words)),
    ]
    assert len({plain, *others}) == 7
