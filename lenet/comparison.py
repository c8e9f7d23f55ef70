"""Two inputs side by side: where a network's maps tell them apart."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lenet.errors import SketchpadError
from lenet.prediction import Array, Prediction


@dataclass(frozen=True)
class LayerComparison:
    """The maps `(N, h, w)` that one layer makes of the inputs A and B.

    Raises:
        SketchpadError: they are not of the same shape, so not of the same layer.
    """

    a: Array
    b: Array

    def __post_init__(self) -> None:
        if self.a.shape != self.b.shape:
            raise SketchpadError(
                f"Maps of {self.a.shape} and {self.b.shape} can't be compared: read both inputs "
                "with the same network."
            )

    @cached_property
    def difference(self) -> Array:
        """`(N, h, w)`: A − B, above 0 where A brings about more."""
        return self.a - self.b

    @cached_property
    def distances(self) -> Array:
        """`(N,)`: how much each map differs, the mean of |A − B| over its pixels."""
        return np.abs(self.difference).mean(axis=(1, 2))

    @cached_property
    def ranking(self) -> NDArray[np.intp]:
        """`(N,)`: the maps' indices, the one that differs most first; equal ones in order."""
        return np.argsort(-self.distances, kind="stable")


@dataclass(frozen=True)
class Comparison:
    """What one network makes of two inputs.

    Example:
        Comparison(predictor("pullover.png"), predictor("coat.png")).layers[1].ranking[0]
    """

    a: Prediction
    b: Prediction

    @cached_property
    def layers(self) -> tuple[LayerComparison, ...]:
        """The maps of each convolution."""
        return tuple(map(LayerComparison, self.a.maps, self.b.maps))
