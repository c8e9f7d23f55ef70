"""What a change of ink does is what happens when the network reads the changed input."""

import numpy as np
import pytest
import torch

from lenet import Convolution, LeNet, LeNetConfig
from lenet.errors import SketchpadError
from lenet.network.config import DIGITS as LABELS
from lenet.reading.attribution import Change, apply, greedy_path, pixel_changes
from lenet.reading.prediction import Array, Predictor
from tests.network.test_checkpoint import SHIPPED
from tests.support import ROOT
from tests.support.digits import DIGITS


@pytest.fixture
def image() -> Array:
    image = torch.rand(28, 28, generator=torch.manual_seed(3))
    image[:, :14] = 0
    image[20:, 14:] = 1
    return image.numpy()


def log_odds(predictor: Predictor, image: Array, index: int) -> float:
    probability = float(predictor.read_input(image).probabilities[index])
    return float(np.log(probability / (1 - probability)))


@pytest.mark.parametrize("size", [2, 4, 7])
def test_changes_are_those_of_changed_inputs(image: Array, size: int) -> None:
    torch.manual_seed(1)
    model = LeNet(LeNetConfig(convolutions=(Convolution(2, 5),), dense=(), border=1)).double()
    model.calibrate(0.7, None)
    predictor = Predictor(model, {"C1": [1]})
    changes = pixel_changes(predictor, image, "6", size)
    assert changes.log_odds == pytest.approx(log_odds(predictor, image, 6))
    for effects, ink in ((changes.added, 1), (changes.taken, 0)):
        assert effects.shape == (28 // size, 28 // size)
        for (row, column), effect in np.ndenumerate(effects):
            changed = image.copy()
            changed[row * size : (row + 1) * size, column * size : (column + 1) * size] = ink
            expected = log_odds(predictor, changed, 6) - changes.log_odds
            assert effect == pytest.approx(expected, abs=1e-9)
    # Adding ink to full blocks changes nothing, nor does taking it from empty ones.
    assert not changes.added[-1, -1]
    assert not changes.taken[0, 0]
    assert changes.added[0, 0]
    assert changes.taken[-1, -1]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_path_flips_the_answer(name: str) -> None:
    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / name)
    prediction = predictor.read_sketch(DIGITS["3"])
    index = 5 if predictor.labels == LABELS else 4
    target = predictor.labels[index]
    path = greedy_path(predictor, prediction.network_input, target)
    assert path.reached
    assert path.steps[-1].label == target != prediction.nearest
    picture = path.start
    for step in path.steps:
        picture = apply(picture, step.change, 2)
        np.testing.assert_array_equal(step.picture, picture)
        found = predictor.read_ink(picture)
        assert found.label == step.label
        assert (found.label == target) == (step is path.steps[-1])
        assert found.probabilities[index] == step.probability
    # A picture on the pad stores bytes.
    np.testing.assert_array_equal(np.rint(picture * 255) / np.float32(255), picture)


def test_each_change_is_the_best_of_all() -> None:
    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")
    path = greedy_path(predictor, predictor.read_sketch(DIGITS["3"]).network_input, "8", 4)

    def logit(picture: Array) -> float:
        return float(predictor.read_ink(picture).logits[8])

    best = max(
        logit(apply(path.start, Change(row, column, ink), 4))
        for row in range(7)
        for column in range(7)
        for ink in (0, 1)
    )
    assert logit(path.steps[0].picture) == best > logit(path.start)


def test_a_path_to_the_answer_itself_is_empty() -> None:
    predictor = Predictor.from_pretrained(ROOT / "checkpoints" / "mnist-relu")
    path = greedy_path(predictor, predictor.read_sketch(DIGITS["3"]).network_input, "3")
    assert path.reached
    assert not path.steps


def test_a_path_ends_if_no_change_helps() -> None:
    torch.manual_seed(1)
    model = LeNet(LeNetConfig())
    with torch.no_grad():
        output = list(model.dense.parameters())[-2]
        output[3] = 0
    image = np.zeros((28, 28), np.float32)
    path = greedy_path(Predictor(model), image, "3", 7)
    assert not path.reached
    assert not path.steps


def test_unknown_classes_and_sizes_are_reported() -> None:
    predictor = Predictor(LeNet(LeNetConfig()))
    image = np.zeros((28, 28), np.float32)
    with pytest.raises(SketchpadError, match=r"no class 'x'\. Choose one of 0, 1"):
        pixel_changes(predictor, image, "x")
    for size in (0, 3):
        with pytest.raises(SketchpadError, match=f"Blocks of {size} pixels"):
            greedy_path(predictor, image, "0", size)
