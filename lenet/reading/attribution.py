"""Which ink would change the answer: what happens if a block of pixels is filled or emptied.

Every change is tried out, and the answer is that of the page: calibrated, from nine views. Nothing
is estimated from a gradient. `lenet/page/web/core/attribution.js` computes the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet.drawing.ink import Ink
from lenet.drawing.preprocessing import FIELD, levels, network_input
from lenet.errors import SketchpadError
from lenet.reading.muting import calibrated, log_odds, view_logits
from lenet.reading.prediction import Array, Predictor

MAX_STEPS = 60
"""A path that has not reached its target by then ends without it."""
TIE = 1e-9
"""A change is better only if it raises the logit by more, so that rounding can't decide."""
BATCH = 128
"""How many changed inputs are read at a time."""


class Change(NamedTuple):
    """A block of pixels that becomes full or empty; rows and columns count blocks, from 0."""

    row: int
    column: int
    ink: int
    """1: ink is added. 0: ink is taken away."""


@dataclass(frozen=True)
class PixelChanges:
    """What each single change would do to the log-odds of one class."""

    log_odds: float
    """the natural logarithm of p / (1 − p), where p is the probability of the class now"""
    added: NDArray[np.float64]
    """`(n, n)`, by how much the log-odds change if the block becomes full of ink"""
    taken: NDArray[np.float64]
    """`(n, n)`, by how much they change if it becomes empty"""


@dataclass(frozen=True)
class Step:
    """One change on the way to a different answer, and the answer after it."""

    change: Change
    picture: Ink
    """`(28, 28)` after the change, before it is prepared"""
    label: str | None
    probability: float
    """that of the target"""


@dataclass(frozen=True)
class Path:
    """Single changes that lead to a different answer, in order."""

    start: Ink
    """`(28, 28)`, the network input as a picture on the pad can store it"""
    steps: tuple[Step, ...]
    reached: bool
    """whether the answer after the last step is the target"""


def pixel_changes(predictor: Predictor, image: Array, target: str, size: int = 2) -> PixelChanges:
    """The effect of every change of `size`×`size` pixels on the log-odds of the class `target`.

    `image` is a network input `(28, 28)`; n is 28 / `size`.

    Raises:
        SketchpadError: the network has no such class, or blocks of this size don't fit.
    """
    index = _class_index(predictor, target)
    _check_size(size)
    now = float(log_odds(_logits(predictor, image[None])[0], index))
    effects = np.zeros((2, FIELD // size, FIELD // size))
    for changes, changed in _batches(_changes(image, size)):
        for change, logits in zip(changes, _logits(predictor, changed), strict=True):
            odds = float(log_odds(logits, index))
            effects[change.ink, change.row, change.column] = odds - now
    return PixelChanges(now, effects[1], effects[0])


def greedy_path(predictor: Predictor, image: Array, target: str, size: int = 2) -> Path:
    """Changes of `size`×`size` pixels until the answer is `target`, each the best at its step.

    The network input `image` `(28, 28)` is treated as a picture on the pad: after each change it is
    prepared again, so preparation may move and scale it, and the last picture is read the same on
    the pad. The best change raises the target's logit most: that lifts its probability and the
    evidence together, so the network is less likely to reject the result than if only the odds
    counted. No step is weighed against later ones, so the path is short, but not always the
    shortest. A block changes at most once. The path ends early if no change raises the logit, or
    after `MAX_STEPS`.

    Raises:
        SketchpadError: the network has no such class, or blocks of this size don't fit.
    """
    index = _class_index(predictor, target)
    _check_size(size)
    start = picture = levels(image)
    prediction = predictor.read_ink(start)
    logit = float(_logits(predictor, prediction.network_input[None])[0, index])
    steps: list[Step] = []
    used: set[tuple[int, int]] = set()
    while prediction.label != target and len(steps) < MAX_STEPS:
        best = None
        for changes, changed in _batches(_changes(picture, size)):
            prepared = np.stack([_prepared(predictor, one) for one in changed])
            logits = _logits(predictor, prepared)[:, index].tolist()
            for change, found in zip(changes, logits, strict=True):
                if found > logit + TIE and change[:2] not in used:
                    best, logit = change, found
        if best is None:
            break
        used.add(best[:2])
        picture = apply(picture, best, size)
        prediction = predictor.read_ink(picture)
        probability = float(prediction.probabilities[index])
        steps.append(Step(best, picture, prediction.label, probability))
    return Path(start, tuple(steps), prediction.label == target)


def apply(image: Array, change: Change, size: int) -> Array:
    """A copy of a network input `(28, 28)` with one change."""
    top, left = change.row * size, change.column * size
    changed = image.copy()
    changed[top : top + size, left : left + size] = change.ink
    return changed


def _prepared(predictor: Predictor, picture: Ink) -> Array:
    config = predictor.model.config
    return network_input(picture, config.box, config.centring)


def _changes(image: Array, size: int) -> Iterator[tuple[Change, Array]]:
    """Every change that alters the image, row by row, and the image `(28, 28)` after it.

    For each block, ink is added first.
    """
    blocks = FIELD // size
    for row in range(blocks):
        for column in range(blocks):
            for ink in (1, 0):
                change = Change(row, column, ink)
                changed = apply(image, change, size)
                if not np.array_equal(changed, image):
                    yield change, changed


def _batches(changes: Iterator[tuple[Change, Array]]) -> Iterator[tuple[list[Change], Array]]:
    """Changes, and the images `(B, 28, 28)` after each of them."""
    while batch := list(islice(changes, BATCH)):
        yield [change for change, _ in batch], np.stack([changed for _, changed in batch])


def _logits(predictor: Predictor, images: Array) -> Tensor:
    """The calibrated logits `(B, 10)` of the answers to network inputs `(B, 28, 28)`."""
    logits = view_logits(predictor, torch.from_numpy(images)[:, None])
    return calibrated(logits, predictor.model.config)


def _class_index(predictor: Predictor, target: str) -> int:
    if target not in predictor.labels:
        raise SketchpadError(
            f"This network has no class {target!r}. Choose one of {', '.join(predictor.labels)}."
        )
    return predictor.labels.index(target)


def _check_size(size: int) -> None:
    if size < 1 or FIELD % size:
        raise SketchpadError(f"Blocks of {size} pixels don't fill {FIELD}. Choose 1, 2 or 4.")
