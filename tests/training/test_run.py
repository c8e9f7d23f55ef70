import dataclasses
import sys
import types
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from lenet.datasets.datasets import Dataset
from lenet.errors import SketchpadError
from lenet.network.model import LeNet
from lenet.training import run
from lenet.training.curves import curves_picture
from lenet.training.loop import Report, Training, train
from lenet.training.resume import Kept, put_down
from lenet.training.run import run_on
from lenet.training.settings import TrainingSettings
from tests.conftest import interrupting


@pytest.fixture
def settings(tmp_path: Path) -> TrainingSettings:
    return TrainingSettings(
        epochs=1, batch_size=100, made_digits=0, made_nondigits=0, out=str(tmp_path / "net")
    )


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[bytes | None]:
    """The live picture as it is after each report, when no time has to pass between two."""
    pictures: list[bytes | None] = []

    whole = Training.reports

    def watched(training: Training) -> Iterator[Report]:
        for report in whole(training):
            yield report
            live = tmp_path / ".net.curves.png"
            pictures.append(live.read_bytes() if live.exists() else None)

    monkeypatch.setattr(Training, "reports", watched)
    monkeypatch.setattr(run, "LIVE_PAUSE", 0.0)
    monkeypatch.setattr(run, "LIVE_SHARE", 1e9)
    return pictures


def test_the_curves_are_drawn_while_training_goes_on(
    dataset: Dataset,
    settings: TrainingSettings,
    seen: list[bytes | None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_on(dataset, settings, "")
    assert len(set(seen)) == len(seen) == 10
    for picture in seen:
        assert picture is not None
        assert Image.open(BytesIO(picture)).format == "PNG"
    assert str(tmp_path / ".net.curves.png") in capsys.readouterr().err.splitlines()[0]
    assert [path.name for path in tmp_path.iterdir()] == ["net"]
    assert (tmp_path / "net" / "curves.png").read_bytes() == seen[-1]


def test_drawing_takes_a_small_share_of_the_time(
    dataset: Dataset,
    settings: TrainingSettings,
    seen: list[bytes | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "LIVE_SHARE", 1e-6)
    run_on(dataset, settings, "")
    assert len(seen) == 10
    assert len(set(seen)) == 1


def test_a_picture_that_can_not_be_drawn_stops_nothing(
    dataset: Dataset,
    settings: TrainingSettings,
    seen: list[bytes | None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    draw = run._curves

    def failing(reports: list[Report], settings: TrainingSettings) -> bytes:
        if len(reports) < 10:
            raise RuntimeError("no ink left")
        return draw(reports, settings)

    monkeypatch.setattr(run, "_curves", failing)
    out = run_on(dataset, settings, "")
    assert seen == [None] * 10
    assert (out / "curves.png").is_file()
    assert capsys.readouterr().err.count("no ink left") == 1


def test_no_picture_stays_when_there_is_nothing_to_keep(
    dataset: Dataset, settings: TrainingSettings, seen: list[bytes | None], tmp_path: Path
) -> None:
    hopeless = dataclasses.replace(settings, optimizer="sgd", learning_rate=1000.0, warmup=1.0)
    with pytest.raises(ValueError, match="stopped being a number"):
        run_on(dataset, hopeless, "")
    assert seen
    assert seen[0] is not None
    assert list(tmp_path.iterdir()) == []


def test_validations_come_as_often_as_asked_and_change_nothing(
    dataset: Dataset, settings: TrainingSettings
) -> None:
    def trained(validations: int) -> tuple[list[float], torch.Tensor]:
        torch.manual_seed(0)
        model = LeNet()
        asked = dataclasses.replace(settings, validations=validations, average=0.9)
        reports = list(train(model, dataset, asked))
        where = [r.epoch for r in reports if r.validation_accuracy is not None]
        return where, torch.cat([p.detach().flatten() for p in model.parameters()])

    once, weights = trained(1)
    often, same_weights = trained(5)
    assert once == [1]
    assert often == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert torch.equal(weights, same_weights)


def test_every_validation_is_of_the_average(dataset: Dataset, settings: TrainingSettings) -> None:
    def validated(average: float) -> list[torch.Tensor]:
        torch.manual_seed(0)
        model = LeNet()
        asked = dataclasses.replace(settings, validations=2, average=average)
        # The average has no part in the training itself: without it, the weights are plain.
        return [
            torch.cat([p.detach().flatten() for p in model.parameters()])
            for report in train(model, dataset, asked)
            if report.validation_accuracy is not None
        ]

    for plain, averaged in zip(validated(0.0), validated(0.9), strict=True):
        assert not torch.equal(plain, averaged)


def test_only_whole_epochs_are_kept(
    dataset: Dataset, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*_: object) -> Iterator[Report]:
        yield Report(0.5, 1.0, 0.5, 1.0, validation_accuracy=0.9)
        yield Report(1.0, 1.0, 0.5, 1.0, validation_accuracy=0.5)
        yield Report(1.5, 1.0, 0.5, 1.0, validation_accuracy=0.9)

    monkeypatch.setattr(Training, "reports", told)
    out = run_on(dataset, settings, "")
    results = LeNet.from_pretrained(out).history["results"]
    assert (results["epoch"], results["validation_accuracy"]) == (1, 0.5)


def state_file(tmp_path: Path) -> Path:
    return tmp_path / ".net.state.safetensors"


@pytest.mark.parametrize(("stop", "after"), [(KeyboardInterrupt, 10), (SystemExit, 14)], ids=str)
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    dataset: Dataset,
    settings: TrainingSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: type[BaseException],
    after: int,
) -> None:
    settings = dataclasses.replace(settings, epochs=2)
    whole = LeNet.from_pretrained(run_on(dataset, settings, ""))
    assert not state_file(tmp_path).exists()
    with monkeypatch.context() as patch:
        interrupting(after, stop(), patch)
        if stop is KeyboardInterrupt:
            run_on(dataset, settings, "")
        else:
            with pytest.raises(stop):
                run_on(dataset, settings, "")
    assert state_file(tmp_path).exists()
    again = LeNet.from_pretrained(run_on(dataset, dataclasses.replace(settings, resume=True), ""))
    for one, other in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    assert [r["loss"] for r in again.history["reports"][:10]] == [
        r["loss"] for r in whole.history["reports"][:10]
    ]
    assert again.history["results"]["epoch"] == whole.history["results"]["epoch"]
    assert again.history["reports"][-1]["epoch"] == 2
    assert not state_file(tmp_path).exists()


def test_going_on_from_nothing_or_from_another_training_is_refused(
    dataset: Dataset, settings: TrainingSettings, tmp_path: Path
) -> None:
    resumed = dataclasses.replace(settings, resume=True)
    with pytest.raises(SketchpadError, match="start without --resume"):
        run_on(dataset, resumed, "")
    training = Training(LeNet(), dataset, settings)
    put_down(training, Kept(), settings)
    with pytest.raises(SketchpadError, match=r"other settings \(learning_rate was 0.004\)"):
        run_on(dataset, dataclasses.replace(resumed, learning_rate=0.1), "")
    state_file(tmp_path).write_bytes(b"torn")
    with pytest.raises(SketchpadError, match="damaged"):
        run_on(dataset, resumed, "")


def test_tensorboard_gets_every_report(
    dataset: Dataset, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scalars: list[tuple[str, float, int]] = []

    class SummaryWriter:
        def __init__(self, folder: str) -> None:
            assert folder == "logs"

        def add_scalar(self, *scalar: Any) -> None:
            scalars.append(scalar)

        def flush(self) -> None:
            pass

    wanted = dataclasses.replace(settings, tensorboard="logs")
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(SketchpadError, match="pip install tensorboard"):
        run_on(dataset, wanted, "")
    module = types.ModuleType("torch.utils.tensorboard")
    vars(module)["SummaryWriter"] = SummaryWriter
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    history = LeNet.from_pretrained(run_on(dataset, wanted, "")).history
    losses = [(value, step) for name, value, step in scalars if name == "loss"]
    assert losses == [(r["loss"], i + 1) for i, r in enumerate(history["reports"])]
    assert [step for name, _, step in scalars if name == "validation_accuracy"] == [10]


def test_curves_without_a_validation_yet() -> None:
    picture = curves_picture([0.1, 0.2], [2.0, 1.0], [0.1, 0.5], [], "relu on mnist")
    assert Image.open(BytesIO(picture)).width > 600
