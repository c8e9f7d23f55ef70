from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from lenet.training import curves
from lenet.training.curves import LiveCurves, curves_picture
from lenet.training.loop import Report

REPORTS = [Report(0.1, 2.0, 0.1, 100.0), Report(0.2, 1.0, 0.5, 100.0)]


def test_curves_can_be_drawn_before_the_first_validation() -> None:
    picture = curves_picture(REPORTS, "relu on MNIST")
    assert Image.open(BytesIO(picture)).width > 600


def test_the_plot_shows_every_curve() -> None:
    def changed(**values: float) -> bytes:
        last = {"epoch": 0.3, "loss": 0.8, "accuracy": 0.6, "examples_per_second": 1.0}
        return curves_picture([*REPORTS, Report(**{**last, **values})], "relu on MNIST")

    pictures = [
        changed(), changed(loss=0.5), changed(accuracy=0.7), changed(validation_accuracy=0.7),
        changed(validation_accuracy=0.8),
    ]  # fmt: skip
    assert len(set(pictures)) == 5
    assert changed() == changed(examples_per_second=2.0)


@pytest.fixture
def live(tmp_path: Path) -> LiveCurves:
    return LiveCurves(tmp_path / "net", "relu on MNIST")


def test_live_curves_are_in_a_hidden_file_next_to_the_checkpoint(
    live: LiveCurves, tmp_path: Path
) -> None:
    live.draw(REPORTS)
    assert live.path == tmp_path / ".net.curves.png"
    assert Image.open(BytesIO(live.path.read_bytes())).format == "PNG"
    live.remove()
    live.remove()
    assert list(tmp_path.iterdir()) == []


def test_curves_are_not_updated_more_often_than_their_share_of_time_allows(
    live: LiveCurves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "LIVE_PAUSE", 0.0)
    monkeypatch.setattr(curves, "LIVE_SHARE", 1e-6)
    live.draw(REPORTS[:1])
    first = live.path.read_bytes()
    live.draw(REPORTS)
    assert live.path.read_bytes() == first


def test_a_plot_that_fails_does_not_stop_training(
    live: LiveCurves, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("no ink left")

    monkeypatch.setattr(curves, "curves_picture", fail)
    for _ in range(3):
        live.draw(REPORTS)
    assert not live.path.exists()
    assert capsys.readouterr().err.count("no ink left") == 1
