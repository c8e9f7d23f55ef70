import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lenet import PRESETS, Convolution, LeNet, LeNetConfig, Predictor, SketchpadError
from lenet.__main__ import main
from lenet.drawing import Drawing, preprocessing
from lenet.drawing.ink import Ink, ink_from_strokes, ink_on_pad
from lenet.page.examples import example_images
from lenet.reading.prediction import STROKE_PENALTY
from lenet.reading.views import views
from tests.support import ROOT
from tests.support.digits import DIGITS, Points, grey, line

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


def test_the_maps_are_the_networks_activations(predictor: Predictor) -> None:
    prediction = predictor(DIGITS["3"])
    output = predictor.model(torch.from_numpy(prediction.network_input)[None, None])
    assert np.allclose(prediction.layer1, output.maps[0][0].detach())
    assert np.allclose(prediction.layer2, output.maps[1][0].detach())
    assert prediction.layer1.min() == 0, "after the activation"


def test_the_answer_is_the_mean_over_the_views(predictor: Predictor) -> None:
    prediction = predictor(DIGITS["3"])
    seen = views(torch.from_numpy(prediction.network_input)[None, None])[:, 0]
    with torch.inference_mode():
        logits = predictor.model(seen).logits
    expected = (logits.mean(0) / predictor.model.config.temperature).softmax(0)
    assert np.allclose(prediction.probabilities, expected, atol=1e-6)
    assert prediction.evidence == pytest.approx(float(logits.logsumexp(1).mean()), rel=1e-5)


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


LETTERS: dict[str, list[Points]] = {
    "plus": [line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))],
    "cross": [line((0.2, 0.2), (0.8, 0.8)), line((0.8, 0.2), (0.2, 0.8))],
    "M": [line((0.2, 0.8), (0.2, 0.2), (0.5, 0.6), (0.8, 0.2), (0.8, 0.8))],
    "W": [line((0.1, 0.2), (0.3, 0.8), (0.5, 0.4), (0.7, 0.8), (0.9, 0.2))],
}  # fmt: skip


@pytest.mark.parametrize("name", LETTERS)
def test_non_digits_are_rejected_with_a_reason(predictor: Predictor, name: str) -> None:
    prediction = predictor(LETTERS[name])
    assert prediction.state == "not a digit"
    assert prediction.label is None
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert prediction.nearest in prediction.labels
    assert prediction.evidence < (prediction.threshold or 0)
    assert prediction.sentence.startswith(
        f"This doesn't look like a digit. The best match is {prediction.nearest}, "
    )


def test_the_checkpoints_threshold_decides(predictor: Predictor) -> None:
    strokes = DIGITS["2"]
    assert predictor(strokes).threshold == predictor.model.config.threshold
    found = predictor(strokes).evidence
    model = LeNet.from_pretrained(CHECKPOINT)
    for threshold, state in (
        (found + 0.01, "not a digit"),
        (found - 0.01, "digit"),
        (None, "digit"),
    ):
        model.calibrate(model.config.temperature, threshold)
        assert Predictor(model)(strokes).state == state


COMB = [line((x, 0.2), (x, 0.8)) for x in (0.2, 0.4, 0.6, 0.8)]


def test_each_stroke_beyond_two_lowers_the_evidence(predictor: Predictor) -> None:
    for count in range(1, 5):
        found = predictor.read_sketch(COMB[:count])
        raw = predictor.read_input(found.network_input)
        assert found.penalty == STROKE_PENALTY * max(0, count - 2)
        assert found.evidence == raw.evidence - found.penalty
        assert np.array_equal(found.probabilities, raw.probabilities)


def test_strokes_that_add_no_ink_cost_nothing(predictor: Predictor) -> None:
    assert predictor.read_sketch([*DIGITS["5"], *DIGITS["5"], *DIGITS["5"]]).penalty == 0


def test_strokes_over_a_picture_or_of_clothes_cost_nothing(
    predictor: Predictor, things: Predictor
) -> None:
    assert predictor.read_sketch(COMB, np.zeros((28, 28), np.float32)).penalty == 0
    assert things.read_sketch(COMB).penalty == 0


def test_many_strokes_are_rejected_with_a_reason() -> None:
    model = LeNet.from_pretrained(CHECKPOINT)
    found = Predictor(model).read_sketch(COMB)
    model.calibrate(model.config.temperature, found.evidence + found.penalty / 2)
    rejected = Predictor(model).read_sketch(COMB)
    assert rejected.state == "not a digit"
    assert rejected.sentence == (
        f"A digit rarely has this many strokes. The best match is {rejected.nearest}."
    )
    assert Predictor(model).read_input(rejected.network_input).state == "digit"
    frames = Predictor(model).film_strip(COMB)
    assert [frame.prediction.penalty for frame in frames] == [found.penalty] * 5
    assert frames[-1].prediction.sentence == rejected.sentence


def test_the_temperature_preserves_the_order_of_classes(predictor: Predictor) -> None:
    model = LeNet.from_pretrained(CHECKPOINT)
    sharp = predictor(DIGITS["5"]).probabilities
    model.calibrate(5 * model.config.temperature, None)
    soft = Predictor(model)(DIGITS["5"]).probabilities
    assert soft.max() < sharp.max()
    assert np.array_equal(np.argsort(soft), np.argsort(sharp))


def test_a_calibrated_network_is_saved_with_its_temperature_and_threshold(tmp_path: Path) -> None:
    model = LeNet()
    model.calibrate(1.5, 3.25)
    model.save_pretrained(tmp_path / "net")
    config = LeNet.from_pretrained(tmp_path / "net").config
    assert (config.temperature, config.threshold) == (1.5, 3.25)


@pytest.mark.parametrize("picture", [None, ink_on_pad(DIGITS["1"], 140)], ids=["pad", "picture"])
def test_the_film_strip_shows_the_actual_intermediate_values(
    predictor: Predictor, picture: Ink | None
) -> None:
    strokes = DIGITS["4"]
    frames = {frame.step: frame for frame in predictor.film_strip(strokes, picture)}
    assert list(frames) == ["draw", "crop", "box", "centre", "normalise"]
    for step, image in preprocessing.walk_sketch(strokes, picture).items():
        assert np.array_equal(frames[step].image, image)
        squeezed = preprocessing.squeeze(image)
        assert np.array_equal(frames[step].prediction.network_input, squeezed)
    answer = predictor.read_sketch(strokes, picture)
    assert np.array_equal(frames["centre"].image, answer.network_input)
    for step in ("centre", "normalise"):
        assert np.array_equal(frames[step].prediction.probabilities, answer.probabilities)
    config = predictor.model.config
    expected = (answer.network_input - config.mean) / config.std
    assert np.allclose(frames["normalise"].image, expected)


@pytest.mark.parametrize("step", ["crop", "box", "centre", "normalise"])
def test_leaving_out_a_step_lowers_the_evidence(predictor: Predictor, step: str) -> None:
    small = [[(0.05 + 0.3 * x, 0.6 + 0.3 * y) for x, y in stroke] for stroke in DIGITS["4"]]
    whole, without = predictor.film_strip(small), predictor.film_strip(small, skip=[step])
    last = [frames[-1].prediction.evidence for frames in (whole, without)]
    assert last[1] < last[0]
    assert without[-1].image.shape == (28, 28)


def test_strokes_without_a_picture_are_read_like_any_drawing(things: Predictor) -> None:
    drawn = things(DIGITS["3"])
    assert np.array_equal(things.read_sketch(DIGITS["3"]).network_input, drawn.network_input)
    # The things fill the field, so their strokes are drawn at that size.
    assert np.array_equal(
        drawn.network_input, preprocessing.centre_by_box(ink_from_strokes(DIGITS["3"], 28))
    )


def test_a_network_can_read_in_float64(predictor: Predictor) -> None:
    exact = Predictor(LeNet.from_pretrained(CHECKPOINT).double())(DIGITS["5"])
    assert exact.probabilities.dtype == np.float64
    assert np.allclose(exact.probabilities, predictor(DIGITS["5"]).probabilities, atol=1e-5)


@pytest.mark.parametrize(
    "blank",
    [[], np.zeros((50, 50)), Image.new("RGB", (9, 9), "white")],
    ids=["strokes", "array", "image"],
)
def test_a_blank_drawing_gets_no_label(predictor: Predictor, blank: list[Points]) -> None:
    prediction = predictor(blank)
    assert prediction.state == "blank"
    assert prediction.label is None
    assert not prediction.probabilities.any()
    assert not prediction.network_input.any()


def test_a_blank_drawing_has_no_label_in_json(predictor: Predictor) -> None:
    text = json.dumps(predictor([]).to_json())
    assert json.loads(text)["label"] is None


def test_loading_a_missing_network_is_reported() -> None:
    with pytest.raises(SketchpadError, match="There is no checkpoint"):
        Predictor.from_pretrained("checkpoints/nothing")


def test_predictions_hold_the_maps_of_every_layer() -> None:
    one = Predictor(LeNet(LeNetConfig(convolutions=(Convolution(6),))))(DIGITS["7"])
    assert [maps.shape for maps in one.maps] == [(6, 24, 24)]
    assert one.map_names == ("C1",)
    assert one.layer1 is one.maps[0]
    with pytest.raises(SketchpadError, match="no second layer"):
        _ = one.layer2
    three = Predictor(LeNet(PRESETS["conv3"]))(DIGITS["7"])
    assert [maps.shape for maps in three.maps] == [(6, 28, 28), (16, 10, 10), (120, 1, 1)]
    assert three.map_names == ("C1", "C3", "C5")
    assert np.shape(three.to_json()["layer3"]) == (120, 1, 1)


@pytest.mark.parametrize("strokes", [DIGITS["7"], []], ids=["seven", "blank"])
def test_a_saved_reading_holds_every_layer(
    predictor: Predictor, tmp_path: Path, strokes: list[Points]
) -> None:
    prediction = predictor(strokes)
    prediction.save(tmp_path / "reading.npz")
    with np.load(tmp_path / "reading.npz") as saved:  # without pickles
        assert str(saved["state"]) == prediction.state
        assert tuple(saved["labels"]) == prediction.labels
        for name in ("network_input", "probabilities", "view_logits", "evidence"):
            assert np.array_equal(saved[name], getattr(prediction, name))
        assert list(saved["layers"]) == [layer.name for layer in prediction.layers]
        for layer in prediction.layers:
            assert np.array_equal(saved[f"{layer.name}_sums"], layer.sums)
            assert np.array_equal(saved[f"{layer.name}_values"], layer.values)


def test_a_reading_that_cannot_be_saved_is_reported(predictor: Predictor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SketchpadError, match="can't be written"):
        predictor([]).save(tmp_path / "file" / "reading.npz")


def test_a_network_without_convolutions_is_rejected() -> None:
    with pytest.raises(SketchpadError, match="no convolution"):
        Predictor(LeNet(LeNetConfig(convolutions=())))


def test_the_predictor_switches_the_model_to_evaluation_mode() -> None:
    model = LeNet().train()
    assert not Predictor(model).model.training


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    Image.fromarray(grey(DIGITS["7"])).save(tmp_path / "seven.png")
    Image.new("L", (20, 20)).save(tmp_path / "blank.png")
    Image.fromarray(grey(LETTERS["plus"])).save(tmp_path / "plus.png")
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    return {path.stem: str(path) for path in tmp_path.iterdir()}


def test_the_command_line_prints_answers(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [files["seven"], files["blank"], files["plus"]]
    assert main(["predict", "--checkpoint", CHECKPOINT, *arguments]) == 0
    seven, blank, plus = capsys.readouterr().out.splitlines()
    assert plus == f"{files['plus']}: not a digit"
    assert seven.startswith(f"{files['seven']}: 7 (")
    assert blank == f"{files['blank']}: blank"


def test_the_command_line_prints_json(
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


def test_the_command_line_writes_a_reading(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "seven.npz")
    arguments = ["predict", "--checkpoint", CHECKPOINT, "--npz", target]
    assert main([*arguments, files["seven"]]) == 0
    assert ": 7 (" in capsys.readouterr().out
    with np.load(target) as saved:
        assert saved["C1_values"].shape == (6, 28, 28)
        assert saved["output_values"].argmax() == 7
    assert main([*arguments, files["seven"], files["plus"]]) == 1
    assert "--npz takes one picture, got 2." in capsys.readouterr().err


def test_an_unreadable_file_does_not_stop_the_rest(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [files["letter"], files["seven"]]
    assert main(["predict", "--checkpoint", CHECKPOINT, *arguments]) == 1
    shown = capsys.readouterr()
    assert ": 7 (" in shown.out
    assert "not a picture" in shown.err
    assert main(["predict", "--checkpoint", "checkpoints/nothing", files["seven"]]) == 1
    assert "There is no checkpoint" in capsys.readouterr().err


@pytest.mark.parametrize("background", [0, 255], ids=["light on dark", "dark on light"])
def test_a_photograph_of_clothing_reaches_the_network_in_the_right_form(
    things: Predictor, background: int
) -> None:
    """The photograph is enlarged and has a margin."""
    differences = []
    for image in example_images(things.labels)[:, 1]:
        levels = Image.fromarray(np.abs(background - np.rint(image * 255)).astype(np.uint8))
        photograph = Image.new("L", (700, 500), background)
        photograph.paste(levels.resize((392, 392), Image.Resampling.BICUBIC), (200, 60))
        differences.append(np.abs(things(photograph).network_input - image).mean())
    assert np.mean(differences) < 0.06, "enlarging blurs it; if inverted, it would be above 0.3"


def test_weights_that_overflow_are_reported() -> None:
    model = LeNet(LeNetConfig())
    with torch.no_grad():
        for weights in model.parameters():
            weights.fill_(1e30)
    with pytest.raises(SketchpadError, match="not finite"):
        Predictor(model).read_input(np.ones((28, 28), np.float32))


@pytest.mark.parametrize("temperature", [1, 20])
def test_logits_whose_mean_overflows_are_reported(temperature: float) -> None:
    model = LeNet(LeNetConfig(temperature=temperature))
    with torch.no_grad():
        *rest, bias = model.parameters()
        for weights in rest:
            weights.zero_()
        bias.fill_(1e38)  # nine views have a sum of 9e38
    with pytest.raises(SketchpadError, match="not finite"):
        Predictor(model).read_input(np.ones((28, 28), np.float32))
