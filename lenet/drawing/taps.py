"""Stray taps: dots far from the drawing that a palm or a slip left on the pad.

They stay on the pad, but if they counted, they would decide how the drawing fills the box.
`lenet/page/web/core/taps.js` computes the same.
"""

import numpy as np
from numpy.typing import NDArray

TAP = 0.1
"""A tap is a stroke whose longer side is at most this share of the longest stroke's: about as long
as the pen is wide."""
APART = 0.5
"""A tap is stray if it is farther from the other strokes than this share of their longer side. The
dot of an i is closer. A closer tap hardly changes the answer."""
MOST_TAPS = 2
"""With more taps than this, a drawing is dotted, and none of them is stray."""
SLACK = 1e-9
"""Differences this small may be due to rounding."""


def stray_taps(segments: NDArray[np.float64], strokes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which segments `(n, 2, 2)` belong to stray taps, `(n,)`.

    `strokes` `(n,)` is the number of each segment's stroke, in ascending order.
    """
    if not len(segments):
        return np.zeros(0, bool)
    _, first, owner = np.unique(strokes, return_index=True, return_inverse=True)
    low = np.minimum.reduceat(segments.min(1), first)
    high = np.maximum.reduceat(segments.max(1), first)
    sizes = (high - low).max(1)
    tap = sizes <= TAP * sizes.max() + SLACK
    if tap.all() or tap.sum() > MOST_TAPS:
        return np.zeros(len(segments), bool)
    top, bottom = low[~tap].min(0), high[~tap].max(0)
    gaps = np.maximum(np.maximum(top - high, low - bottom), 0)
    limit = APART * float((bottom - top).max())
    stray: NDArray[np.bool_] = tap & ((gaps**2).sum(1) > limit**2 + SLACK)
    return stray[owner]
