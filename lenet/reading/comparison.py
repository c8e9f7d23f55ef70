"""Compare two inputs: where a network's maps differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lenet.errors import SketchpadError
from lenet.reading.prediction import Array, Layer, Prediction


@dataclass(frozen=True)
class LayerComparison:
    """The maps `(N, h, w)` of one layer for the inputs A and B.

    Raises:
        SketchpadError: the shapes differ, so the maps are not from the same layer.
    """

    a: Array
    b: Array

    def __post_init__(self) -> None:
        if self.a.shape != self.b.shape:
            raise SketchpadError(
                f"Maps of different shapes, {self.a.shape} and {self.b.shape}, can't be compared. "
                "Read both inputs with the same network."
            )

    @cached_property
    def difference(self) -> Array:
        """`(N, h, w)`: A − B, positive where A activates the map more."""
        return self.a - self.b

    @cached_property
    def distances(self) -> Array:
        """`(N,)`: the mean of |A − B| over each map."""
        return np.abs(self.difference).mean(axis=(1, 2))

    @cached_property
    def ranking(self) -> NDArray[np.intp]:
        """`(N,)`: the indices of the maps, largest distance first; ties keep their order."""
        return np.argsort(-self.distances, kind="stable")


@dataclass(frozen=True)
class Comparison:
    """Two predictions from the same network.

    Example:
        Comparison(predictor("pullover.png"), predictor("coat.png")).layer2.ranking[0]
    """

    a: Prediction
    b: Prediction

    @cached_property
    def layers(self) -> tuple[LayerComparison, ...]:
        """The maps of each convolution.

        Raises:
            SketchpadError: the predictions come from networks with different layers.
        """
        if self.a.map_names != self.b.map_names:
            raise SketchpadError(
                "These predictions come from networks with different layers. Read both inputs "
                "with the same network."
            )
        return tuple(map(LayerComparison, self.a.maps, self.b.maps))

    @property
    def layer1(self) -> LayerComparison:
        """The maps of the first convolution."""
        return self.layers[0]

    @property
    def layer2(self) -> LayerComparison:
        """The maps of the second convolution.

        Raises:
            SketchpadError: the network has only one.
        """
        if len(self.layers) < 2:
            raise SketchpadError("This network has one convolution, so there is no second layer.")
        return self.layers[1]


class LayerPair(NamedTuple):
    """A layer of two networks if it matches in both; otherwise a layer of one of them."""

    a: Layer | None
    b: Layer | None


def pair_layers(a: Sequence[Layer], b: Sequence[Layer]) -> list[LayerPair]:
    """The layers of two networks side by side, in the order of A, then those that only B has.

    Layers of the same name, kind and shape form a pair; each of the rest stands alone.
    """
    layers_a, layers_b = ({layer.name: layer for layer in layers} for layers in (a, b))
    pairs: list[LayerPair] = []
    for name in layers_a | layers_b:
        layer_a, layer_b = layers_a.get(name), layers_b.get(name)
        if layer_a and layer_b and _matches(layer_a, layer_b):
            pairs.append(LayerPair(layer_a, layer_b))
        else:
            alone = LayerPair(layer_a, None), LayerPair(None, layer_b)
            pairs += [pair for pair in alone if pair.a or pair.b]
    return pairs


def _matches(a: Layer, b: Layer) -> bool:
    return a.kind == b.kind and a.values.shape == b.values.shape
