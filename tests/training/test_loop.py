import dataclasses
import json
import platform
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

import train as program
from lenet.datasets import non_digits
from lenet.datasets.datasets import DATASETS, Dataset
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.options import parse
from lenet.reading.views import evidence
from lenet.training.loop import (
    Training,
    _rate,
    accuracy,
    calibrate,
    train,
    view_logits,
    with_made_drawings,
)
from lenet.training.run import run_on
from lenet.training.settings import RECIPES, TrainingSettings, configuration, recipe
from tests.conftest import interrupting


def settings(**changes: Any) -> TrainingSettings:
    small = TrainingSettings(epochs=3, batch_size=50, made_digits=0, made_nondigits=0)
    return dataclasses.replace(small, **changes)


def weights(dataset: Dataset, **changes: Any) -> torch.Tensor:
    torch.manual_seed(changes.get("seed", 0))
    model = LeNet(PRESETS["relu"])
    for _ in train(model, dataset, settings(**changes)):
        pass
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"augment": True},
        {"average": 0.9},
        {"optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 0.0005},
        {"preset": "classic", "epochs": 10, "learning_rate": 0.01},
        {"preset": "conv3"},
        {"preset": "lenet5-1998", "epochs": 6, "learning_rate": 0.01},
    ],
    ids=str,
)
def test_training_learns(dataset: Dataset, changes: dict[str, Any]) -> None:
    chosen = settings(**changes)
    torch.manual_seed(0)
    model = LeNet(PRESETS[chosen.preset])
    assert accuracy(model, dataset.test) < 0.4
    reports = list(train(model, dataset, chosen))
    assert reports[-1].loss < reports[0].loss / 2
    assert accuracy(model, dataset.test) > 0.9


def test_what_is_no_digit_gets_less_evidence(dataset: Dataset) -> None:
    chosen = settings(made_nondigits=600, epochs=6)
    with_others = with_made_drawings(dataset, chosen)
    assert with_others.non_digits is not None
    assert len(with_others.non_digits) == 600
    torch.manual_seed(0)
    model = LeNet()
    for _ in train(model, with_others, chosen):
        pass
    calibrate(model, with_others, refused=0.05)
    assert model.config.threshold is not None
    unseen = non_digits.synthetic_non_digits(300, seed=99)
    accepted = evidence(view_logits(model, unseen)) >= model.config.threshold
    refused = evidence(view_logits(model, dataset.test.images)) < model.config.threshold
    assert accepted.float().mean() < 0.4
    assert refused.float().mean() < 0.15


def test_without_nondigits_nothing_is_refused(dataset: Dataset) -> None:
    model = LeNet()
    calibrate(model, dataset, refused=0.05)
    assert model.config.threshold is None
    assert model.config.temperature > 0


def test_made_digits_join_the_training_images_only(dataset: Dataset) -> None:
    more = with_made_drawings(dataset, settings(made_digits=120))
    assert len(more.training.labels) == len(more.training.images) == 1620
    assert more.validation is dataset.validation
    assert more.test is dataset.test
    assert more.non_digits is None


def test_reports_come_ten_times_an_epoch(dataset: Dataset) -> None:
    reports = list(train(LeNet(), dataset, settings(epochs=2)))
    assert [r.epoch for r in reports] == pytest.approx([i / 10 for i in range(1, 21)])
    validated = [r.epoch for r in reports if r.validation_accuracy is not None]
    assert validated == [1, 2]
    assert all(r.examples_per_second > 0 and 0 <= r.accuracy <= 1 for r in reports)


def test_after_training_the_model_is_what_was_validated(dataset: Dataset) -> None:
    model = LeNet()
    for report in train(model, dataset, settings(average=0.95)):
        if report.validation_accuracy is not None:
            assert accuracy(model, dataset.validation) == report.validation_accuracy


@pytest.mark.parametrize("augment", [False, True])
def test_a_seed_means_the_same_weights(dataset: Dataset, augment: bool) -> None:
    one, again = (weights(dataset, epochs=1, augment=augment, seed=5) for _ in range(2))
    assert torch.equal(one, again)
    assert not torch.equal(one, weights(dataset, epochs=1, augment=augment, seed=6))


@pytest.mark.parametrize(
    "changes", [{}, {"optimizer": "sgd", "learning_rate": 0.02}, {"average": 0.0}], ids=str
)
def test_a_training_put_down_and_taken_up_ends_as_if_it_had_gone_on(
    dataset: Dataset, changes: dict[str, Any]
) -> None:
    chosen = settings(augment=True, **changes)
    first = Training(LeNet(), dataset, chosen)
    state: dict[str, torch.Tensor] = {}
    for _ in first.reports():
        if first.epoch == 2 and not state:
            state = {name: value.clone() for name, value in first.state().items()}
    second = Training(LeNet(), dataset, chosen)
    second.restore(state)
    assert [round(r.epoch, 6) for r in second.reports()] == [2 + i / 10 for i in range(1, 11)]
    for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_run_writes_a_checkpoint_that_says_how_it_was_made(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run_on(dataset, settings(out=str(tmp_path / "net"), seed=4), "python train.py --seed 4")
    loaded = LeNet.from_pretrained(out)
    history = json.loads((out / "history.json").read_text())
    assert history == loaded.history
    assert history["command"] == "python train.py --seed 4"
    assert history["settings"]["seed"] == 4
    assert history["data"]["training"] == 1500
    assert history["results"]["test_accuracy"] == accuracy(loaded, dataset.test)
    assert history["results"]["validation_accuracy"] == accuracy(loaded, dataset.validation)
    assert len(history["reports"]) == 30
    curves = Image.open(BytesIO((out / "curves.png").read_bytes()))
    assert curves.format == "PNG"
    assert curves.width > 600
    shown = capsys.readouterr()
    assert f"{history['results']['test_accuracy']:.2%}" in shown.out
    assert "examples/s" in shown.err


def test_ctrl_c_keeps_the_best_so_far(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupting(24, KeyboardInterrupt(), monkeypatch)
    out = run_on(dataset, settings(out=str(tmp_path / "net")), "")
    model = LeNet.from_pretrained(out)
    assert model.history["results"]["epoch"] in (1, 2)
    assert accuracy(model, dataset.validation) == model.history["results"]["validation_accuracy"]


def test_ctrl_c_before_there_is_anything_to_keep(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupting(4, KeyboardInterrupt(), monkeypatch)
    with pytest.raises(SketchpadError, match="nothing to keep yet"):
        run_on(dataset, settings(out=str(tmp_path / "net")), "")
    assert not (tmp_path / "net").exists()


def test_a_loss_that_is_no_number_keeps_the_best_so_far(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SketchpadError, match=r"not? .*number.*smaller --lr|stopped being a number"):
        run_on(
            dataset,
            settings(out=str(tmp_path / "nan"), optimizer="sgd", learning_rate=1000.0),
            "",
        )
    assert not (tmp_path / "nan").exists()
    interrupting(15, SketchpadError("The loss stopped being a number."), monkeypatch)
    with pytest.raises(SketchpadError, match="best network so far is in"):
        run_on(dataset, settings(out=str(tmp_path / "net")), "")
    assert LeNet.from_pretrained(tmp_path / "net").history["results"]["epoch"] == 1


def test_a_batch_larger_than_the_set(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(SketchpadError, match="larger than the training set"):
        run_on(dataset, settings(batch_size=2000, out=str(tmp_path / "net")), "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--epochs 0", "--epochs is a whole number from 1, not 0"),
        ("--batch-size -3", "--batch-size"),
        ("--lr 0", "--lr is a number above 0"),
        ("--lr nan", "--lr"),
        ("--momentum 1", "--momentum"),
        ("--weight-decay -1", "--weight-decay"),
        ("--warmup 2", "--warmup"),
        ("--label-smoothing 1", "--label-smoothing"),
        ("--average 1", "--average"),
        ("--seed -1", "--seed"),
        ("--made-digits -1", "--made-digits"),
        ("--nondigit-share 5", "--nondigit-share"),
        ("--refused 2", "--refused"),
        ("--validations 0", "--validations is a number that divides the 10 reports"),
        ("--validations 3", "--validations"),
        ("--validations 20", "--validations"),
        ("--device abacus", "not available here"),
        ("--resume --out nowhere/net", "start without --resume"),
    ],
)
def test_bad_values_are_refused_before_any_work(
    arguments: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fetched(*_: object) -> None:
        raise AssertionError("work has started")

    monkeypatch.setattr("lenet.datasets.datasets.fetch", fetched)
    monkeypatch.setattr("sys.argv", ["train.py", *arguments.split()])
    assert program.main() == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_folder_that_can_not_take_the_checkpoint_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fetched(*_: object) -> None:
        raise AssertionError("work has started")

    (tmp_path / "diary.txt").write_text("dear diary")
    monkeypatch.setattr("lenet.datasets.datasets.fetch", fetched)
    monkeypatch.setattr("sys.argv", ["train.py", "--out", str(tmp_path)])
    assert program.main() == 1
    assert "diary.txt" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", ["--preset vgg", "--dataset cifar", "--epochs many", "--huh"])
def test_unknown_options_are_explained(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(TrainingSettings, "", arguments.split())
    assert "error:" in capsys.readouterr().err


def test_a_recipe_sets_the_defaults_and_what_is_given_goes_before_it() -> None:
    d2l = with_recipe("--recipe d2l --lr 0.1")
    assert (d2l.preset, d2l.dataset, d2l.epochs, d2l.batch_size) == (
        "classic",
        "fashion-mnist",
        10,
        256,
    )
    assert (d2l.learning_rate, d2l.optimizer, d2l.momentum, d2l.augment) == (0.1, "sgd", 0, False)
    assert d2l.out == "checkpoints/fashion-classic"
    assert with_recipe("") == with_recipe("--recipe standard") == TrainingSettings()
    for name in RECIPES:
        with_recipe(f"--recipe {name}")


def with_recipe(arguments: str) -> TrainingSettings:
    return parse(TrainingSettings, "", arguments.split(), RECIPES, recipe)


def test_a_recipe_may_be_another_on_a_data_set() -> None:
    assert with_recipe("--recipe best").optimizer == "sgd"
    fashion = with_recipe("--recipe best --dataset fashion-mnist --lr 0.002")
    assert (fashion.optimizer, fashion.learning_rate, fashion.epochs) == ("adamw", 0.002, 80)


def test_a_network_is_made_to_fit_its_data_set() -> None:
    config = configuration(TrainingSettings(dataset="fashion-mnist"))
    assert config.labels == DATASETS["fashion-mnist"].labels
    assert (config.box, config.centring) == (28, "box")
    assert configuration(TrainingSettings(preset="conv3")) == PRESETS["conv3"]
    # Made digits are none of its classes.
    assert TrainingSettings(dataset="fashion-mnist", made_digits=50).made_digits == 0
    with pytest.raises(SketchpadError, match="shapes of the ten digits"):
        TrainingSettings(dataset="fashion-mnist", preset="lenet5-1998")


@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
def test_the_rate_rises_and_falls_as_told(schedule: str) -> None:
    chosen = settings(schedule=schedule, warmup=0.25)
    rates = [_rate(step, 100, chosen) for step in range(101)]
    assert rates[0] < 0.05
    assert rates[25] == pytest.approx(1)
    end, middle = {"cosine": (0, 0.75), "linear": (0, 2 / 3), "constant": (1, 1)}[schedule]
    assert rates[100] == pytest.approx(end, abs=1e-9)
    assert rates[50] == pytest.approx(middle)


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_the_rate_ends_where_it_is_told(schedule: str) -> None:
    chosen = settings(schedule=schedule, warmup=0.25, final_rate=0.2)
    rates = [_rate(step, 100, chosen) for step in range(101)]
    assert rates[25] == pytest.approx(1)
    assert rates[25:] == sorted(rates[25:], reverse=True)
    assert rates[100] == pytest.approx(0.2)


def test_the_command_line_is_the_dataclass(capsys: pytest.CaptureFixture[str]) -> None:
    given = "--preset classic --lr 0.5 --optimizer sgd --augment --seed 3 --out somewhere"
    assert parse(TrainingSettings, "", given.split()) == TrainingSettings(
        preset="classic",
        learning_rate=0.5,
        optimizer="sgd",
        augment=True,
        seed=3,
        out="somewhere",
    )
    assert TrainingSettings(preset="classic").out == "checkpoints/mnist-classic"
    with pytest.raises(SystemExit):
        parse(TrainingSettings, program.DESCRIPTION, ["--help"])
    text = capsys.readouterr().out
    for name in ("preset", "dataset", "epochs", "batch-size", "lr", "optimizer", "seed", "device"):
        assert f"--{name}" in text


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the heap of another C library")
def test_what_a_step_frees_is_kept_for_the_next() -> None:
    program = """
import resource, torch
from lenet.training.settings import TrainingSettings
from lenet.training.loop import prepare_device
prepare_device(TrainingSettings(device="cpu", threads=1))
def step():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    maps = [torch.ones(1_000_000) for _ in range(5)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(*(step() for _ in range(6)))
"""
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    pages = [int(count) for count in output.split()]
    assert pages[0] > 1000  # taken from the system
    assert pages[-1] < 100


def test_a_lower_precision_learns_as_well(dataset: Dataset) -> None:
    torch.manual_seed(0)
    model = LeNet()
    training = Training(model, dataset, settings(precision="bfloat16"))
    assert training.dtype == torch.bfloat16
    for _ in training.reports():
        pass
    assert all(p.dtype == torch.float32 for p in model.parameters())
    assert accuracy(model, dataset.test) > 0.9


def test_a_precision_that_a_network_cannot_have_is_refused(dataset: Dataset) -> None:
    model = LeNet(PRESETS["lenet5-1998"])
    chosen = settings(preset="lenet5-1998", precision="bfloat16")
    with pytest.raises(SketchpadError, match=r"--precision bfloat16 .* lenet5-1998"):
        Training(model, dataset, chosen)


@pytest.mark.parametrize("amx", [False, True])
def test_auto_takes_the_precision_that_the_cpu_is_fast_at(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, amx: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": amx}, raising=False)
    expected = torch.bfloat16 if amx else torch.float32
    assert Training(LeNet(), dataset, settings(precision="auto")).dtype == expected
    plain = settings(preset="lenet5-1998", precision="auto")
    assert Training(LeNet(PRESETS["lenet5-1998"]), dataset, plain).dtype == torch.float32
