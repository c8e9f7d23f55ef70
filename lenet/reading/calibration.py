"""What a network answers, how sure it may say it is, and when it should say that it sees no digit.

A digit is the same digit a pixel further on, a little turned, larger or smaller: the answer is the
mean over nine such views of the image, which leaves a sixth fewer errors on the validation split
than the image alone, for little more time than the evidence needs anyway. Simard, Steinkraus and
Platt, ICDAR 2003, and Krizhevsky, Sutskever and Hinton, NeurIPS 2012 (section 4.1) take means of
that kind.

Temperature: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017.
Evidence: the negative free energy of Liu, Wang, Owens, Li, "Energy-based out-of-distribution
detection", NeurIPS 2020, which is the logarithm of the sum of the exponentials of the logits. Its
mean over the views told best what is no digit, of the ways that `benchmarks/rejection.py` compares.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15
SHIFT = 1.0
"""How far the moved views are moved, pixels."""
TURN = 5.0
"""How far the turned views are turned, degrees."""
ZOOM = 1.08
"""How much larger and smaller than the image the scaled views are."""


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature that makes softmax(logits / temperature) most likely, 0.05 to 20.

    `logits` is `(N, 10)`, `labels` `(N,)`. The order of the classes stays what it was.
    """
    # One number, one valley: halve the bracket by the golden section, on a logarithmic scale.
    logits, labels = logits.double(), labels.to(logits.device)
    low, high = torch.tensor(0.05).log().item(), torch.tensor(20.0).log().item()
    ratio = (5**0.5 - 1) / 2

    def loss(log_temperature: float) -> float:
        scaled = logits / torch.tensor(log_temperature, dtype=torch.float64).exp()
        return F.cross_entropy(scaled, labels).item()

    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(torch.tensor((low + high) / 2).exp())


def expected_calibration_error(probabilities: Tensor, labels: Tensor) -> float:
    """Mean gap between confidence and accuracy over 15 bins, weighted by their size.

    `probabilities` is `(N, 10)`, `labels` `(N,)`; 0 is perfect.
    """
    confidence, answers = probabilities.max(1)
    right = (answers == labels.to(answers.device)).double()
    bins = (confidence * BINS).long().clamp(max=BINS - 1)
    gaps = torch.zeros(BINS, dtype=torch.float64, device=probabilities.device)
    gaps.index_add_(0, bins, right - confidence.double())
    return (gaps.abs().sum() / len(labels)).item()


def views(images: Tensor) -> Tensor:
    """Images `(B, 1, H, W)` in [0, 1] as they are, then moved by a pixel each way, turned both
    ways, smaller and larger: `(9, B, 1, H, W)`. What comes in at the edge is ground."""
    maps = _view_maps(*images.shape[-2:]).to(images.device)
    count, size = len(images), images.shape[1:]
    grids = F.affine_grid(maps, [len(maps), *size], align_corners=False)
    others = F.grid_sample(
        images.expand(len(maps), *images.shape).flatten(0, 1),
        grids.repeat_interleave(count, dim=0),
        align_corners=False,
    )
    return torch.cat([images[None], others.view(len(maps), count, *size)])


def answer_logits(logits: Tensor) -> Tensor:
    """The logits `(B, 10)` of the answer: the mean over those of the views, `(9, B, 10)`."""
    return logits.mean(0)


def evidence(logits: Tensor) -> Tensor:
    """How much speaks for any digit at all: low for what is none.

    `logits` `(9, B, 10)` are those of the views of an image, the result is `(B,)`. A digit is
    still one when it is moved by a pixel; what looked like one by chance often is not.
    """
    return logits.logsumexp(-1).mean(0)


def choose_threshold(evidences: Tensor, refused: float) -> float:
    """The evidence below which the share `refused` of these digits lies."""
    return evidences.double().quantile(refused).item()


@lru_cache
def _view_maps(height: int, width: int) -> Tensor:
    """Affine maps `(8, 2, 3)` from each changed view to the image, in `grid_sample`'s units."""
    cos, sin = math.cos(math.radians(TURN)), math.sin(math.radians(TURN))
    right, down = 2 * SHIFT / width, 2 * SHIFT / height
    return torch.tensor(
        [
            *([[1, 0, x], [0, 1, y]] for x, y in ((right, 0), (-right, 0), (0, down), (0, -down))),
            *([[cos, -s, 0], [s, cos, 0]] for s in (sin, -sin)),
            *([[z, 0, 0], [0, z, 0]] for z in (ZOOM, 1 / ZOOM)),
        ]
    )
