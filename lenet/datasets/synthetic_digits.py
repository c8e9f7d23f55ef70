"""Synthetic digits in styles that are rare in MNIST.

MNIST's writers were American: their one is a plain line, their seven has no bar and their zero no
slash. People elsewhere write differently. None of this comes from recorded handwriting.
"""

import numpy as np
import torch
from torch import Tensor

from lenet.datasets import digit_styles as styles
from lenet.datasets.glyphs import draw, stack

STYLES = (
    (1, styles.flagged_one, 0.16),
    (1, styles.ticked_one, 0.04),
    (9, styles.hooked_nine, 0.10),
    (4, styles.open_four, 0.08),
    (7, styles.crossed_seven, 0.08),
    (0, styles.slashed_zero, 0.12),
    (7, styles.barred_seven, 0.12),
    (4, styles.low_four, 0.08),
    (4, styles.lightning_four, 0.07),
    (8, styles.narrow_eight, 0.08),
    (3, styles.angular_three, 0.07),
)
"""Digit, style, and the style's share of the synthetic digits."""


def synthetic_digits(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Images `(count, 1, 28, 28)` uint8 of digits in those styles, and labels `(count,)` int64."""
    random = np.random.default_rng((seed, 1))
    shares = [share for *_, share in STYLES]
    chosen = random.choice(len(STYLES), count, p=shares)
    images = [draw(styles.slanted(STYLES[i][1](random), random), random) for i in chosen]
    return stack(images), torch.tensor([STYLES[i][0] for i in chosen])
