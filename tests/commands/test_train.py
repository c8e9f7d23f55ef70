import os
import re
import signal
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from lenet.__main__ import main
from lenet.commands import run_command
from lenet.commands import train as command
from lenet.training import run
from lenet.training.recipes import RECIPES
from lenet.training.settings import TrainingSettings


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[TrainingSettings, str]]:
    """Collects the runs that are started; none of them trains."""
    started: list[tuple[TrainingSettings, str]] = []
    monkeypatch.setattr(command, "run_training", lambda *run: started.append(run))
    return started


Runs = list[tuple[TrainingSettings, str]]


def test_options_set_the_fields_of_the_settings(runs: Runs) -> None:
    arguments = "--preset classic --lr 0.5 --optimizer sgd --augment --seed 3 --out somewhere"
    assert main(["train", *arguments.split()]) == 0
    assert runs == [
        (
            TrainingSettings(
                preset="classic",
                learning_rate=0.5,
                optimizer="sgd",
                augment=True,
                seed=3,
                out="somewhere",
            ),
            f"python -m lenet train {arguments}",
        )
    ]


def test_a_run_receives_its_recipe_and_its_command_line(runs: Runs) -> None:
    assert run_command("train", ["--recipe", "d2l", "--out", "a b"], "python train.py") == 0
    ((settings, line),) = runs
    assert line == "python train.py --recipe d2l --out 'a b'"
    assert (settings.batch_size, settings.folder) == (RECIPES["d2l"].batch_size, Path("a b"))


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = capsys.readouterr().out
    for name in (
        "preset", "dataset", "epochs", "batch-size", "lr", "optimizer", "seed", "device", "recipe",
        "synthetic-digits", "synthetic-non-digits", "non-digit-share", "rejected",
    ):  # fmt: skip
        assert f"--{name} " in text
    for f in fields(TrainingSettings):
        name = f.metadata["flag"] or f.name.replace("_", "-")
        assert re.search(rf"--{name}\b", text)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--epochs 0", "--epochs must be between 1 and 10,000, got 0."),
        ("--batch-size -3", "--batch-size"),
        ("--batch-size 10000000", "--batch-size must be between 1 and 60,000, got 10000000."),
        ("--lr 0", "--lr must be between 1e-12 and 1,000"),
        ("--lr nan", "--lr"),
        ("--lr 1e30", "--lr"),
        ("--momentum 1", "--momentum"),
        ("--weight-decay -1", "--weight-decay"),
        ("--warmup 2", "--warmup"),
        ("--label-smoothing 1", "--label-smoothing"),
        ("--average 1", "--average"),
        ("--seed -1", "--seed"),
        ("--synthetic-digits -1", "--synthetic-digits"),
        ("--synthetic-non-digits -1", "--synthetic-non-digits"),
        ("--non-digit-share 5", "--non-digit-share"),
        ("--rejected 2", "--rejected"),
        ("--validations 0", "--validations must be 1, 2, 5 or 10, got 0."),
        ("--validations 3", "--validations"),
        ("--validations 20", "--validations"),
        ("--preset vgg", "--preset must be classic, relu"),
        ("--dataset cifar", "--dataset must be mnist"),
        ("--recipe fast", "--recipe must be one of standard, best"),
        ("--device abacus", "not available here"),
        ("--resume --out nowhere/net", "Omit --resume"),
        ("--out .", "current folder"),
        ("--out diary", "diary.txt"),
    ],
)
def test_invalid_values_are_rejected_before_any_work(
    arguments: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fetch(*_: Any) -> None:
        raise AssertionError("work has started")

    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "diary.txt").write_text("dear diary")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lenet.training.data.fetch", fetch)
    assert main(["train", *arguments.split()]) == 1
    shown = capsys.readouterr().err
    assert words in shown
    assert shown.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["diary"]


@pytest.mark.parametrize("arguments", ["--epochs many", "--unknown"])
def test_usage_errors_are_reported(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", *arguments.split()])
    assert "error:" in capsys.readouterr().err


def test_ctrl_c_before_the_run_starts_exits_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_training", interrupted)
    assert main(["train"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_stop_a_run_that_loads_its_data(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(number)
    monkeypatch.setattr(run, "load_data", lambda *_: os.kill(os.getpid(), number))
    assert main(["train", "--out", str(tmp_path / "net")]) == 130
    assert signal.getsignal(number) is before
