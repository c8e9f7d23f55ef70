"""Muting one map at a time gives what a predictor with that map muted answers."""

import pytest
import torch

from lenet import LeNet
from lenet.network.config import DIGITS
from lenet.network.summary import summarise
from lenet.page.examples import example_images
from lenet.reading.muting import evaluate, log_odds, rank
from lenet.reading.prediction import Array, Predictor
from lenet.reading.tracing import Muted
from tests.network.conftest import NETWORKS

MUTED: Muted = {"C1": [0]}


READABLE = {name: config for name, config in NETWORKS.items() if config.convolutions}


@pytest.fixture(params=list(READABLE.values()), ids=list(READABLE))
def model(request: pytest.FixtureRequest) -> LeNet:
    torch.manual_seed(0)
    model = LeNet(request.param).eval()
    model.calibrate(1.7, 2.4)
    return model.double()


@pytest.fixture
def image() -> Array:
    return example_images(DIGITS)[3, 0]


def test_every_map_of_the_hidden_layers_has_a_rank(model: LeNet, image: Array) -> None:
    effects = rank(Predictor(model), image)
    found = sorted((effect.layer, effect.map) for effect in effects)
    hidden = summarise(model.config)[1:-1]
    assert found == sorted((row.name, m) for row in hidden for m in range(row.shape[0]))
    assert effects == sorted(effects, key=lambda effect: -effect.effect)


@pytest.mark.parametrize("close", [False, True])
def test_the_effect_is_the_change_of_the_answer(model: LeNet, image: Array, close: bool) -> None:
    predictor = Predictor(model, MUTED)
    before = predictor.read_input(image)
    answer = before.probabilities.argmax()
    # So that muting a map decides whether the drawing is a digit.
    penalty = before.evidence - (before.threshold or 0) - 0.001 if close else 0.0
    effects = rank(predictor, image, penalty)
    if close:
        assert {effect.label for effect in effects} >= {None, before.nearest}
    assert not [effect for effect in effects if (effect.layer, effect.map) == ("C1", 0)]
    for effect in effects[::7]:
        muted = {name: list(maps) for name, maps in MUTED.items()}
        muted.setdefault(effect.layer, []).append(effect.map)
        after = Predictor(model, muted).read_input(image, penalty)
        assert (effect.label, effect.nearest) == (after.label, after.nearest)
        assert effect.probability == pytest.approx(after.confidence, rel=1e-9)
        odds = [p / (1 - p) for p in (before.probabilities[answer], after.probabilities[answer])]
        assert effect.effect == pytest.approx(
            float(torch.tensor(odds[0] / odds[1]).log()), rel=1e-6, abs=1e-9
        )


def test_nothing_is_an_answer_for_blank_paper(model: LeNet, image: Array) -> None:
    assert all(effect.label is None for effect in rank(Predictor(model), image * 0))


def test_log_odds_are_exact_where_probabilities_round_to_one() -> None:
    logits = torch.tensor([0.0, 800.0, 3.0], dtype=torch.float64)
    assert float(log_odds(logits, 1)) == pytest.approx(800 - 3 - torch.tensor(-3.0).exp().log1p())


def test_an_evaluation_counts_the_answers(predictor: Predictor) -> None:
    images = torch.from_numpy(example_images(DIGITS)).flatten(0, 1)[:, None]
    levels = (images * 255).round().to(torch.uint8)
    levels[:5] = 60  # grey squares are not digits
    labels = torch.arange(10).repeat_interleave(8)
    labels[-1] = 3  # a wrong label
    for muted in ({}, {"C3": [2, 7]}):
        reader = Predictor(predictor.model, muted)
        found = evaluate(reader, levels, labels)
        answers = [reader.read_input((image[0] / 255).numpy()).label for image in levels]
        assert [None if a == 10 else DIGITS[a] for a in found.answers] == answers
        right = [answer == DIGITS[label] for answer, label in zip(answers, labels, strict=True)]
        assert found.right == sum(right)
        assert found.accuracy == sum(right) / 80
        assert found.confusion.sum(1).tolist() == [8, 8, 8, 9, 8, 8, 8, 8, 8, 7]
        assert found.confusion[0, 10] == 5
        assert found.confusion[3, 9] >= 1
