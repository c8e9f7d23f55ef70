import dataclasses
import json
import sys
import types
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from lenet.datasets.augmentation import Distortion, distort
from lenet.datasets.datasets import (
    DATASETS,
    Dataset,
    DatasetDescription,
    Split,
    all_training_images,
)
from lenet.datasets.fetching import Source
from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.model import LeNet
from lenet.network.parts import POOLINGS, Pooling
from lenet.training import batches, curves, data
from lenet.training.curves import curves_picture
from lenet.training.evaluation import accuracy
from lenet.training.loop import Report, Training
from lenet.training.plan import make_plan
from lenet.training.run import run
from lenet.training.settings import TrainingSettings, configuration
from lenet.training.target import exclusive
from tests.conftest import interrupt_training
from tests.training.helpers import run_on, small_settings, weights


@pytest.fixture
def settings(tmp_path: Path) -> TrainingSettings:
    return small_settings(epochs=1, batch_size=100, out=str(tmp_path / "net"))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[bytes | None]:
    """Collects the live curves after each report; they may be drawn without a pause."""
    pictures: list[bytes | None] = []

    original = Training.reports

    def watched(training: Training) -> Iterator[Report]:
        for report in original(training):
            yield report
            live = tmp_path / ".net.curves.png"
            pictures.append(live.read_bytes() if live.exists() else None)

    monkeypatch.setattr(Training, "reports", watched)
    monkeypatch.setattr(curves, "LIVE_PAUSE", 0.0)
    monkeypatch.setattr(curves, "LIVE_SHARE", 1e9)
    return pictures


@pytest.fixture
def local(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaces the data sets with a small one that needs no download."""
    monkeypatch.setattr(data, "fetch", lambda *_: None)
    monkeypatch.setattr(data, "load", lambda *_: dataset)


@pytest.mark.usefixtures("local")
def test_only_one_run_writes_to_a_folder(settings: TrainingSettings) -> None:
    with exclusive(settings.folder), pytest.raises(SketchpadError, match="Another run"):
        run(settings, "")
    assert not settings.folder.exists()


@pytest.mark.trains
@pytest.mark.usefixtures("local")
def test_a_run_reports_what_it_replaces(
    settings: TrainingSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    run(settings, "first")
    assert "replaced" not in capsys.readouterr().err
    run(settings, "second")
    assert f"The network in {settings.folder} will be replaced." in capsys.readouterr().err
    assert LeNet.from_pretrained(settings.folder).history["command"] == "second"


@pytest.mark.trains
def test_a_linked_folder_is_replaced_and_the_link_stays(
    dataset: Dataset, settings: TrainingSettings, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "net"
    link.symlink_to(tmp_path / "disk")
    for command in ("first", "second"):
        run_on(dataset, settings, command)
        assert link.is_symlink()
        assert LeNet.from_pretrained(tmp_path / "disk").history["command"] == command


# ------------------------------------------------------------------ from fit to write


@pytest.mark.trains
def test_a_run_writes_a_complete_checkpoint(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = small_settings(out=str(tmp_path / "net"), seed=4)
    out = run_on(dataset, settings, "python train.py --seed 4")
    loaded = LeNet.from_pretrained(out)
    history = json.loads((out / "history.json").read_text())
    assert history == loaded.history
    assert history["command"] == "python train.py --seed 4"
    assert history["settings"]["seed"] == 4
    assert history["data"]["training"] == 1500
    tested = history["results"]["test_accuracy"]
    assert tested == pytest.approx(accuracy(loaded, dataset.test), abs=0.01)
    assert history["results"]["validation_accuracy"] == accuracy(loaded, dataset.validation)
    assert len(history["reports"]) == 30
    curves = Image.open(BytesIO((out / "curves.png").read_bytes()))
    assert curves.format == "PNG"
    assert curves.width > 600
    shown = capsys.readouterr()
    assert f"{history['results']['test_accuracy']:.2%}" in shown.out
    assert "examples/s" in shown.err


def test_a_run_on_all_images_copies_the_calibration(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calibrated = LeNet(configuration(small_settings()))
    calibrated.calibrate(1.25, threshold=3.5)
    calibrated.save_pretrained(tmp_path / "calibrated")
    settings = small_settings(
        out=str(tmp_path / "net"), all_images=True, calibration=str(tmp_path / "calibrated")
    )
    loaded = LeNet.from_pretrained(run_on(all_training_images(dataset), settings))
    assert (loaded.config.temperature, loaded.config.threshold) == (1.25, 3.5)
    assert loaded.history["results"]["epoch"] == 3
    assert loaded.history["results"]["validation_accuracy"] is None
    assert loaded.history["data"]["training"] == 1500 + len(dataset.validation.labels)
    assert all(report["validation_accuracy"] is None for report in loaded.history["reports"])
    assert "validation accuracy  –" in capsys.readouterr().out


@pytest.mark.trains
def test_ctrl_c_saves_the_best_so_far(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_training(24, KeyboardInterrupt(), monkeypatch)
    out = run_on(dataset, small_settings(out=str(tmp_path / "net")))
    model = LeNet.from_pretrained(out)
    assert model.history["results"]["epoch"] in (1, 2)
    assert accuracy(model, dataset.validation) == model.history["results"]["validation_accuracy"]


def test_ctrl_c_in_the_first_epoch_saves_nothing(
    dataset: Dataset, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_training(4, KeyboardInterrupt(), monkeypatch)
    with pytest.raises(SketchpadError, match="Nothing was saved"):
        run_on(dataset, settings)
    assert not settings.folder.exists()


@pytest.mark.trains
def test_a_diverging_loss_saves_the_best_so_far(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverging = small_settings(out=str(tmp_path / "nan"), optimizer="sgd", learning_rate=1000.0)
    with pytest.raises(SketchpadError, match=r"NaN or infinite.*Try a smaller --lr"):
        run_on(dataset, diverging)
    assert not (tmp_path / "nan").exists()
    interrupt_training(15, SketchpadError("The loss became NaN."), monkeypatch)
    with pytest.raises(SketchpadError, match="best network so far is in"):
        run_on(dataset, small_settings(out=str(tmp_path / "net")))
    assert LeNet.from_pretrained(tmp_path / "net").history["results"]["epoch"] == 1


@pytest.mark.trains
def test_the_curves_are_drawn_while_training_runs(
    dataset: Dataset,
    settings: TrainingSettings,
    seen: list[bytes | None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_on(dataset, settings)
    assert len(set(seen)) == len(seen) == 10
    for picture in seen:
        assert picture is not None
        assert Image.open(BytesIO(picture)).format == "PNG"
    assert str(tmp_path / ".net.curves.png") in capsys.readouterr().err.splitlines()[0]
    assert [path.name for path in tmp_path.iterdir()] == ["net"]
    assert (tmp_path / "net" / "curves.png").read_bytes() == seen[-1]


@pytest.mark.trains
def test_a_plot_that_fails_does_not_stop_training(
    dataset: Dataset,
    settings: TrainingSettings,
    seen: list[bytes | None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail_at_first(reports: list[Report], title: str) -> bytes:
        if len(reports) < 10:
            raise RuntimeError("no ink left")
        return curves_picture(reports, title)

    monkeypatch.setattr(curves, "curves_picture", fail_at_first)
    out = run_on(dataset, settings)
    assert seen == [None] * 10
    assert (out / "curves.png").is_file()
    assert capsys.readouterr().err.count("no ink left") == 1


def test_a_run_that_saves_nothing_leaves_no_files(
    dataset: Dataset, settings: TrainingSettings, seen: list[bytes | None], tmp_path: Path
) -> None:
    diverging = dataclasses.replace(settings, optimizer="sgd", learning_rate=1000.0, warmup=1.0)
    with pytest.raises(SketchpadError, match="NaN or infinite"):
        run_on(dataset, diverging)
    assert seen
    assert seen[0] is not None
    assert list(tmp_path.iterdir()) == []


def test_only_whole_epochs_are_selected(
    dataset: Dataset, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reports(*_: object) -> Iterator[Report]:
        yield Report(0.5, 1.0, 0.5, 1.0, validation_accuracy=0.9)
        yield Report(1.0, 1.0, 0.5, 1.0, validation_accuracy=0.5)
        yield Report(1.5, 1.0, 0.5, 1.0, validation_accuracy=0.9)

    monkeypatch.setattr(Training, "reports", reports)
    results = LeNet.from_pretrained(run_on(dataset, settings)).history["results"]
    assert (results["epoch"], results["validation_accuracy"]) == (1, 0.5)


@pytest.mark.trains
@pytest.mark.parametrize(
    ("stop", "after"), [(KeyboardInterrupt, 10), (SystemExit, 14)], ids=["Ctrl-C", "killed"]
)
def test_a_resumed_run_ends_with_the_same_weights(
    dataset: Dataset,
    settings: TrainingSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: type[BaseException],
    after: int,
) -> None:
    settings = dataclasses.replace(settings, epochs=2)
    state = tmp_path / ".net.state.safetensors"
    whole = LeNet.from_pretrained(run_on(dataset, settings))
    assert not state.exists()
    with monkeypatch.context() as patch:
        interrupt_training(after, stop(), patch)
        if stop is KeyboardInterrupt:
            run_on(dataset, settings)
        else:
            with pytest.raises(stop):
                run_on(dataset, settings)
    assert state.exists()
    resumed = LeNet.from_pretrained(run_on(dataset, dataclasses.replace(settings, resume=True)))
    assert torch.equal(weights(whole), weights(resumed))
    assert [r["loss"] for r in resumed.history["reports"][:10]] == [
        r["loss"] for r in whole.history["reports"][:10]
    ]
    assert resumed.history["results"]["epoch"] == whole.history["results"]["epoch"]
    assert resumed.history["reports"][-1]["epoch"] == 2
    assert not state.exists()


@pytest.mark.trains
def test_tensorboard_receives_every_report(
    dataset: Dataset, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    scalars: list[tuple[str, float, int]] = []

    class SummaryWriter:
        def __init__(self, folder: str) -> None:
            assert folder == "logs"

        def add_scalar(self, *scalar: Any) -> None:
            scalars.append(scalar)

        def flush(self) -> None:
            pass

    logged = dataclasses.replace(settings, tensorboard="logs")
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(SketchpadError, match="pip install tensorboard"):
        make_plan(logged, "")
    module = types.ModuleType("torch.utils.tensorboard")
    vars(module)["SummaryWriter"] = SummaryWriter
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    history = LeNet.from_pretrained(run_on(dataset, logged)).history
    losses = [(value, step) for name, value, step in scalars if name == "loss"]
    assert losses == [(r["loss"], i + 1) for i, r in enumerate(history["reports"])]
    assert [step for name, _, step in scalars if name == "validation_accuracy"] == [10]


# ------------------------------------------------------------------ additions to the package


class MeanOfExtremes(nn.Module):
    """A pooling that the package lacks: the mean of the largest and the smallest value."""

    def forward(self, maps: Tensor) -> Tensor:
        pool = nn.MaxPool2d(2)
        return (pool(maps) - pool(-maps)) / 2


@pytest.fixture
def shapes(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> tuple[DatasetDescription, Dataset]:
    """A third data set, with discs and bars instead of digits, and its description."""

    def split(count: int, seed: int) -> Split:
        generator = torch.Generator().manual_seed(seed)
        labels = torch.randint(3, (count,), generator=generator)
        y, x = torch.meshgrid(*[torch.arange(28.0) - 13.5] * 2, indexing="ij")
        pictures = torch.stack([x.hypot(y) < 8, (x.abs() < 3), (y.abs() < 3)]).float()
        noise = torch.rand(count, 28, 28, generator=generator)
        images = (pictures[labels] * (0.5 + 0.5 * noise) * 255).to(torch.uint8)
        return Split(images[:, None], labels)

    description = DatasetDescription(
        name="shapes",
        title="Shapes",
        short_name="shapes",
        labels=("disc", "upright bar", "flat bar"),
        source=Source(name="Shapes", files={}, archives={}, mirrors=()),
        mean=0.1,
        std=0.4,
        box=24,
        centring="box",
        distortion=Distortion(rotation=20, shift=3),
    )
    monkeypatch.setitem(DATASETS, "shapes", description)
    images = Dataset(split(600, 1), split(200, 2), split(200, 3))
    monkeypatch.setattr(data, "fetch", lambda *_: None)
    monkeypatch.setattr(
        data, "load", lambda _, __, requested: images if requested is description else dataset
    )
    return description, images


@pytest.mark.trains
def test_a_third_data_set_and_a_third_pooling_train_through_the_whole_run(
    shapes: tuple[DatasetDescription, Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    description, dataset = shapes
    pooling = Pooling(
        name="mean of extremes", notation="extremes", make=lambda maps: MeanOfExtremes()
    )
    monkeypatch.setitem(POOLINGS, "extremes", pooling)
    preset = dataclasses.replace(PRESETS["relu"], pooling="extremes")
    monkeypatch.setitem(PRESETS, "extremes", preset)
    used: list[Distortion] = []

    def watched(images: Tensor, generator: Any, amount: Distortion, part: slice) -> Tensor:
        used.append(amount)
        return distort(images, generator, amount, part)

    monkeypatch.setattr(batches, "distort", watched)
    settings = TrainingSettings(
        preset="extremes", dataset="shapes", epochs=3, batch_size=50, out=str(tmp_path / "net")
    )
    model = LeNet.from_pretrained(run(settings, "python train.py"))
    config = model.config
    assert config.labels == description.labels
    assert (config.mean, config.std, config.box, config.centring) == (0.1, 0.4, 24, "box")
    assert config.pooling == "extremes"
    assert config.threshold is not None
    assert set(used) == {description.distortion}
    assert isinstance(model.poolings[0], MeanOfExtremes)
    assert model.history["data"]["synthetic_digits"] == 0
    results = model.history["results"]
    assert results["test_accuracy"] > 0.8
    # The page will show the same network that was trained and tested.
    with torch.inference_mode():
        answers = model(dataset.test.images / 255).logits.argmax(1)
    correct = (answers == dataset.test.labels).float().mean().item()
    assert correct == pytest.approx(results["test_accuracy"], abs=0.01)
    settings = dataclasses.replace(settings, preset="relu", out="")
    assert settings.folder.name == "my-shapes-relu"
