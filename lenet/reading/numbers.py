"""What a prediction says in numbers: odds, the nine views, the strongest maps, blank paper."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from lenet.network.config import IMAGE_SIZE
from lenet.reading.prediction import Array, Layer, Prediction, Predictor
from lenet.reading.views import VIEW_NAMES, views


class RunnerUp(NamedTuple):
    """The second most probable class."""

    label: str
    log_odds: float
    """the logarithm of how many times less likely it is than the answer; at least 0"""

    @property
    def odds(self) -> float:
        """How many times less likely it is: the ratio of both probabilities, perhaps infinite."""
        return math.exp(self.log_odds) if self.log_odds < 709 else math.inf


def runner_up(prediction: Prediction) -> RunnerUp | None:
    """The runner-up of a digit; None for a blank drawing or a non-digit.

    The odds come from the logits, so they remain exact where probabilities round to 0 or 1.
    """
    if prediction.state != "digit":
        return None
    first, second = np.argsort(-prediction.logits, kind="stable")[:2]
    log_odds = float(prediction.logits[first] - prediction.logits[second])
    return RunnerUp(prediction.labels[int(second)], log_odds)


def rounded_odds(odds: float) -> float:
    """Two significant digits below 100, and one from 100 on: 1.7, 37, 400."""
    if odds < 10:
        return math.floor(odds * 10 + 0.5) / 10
    unit = 1 if odds < 99.5 else 10 ** math.floor(math.log10(odds))
    return math.floor(odds / unit + 0.5) * unit


def odds_sentence(prediction: Prediction) -> str:
    """The runner-up in words: "Then 8 (400 times less likely)."; empty unless it is a digit."""
    found = runner_up(prediction)
    if found is None:
        return ""
    if found.odds < 1.05:
        return f"Then {found.label}, almost as likely."
    if found.odds >= 1e6:
        return f"Then {found.label} (more than a million times less likely)."
    return f"Then {found.label} ({rounded_odds(found.odds):,.10g} times less likely)."


class ViewAnswer(NamedTuple):
    """What the network answers to one view alone."""

    name: str
    """one of `lenet.reading.views.VIEW_NAMES`"""
    image: Array
    """`(28, 28)`"""
    label: str
    """the most probable class"""
    probability: float


def view_answers(prediction: Prediction) -> list[ViewAnswer]:
    """The answer to each of the nine views whose mean is the prediction."""
    image = torch.from_numpy(prediction.network_input).double()
    images = views(image[None, None])[:, 0, 0].numpy()
    return [
        ViewAnswer(name, image, prediction.labels[int(logits.argmax())], _confidence(logits))
        for name, image, logits in zip(VIEW_NAMES, images, prediction.view_logits, strict=True)
    ]


def _confidence(logits: Array) -> float:
    """The highest probability of a softmax."""
    return float(1 / np.exp(logits - logits.max()).sum())


class Strength(NamedTuple):
    """How strong one map or unit is."""

    map: int
    """from 0"""
    strength: float
    """the mean of |value|"""


def strongest(layer: Layer, count: int = 3) -> list[Strength]:
    """The strongest maps or units of a layer, strongest first; those with only zeros are left out.

    Ties keep their order.
    """
    strengths = np.abs(layer.values).mean(axis=(1, 2))
    order = np.argsort(-strengths, kind="stable")[:count]
    return [Strength(int(i), float(strengths[i])) for i in order if strengths[i] > 0]


@dataclass(frozen=True)
class BlankGlow:
    """Why one map of the first convolution has a value where nothing is drawn."""

    map: int
    """from 0"""
    bias: float
    paper: float
    """what its kernel makes of blank paper: 0 if paper is 0 to the network"""
    value: float
    """of bias + paper, after the activation; 0 if the map is muted"""


def blank_glow(predictor: Predictor) -> list[BlankGlow]:
    """Each map of the first convolution on blank paper, in its middle, away from any padding."""
    layer = predictor.read_input(np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32)).layers[1]
    bias = predictor.model.convolutions[0].get_parameter("bias").detach().numpy()
    middle = layer.sums.shape[1] // 2
    sums, values = (maps[:, middle, middle] for maps in (layer.sums, layer.values))
    return [
        BlankGlow(i, float(bias[i]), float(sums[i] - bias[i]), float(values[i]))
        for i in range(len(values))
    ]
