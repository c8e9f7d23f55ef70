"""Nine views of an image, and the network's combined answer to them.

A digit stays the same when it is shifted by a pixel, or slightly rotated or scaled, so the answer
is the mean over nine such views of the image. Rejecting non-digits needs these views anyway, and
averaging over them cuts validation errors by a sixth. Simard, Steinkraus and Platt, ICDAR 2003, and
Krizhevsky, Sutskever and Hinton, NeurIPS 2012 (section 4.1) average in the same way.

Evidence is the negative free energy of Liu, Wang, Owens, Li, "Energy-based out-of-distribution
detection", NeurIPS 2020: the log-sum-exp of the logits. Training makes it the log-odds of "one of
the classes", up to a constant (`lenet.training.losses`). Of the scores that
`benchmarks/rejection.py` compares, its mean over the views separates digits from non-digits best.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

VIEWS = 9
"""The image itself and eight shifted, rotated or scaled copies."""
SHIFT = 1.0
"""Shift of the shifted views, in pixels."""
TURN = 5.0
"""Rotation of the rotated views, in degrees."""
ZOOM = 1.08
"""Factor by which the scaled views are enlarged or reduced."""

VIEW_NAMES = (
    *("itself", "left", "right", "up", "down"),
    *("anticlockwise", "clockwise", "smaller", "larger"),
)
"""How the content of each view differs from the image, in the order of `views`."""


def views(images: Tensor) -> Tensor:
    """The views `(9, B, 1, H, W)` of images `(B, 1, H, W)` in [0, 1].

    In the order of `VIEW_NAMES`: the image itself, four shifts, two rotations, one reduced and one
    enlarged copy. New pixels at the edge are background.
    """
    maps = _view_maps(*images.shape[-2:]).to(images)
    count, size = len(images), images.shape[1:]
    grids = F.affine_grid(maps, [len(maps), *size], align_corners=False)
    altered = F.grid_sample(
        images.expand(len(maps), *images.shape).flatten(0, 1),
        grids.repeat_interleave(count, dim=0),
        align_corners=False,
    )
    return torch.cat([images[None], altered.view(len(maps), count, *size)])


def answer_logits(logits: Tensor) -> Tensor:
    """The logits `(B, 10)` of the answer: the mean of the views' logits `(9, B, 10)`."""
    return logits.mean(0)


def evidence(logits: Tensor) -> Tensor:
    """How digit-like each image is, whatever the digit: `(B,)`, low for non-digits.

    `logits` `(9, B, 10)` are those of the views. A digit shifted by a pixel is still a digit; a
    non-digit that happens to look like one often stops doing so.
    """
    return logits.logsumexp(-1).mean(0)


@lru_cache
def _view_maps(height: int, width: int) -> Tensor:
    """Affine maps `(8, 2, 3)` in float64 from each altered view to the image.

    They are in the units of `grid_sample`.
    """
    cos, sin = math.cos(math.radians(TURN)), math.sin(math.radians(TURN))
    right, down = 2 * SHIFT / width, 2 * SHIFT / height
    return torch.tensor(
        [
            *([[1, 0, x], [0, 1, y]] for x, y in ((right, 0), (-right, 0), (0, down), (0, -down))),
            *([[cos, -s, 0], [s, cos, 0]] for s in (sin, -sin)),
            *([[z, 0, 0], [0, z, 0]] for z in (ZOOM, 1 / ZOOM)),
        ],
        dtype=torch.float64,
    )
