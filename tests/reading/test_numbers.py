import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from lenet import LeNet, Predictor
from lenet.network.folder import find_checkpoints
from lenet.reading.numbers import (
    blank_glow,
    odds_sentence,
    rounded_odds,
    runner_up,
    strongest,
    view_answers,
)
from lenet.reading.prediction import Layer, Prediction
from lenet.reading.views import VIEW_NAMES
from tests.network.conftest import NETWORKS
from tests.support import ROOT
from tests.support.digits import DIGITS

CHECKPOINTS = find_checkpoints(ROOT / "checkpoints")


@pytest.fixture
def answering(predictor: Predictor) -> Callable[..., Prediction]:
    """Makes the prediction of a digit with these logits for the answer."""
    three = predictor(DIGITS["3"])

    def make(*logits: float) -> Prediction:
        views = np.tile(np.array(logits), (9, 1))
        return replace(three, view_logits=views, labels=tuple("abcdefghij"[: len(logits)]))

    return make


def test_the_odds_are_the_ratio_of_the_probabilities(predictor: Predictor) -> None:
    prediction = predictor([[(0.4, 0.2), (0.6, 0.25), (0.4, 0.7)]])
    found = runner_up(prediction)
    assert found
    second, first = np.sort(prediction.probabilities)[-2:]
    assert prediction.probabilities[prediction.labels.index(found.label)] == second
    assert found.odds == pytest.approx(first / second, rel=1e-3)
    assert found.log_odds == pytest.approx(math.log(first / second), rel=1e-3)


def test_odds_remain_exact_where_probabilities_saturate(
    answering: Callable[..., Prediction],
) -> None:
    far = runner_up(answering(1000.0, 0.0, 900.0))
    assert far == ("c", 100.0)
    assert far.odds == pytest.approx(math.exp(100))
    beyond = runner_up(answering(-2000.0, 3000.0))
    assert beyond == ("a", 5000.0)
    assert beyond.odds == math.inf


def test_blank_drawings_and_non_digits_have_no_runner_up(predictor: Predictor) -> None:
    plus = predictor([[(0.2, 0.5), (0.8, 0.5)], [(0.5, 0.2), (0.5, 0.8)]])
    assert plus.state == "not a digit"
    for prediction in (plus, predictor([])):
        assert runner_up(prediction) is None
        assert odds_sentence(prediction) == ""


@pytest.mark.parametrize(
    ("odds", "rounded"),
    [
        *((1.66, 1.7), (9.96, 10), (37.4, 37), (99.4, 99), (99.6, 100), (149, 100)),
        *((412, 400), (95_000, 100_000), (1.05, 1.1), (12.5, 13), (250, 300)),
    ],
)
def test_odds_are_rounded_to_one_or_two_digits(odds: float, rounded: float) -> None:
    assert rounded_odds(odds) == rounded


@pytest.mark.parametrize(
    ("odds", "words"),
    [
        (1.01, "Then b, almost as likely."),
        (1.7, "Then b (1.7 times less likely)."),
        (41.2, "Then b (41 times less likely)."),
        (412, "Then b (400 times less likely)."),
        (412_000, "Then b (400,000 times less likely)."),
        (999_999, "Then b (1,000,000 times less likely)."),
        (1e30, "Then b (more than a million times less likely)."),
    ],
)
def test_odds_in_words(answering: Callable[..., Prediction], odds: float, words: str) -> None:
    assert odds_sentence(answering(math.log(odds), 0.0, -5.0)) == words


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_each_view_is_answered_as_if_it_were_the_only_one(name: str) -> None:
    model = LeNet.from_pretrained(CHECKPOINTS[name]).double().eval()
    prediction = Predictor(model)(DIGITS["4"])
    found = view_answers(prediction)
    assert tuple(view.name for view in found) == VIEW_NAMES
    assert np.array_equal(found[0].image, prediction.network_input)
    for view in found:
        with torch.inference_mode():
            logits = model(torch.from_numpy(view.image)[None, None]).logits[0]
        shares = (logits / model.config.temperature).softmax(0)
        assert view.label == prediction.labels[int(shares.argmax())]
        assert view.probability == pytest.approx(float(shares.max()), rel=1e-9)


def test_views_move_as_their_names_say(predictor: Predictor) -> None:
    one = {view.name: view.image for view in view_answers(predictor(DIGITS["1"]))}
    rows, columns = np.indices((28, 28))
    centres = {
        name: np.array([(image * at).sum() / image.sum() for at in (columns, rows)])
        for name, image in one.items()
    }
    for name, move in {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}.items():
        assert centres[name] - centres["itself"] == pytest.approx(np.array(move), abs=1e-4)
    assert one["smaller"].sum() < one["itself"].sum() < one["larger"].sum()
    # Clockwise, the upper half moves to the right.
    upper = {name: (image * columns)[:14].sum() / image[:14].sum() for name, image in one.items()}
    assert upper["anticlockwise"] < upper["itself"] < upper["clockwise"]


def test_the_strongest_maps_come_first() -> None:
    values = np.array([[0, 0], [1, 1], [-3, 0], [2, -1], [1, 1]], np.float32)[:, None]
    layer = Layer("C1", "convolution", values, values)
    assert strongest(layer) == [(2, 1.5), (3, 1.5), (1, 1.0)]
    assert [map for map, _ in strongest(layer, 9)] == [2, 3, 1, 4], "a silent map is left out"


@pytest.mark.parametrize("name", [name for name, c in NETWORKS.items() if c.convolutions])
def test_blank_paper_shows_the_bias_through_the_activation(name: str) -> None:
    torch.manual_seed(3)
    model = LeNet(config := NETWORKS[name]).double().eval()
    # A partial convolution has other parameters, but a first one is never partial.
    weight, bias = (
        model.convolutions[0].get_parameter(name).detach() for name in ("weight", "bias")
    )
    normalised = -config.mean / config.std
    with torch.inference_mode():
        _, maps = model(torch.zeros(1, 1, 28, 28, dtype=torch.float64))
    for glow in blank_glow(Predictor(model)):
        i = glow.map
        assert glow.bias == pytest.approx(float(bias[i]))
        assert glow.paper == pytest.approx(float(weight[i].sum()) * normalised, abs=1e-12)
        expected = model.activation(torch.tensor(glow.bias + glow.paper, dtype=torch.float64))
        assert glow.value == pytest.approx(float(expected))
        middle = maps[0].shape[-1] // 2
        assert glow.value == pytest.approx(float(maps[0][0, i, middle, middle]))


def test_a_muted_map_does_not_glow(predictor: Predictor) -> None:
    glows = blank_glow(predictor)
    brightest = max(glows, key=lambda glow: glow.value)
    muted = blank_glow(Predictor(predictor.model, {"C1": [brightest.map]}))
    assert brightest.value > 0
    assert muted[brightest.map] == replace(brightest, value=0)
