"""What each map does: the answer without it, and how well a network reads many images.

`lenet/page/web/core/muting.js` and `evaluation.js` compute the same in the browser.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.drawing.preprocessing import is_blank
from lenet.network.config import LeNetConfig
from lenet.reading.prediction import Array, Predictor
from lenet.reading.tracing import apply, steps, trace
from lenet.reading.views import VIEWS, answer_logits, evidence, views

BATCH = 100
"""How many images are read at a time."""


@dataclass(frozen=True)
class Effect:
    """What muting one map does to the answer for one drawing."""

    layer: str
    map: int
    """the map or unit, from 0"""
    effect: float
    """the log-odds of the answer before, minus those after: above 0 if the map speaks for it"""
    label: str | None
    """the answer after; None for a blank drawing or a non-digit"""
    nearest: str
    """the most probable class after, regardless of the state"""
    probability: float
    """that of `nearest`"""


@dataclass(frozen=True)
class Evaluation:
    """How well a network reads images whose classes are known."""

    answers: NDArray[np.int64]
    """`(N,)`, the index of each answer; the number of classes stands for a rejected image"""
    confusion: NDArray[np.int64]
    """`(classes, classes + 1)`: how many images of a class (row) have an answer (column). The last
    column counts the rejected images."""

    @property
    def right(self) -> int:
        """How many answers are right."""
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """Share of the images whose answer is right."""
        return self.right / len(self.answers)

    @property
    def rejected(self) -> int:
        """How many images are rejected."""
        return int(self.confusion[:, -1].sum())


@torch.inference_mode()
def rank(predictor: Predictor, network_input: Array, penalty: float = 0.0) -> list[Effect]:
    """The effect of muting each map or unit of the hidden layers, largest effect first.

    Maps that the predictor mutes already are left out; they stay muted. `network_input` is
    `(28, 28)` in [0, 1], and `penalty` that of the strokes it was made of.
    """
    model, muted, config = predictor.model, predictor.muted, predictor.model.config
    image = torch.from_numpy(network_input)[None, None].to(next(model.parameters()).dtype)
    known = list(steps(model))
    layers = trace(model, views(image)[:, 0], muted)
    answer = calibrated(layers[-1].values.flatten(1)[:, None], config)[0]
    label = int(answer.argmax())
    before = float(log_odds(answer, label))
    blank = is_blank(network_input)
    found: list[Effect] = []
    for i, layer in enumerate(layers[1:-1], start=1):
        maps = [m for m in range(layer.values.shape[1]) if m not in muted.get(layer.name, ())]
        if not maps:
            continue
        x = torch.cat([layer.values.index_fill(1, torch.tensor([m]), 0) for m in maps])
        for step in known[i:]:
            x = apply(step, x, muted.get(step.name, ())).values
        # (maps × views, labels) → (views, maps, labels)
        logits = x.flatten(1).unflatten(0, (len(maps), VIEWS)).swapaxes(0, 1)
        for m, answer, rejected in zip(
            maps, calibrated(logits, config), is_rejected(logits, config, penalty), strict=True
        ):
            probability, nearest = answer.softmax(0).max(0)
            name = predictor.labels[int(nearest)]
            found.append(
                Effect(
                    layer.name,
                    m,
                    before - float(log_odds(answer, label)),
                    None if blank or rejected else name,
                    name,
                    float(probability),
                )
            )
    return sorted(found, key=lambda effect: -effect.effect)


@torch.inference_mode()
def evaluate(predictor: Predictor, images: Tensor, labels: Tensor) -> Evaluation:
    """Read images `(N, 1, 28, 28)` uint8 and compare the answers with their labels `(N,)`.

    The images are network inputs: they are not prepared like drawings. They and the network are on
    the same device.
    """
    config, classes = predictor.model.config, len(predictor.labels)
    answers = []
    for batch in images.split(BATCH):
        # Rounded to float32 like a network input, whatever the network's precision.
        logits = view_logits(predictor, batch.float() / 255)
        answer = calibrated(logits, config).argmax(1)
        answers.append(answer.masked_fill(is_rejected(logits, config), classes))
    found = torch.cat(answers).cpu().numpy()
    confusion = np.zeros((classes, classes + 1), np.int64)
    np.add.at(confusion, (labels.cpu().numpy(), found), 1)
    return Evaluation(found, confusion)


@torch.inference_mode()
def view_logits(predictor: Predictor, images: Tensor) -> Tensor:
    """The logits `(9, B, 10)` of the views of images `(B, 1, 28, 28)` in [0, 1]."""
    seen = views(images.to(next(predictor.model.parameters()).dtype))
    layers = trace(predictor.model, seen.flatten(0, 1), predictor.muted)
    return layers[-1].values.flatten(1).unflatten(0, seen.shape[:2])


def log_odds(logits: Tensor, label: int) -> Tensor:
    """The log-odds of a class, log(p / (1 − p)), from calibrated logits `(10,)`.

    They stay exact where the probability rounds to 1.
    """
    rest = torch.cat([logits[:label], logits[label + 1 :]])
    return logits[label] - rest.logsumexp(0)


def calibrated(logits: Tensor, config: LeNetConfig) -> Tensor:
    """The logits `(B, 10)` of the answers, from those of the views `(9, B, 10)`."""
    return answer_logits(logits) / config.temperature


def is_rejected(logits: Tensor, config: LeNetConfig, penalty: float = 0.0) -> Tensor:
    """Which images are non-digits, `(B,)`, from the logits of their views `(9, B, 10)`."""
    found = evidence(logits) - penalty
    none = torch.zeros_like(found, dtype=torch.bool)
    return none if config.threshold is None else found < config.threshold
