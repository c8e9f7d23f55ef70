import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet import LeNet, Predictor, SketchpadError
from lenet.__main__ import main
from lenet.ink import Drawing
from tests.conftest import ROOT
from tests.digits import DIGITS, Points, grey

CHECKPOINT = str(ROOT / "checkpoints" / "mnist-relu")


@pytest.mark.parametrize("digit", DIGITS)
def test_drawn_digits_are_read(predictor: Predictor, digit: str) -> None:
    prediction = predictor(DIGITS[digit])
    assert prediction.label == digit
    assert prediction.labels == tuple("0123456789")
    assert prediction.probabilities.shape == (10,)
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert prediction.confidence == prediction.probabilities[int(digit)]
    assert prediction.network_input.shape == (28, 28)
    assert prediction.layer1.shape == (6, 28, 28)
    assert prediction.layer2.shape == (16, 10, 10)


def test_the_maps_are_those_of_the_network(predictor: Predictor) -> None:
    import torch

    prediction = predictor(DIGITS["3"])
    output = predictor.model(torch.from_numpy(prediction.network_input)[None, None])
    assert np.allclose(prediction.layer1, output.maps[0][0].detach())
    assert np.allclose(prediction.layer2, output.maps[1][0].detach())
    assert prediction.layer1.min() == 0, "after the activation"


@pytest.mark.parametrize("paper", ["black", "white"])
@pytest.mark.parametrize("kind", ["image", "array", "file", "path"])
def test_every_kind_of_drawing_gives_the_same_answer(
    predictor: Predictor, tmp_path: Path, kind: str, paper: str
) -> None:
    for digit, strokes in DIGITS.items():
        level = grey(strokes)
        array = level if paper == "black" else 255 - level
        picture = Image.fromarray(array)
        file = tmp_path / f"{digit}.png"
        picture.save(file)
        kinds: dict[str, Drawing] = {
            "image": picture,
            "array": array,
            "file": str(file),
            "path": file,
        }
        prediction = predictor(kinds[kind])
        assert prediction.label == digit
        assert np.allclose(prediction.probabilities, predictor(strokes).probabilities, atol=0.02)


@pytest.mark.parametrize("blank", [[], np.zeros((50, 50)), Image.new("RGB", (9, 9), "white")])
def test_blank_is_its_own_answer(predictor: Predictor, blank: list[Points]) -> None:
    prediction = predictor(blank)
    assert prediction.label is None
    assert not prediction.probabilities.any()
    assert not prediction.network_input.any()


def test_a_blank_file_stays_blank_in_json(predictor: Predictor) -> None:
    text = json.dumps(predictor([]).to_json())
    assert json.loads(text)["label"] is None


def test_loading_a_network_that_is_not_there() -> None:
    with pytest.raises(SketchpadError, match="There is no checkpoint"):
        Predictor.from_pretrained("checkpoints/nothing")


def test_reading_does_not_depend_on_training_mode() -> None:
    model = LeNet().train()
    assert not Predictor(model).model.training


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    Image.fromarray(grey(DIGITS["7"])).save(tmp_path / "seven.png")
    Image.new("L", (20, 20)).save(tmp_path / "blank.png")
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    return {path.stem: str(path) for path in tmp_path.iterdir()}


def test_the_command_line(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--checkpoint", CHECKPOINT, files["seven"], files["blank"]]) == 0
    seven, blank = capsys.readouterr().out.splitlines()
    assert seven.startswith(f"{files['seven']}: 7 (")
    assert blank == f"{files['blank']}: blank"


def test_the_command_line_for_programs(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [files["seven"], files["letter"]]
    assert main(["predict", "--json", "--checkpoint", CHECKPOINT, *arguments]) == 1
    seven, letter = map(json.loads, capsys.readouterr().out.splitlines())
    assert seven["label"] == "7"
    assert len(seven["probabilities"]) == 10
    assert np.shape(seven["layer1"]) == (6, 28, 28)
    assert np.shape(seven["layer2"]) == (16, 10, 10)
    assert "not a picture" in letter["error"]


def test_one_bad_file_does_not_stop_the_others(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [files["letter"], files["seven"]]
    assert main(["predict", "--checkpoint", CHECKPOINT, *arguments]) == 1
    shown = capsys.readouterr()
    assert ": 7 (" in shown.out
    assert "not a picture" in shown.err
    assert main(["predict", "--checkpoint", "checkpoints/nothing", files["seven"]]) == 1
    assert "There is no checkpoint" in capsys.readouterr().err
