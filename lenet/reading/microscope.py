"""One unit of a network: the sum that it computes, and what it sees of the layers below.

`lenet/page/web/core/microscope.js` computes the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lenet.drawing.placement import Rectangle
from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.network.layers import EuclideanRBF, PartialConvolution, Subsampling
from lenet.network.summary import Window, summarise
from lenet.reading.prediction import Layer, Predictor
from lenet.reading.tracing import Kind, Step, steps

Array = NDArray[np.float64]

BITMAP = (12, 7)
"""Rows and columns of the bitmaps of an RBF output."""


@dataclass(frozen=True)
class Unit:
    """One value of a layer; all numbers start at 0. Dense layers have maps of one pixel."""

    layer: str
    map: int
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Term:
    """What one map of the previous layer contributes to a sum.

    If all maps of that layer have one pixel, one term holds all of them in a row: the arrays are
    `(1, maps)`, or `(12, 7)`, like a bitmap, for an RBF output.
    """

    map: int | None
    """the map of the previous layer; None if the term holds all maps"""
    top: int
    left: int
    """where the patch begins in that map; negative in the padding"""
    patch: Array
    """`(k, k)`, the values under the kernel; 0 in the padding"""
    kernel: Array
    """`(k, k)`: weights, ¼ for average pooling, 1 at the largest value for max pooling, the
    coefficient for subsampling, the bitmap for an RBF output"""
    products: Array
    """`(k, k)`, patch times kernel; for an RBF output the negated squared difference"""

    @property
    def sum(self) -> float:
        """The sum of the products."""
        return float(self.products.sum())


@dataclass(frozen=True)
class Explanation:
    """How a unit's value follows from the values of the previous layer."""

    unit: Unit
    kind: Kind
    previous: str
    """the name of the layer before"""
    terms: tuple[Term, ...]
    """one for each map of that layer that the unit is connected to"""
    bias: float
    sum: float
    """the terms and the bias: the value before the activation"""
    activation: str | None
    """its name, as in the configuration; None if none follows"""
    value: float
    """the value after the activation; 0 if the map is muted"""
    winner: int | None
    """for max pooling, the position of the largest value in the patch, row by row"""
    muted: bool
    """whether the unit's map is muted"""
    trainable: bool
    """whether the kernels are weights of the network"""


def explain(predictor: Predictor, layers: Sequence[Layer], unit: Unit) -> Explanation:
    """The sum that `unit` computes, in float64.

    `layers` belong to a prediction by this predictor.

    Raises:
        SketchpadError: the network has no such unit, or it belongs to the input.
    """
    model = predictor.model
    check_unit(model.config, unit)
    number = [layer.name for layer in layers].index(unit.layer)
    if not number:
        raise SketchpadError("The input isn't computed. Choose a unit of a different layer.")
    step = list(steps(model))[number - 1]
    before = layers[number - 1]
    window = _windows(model.config)[unit.layer]
    with torch.no_grad():
        terms = tuple(_terms(step, before.values.astype(np.float64), window, unit))
        bias = _bias(step.layer, unit.map)
        total = bias + sum(term.sum for term in terms)
        value = _activated(step, total)
    muted = unit.map in predictor.muted.get(unit.layer, ())
    return Explanation(
        unit=unit,
        kind=step.kind,
        previous=before.name,
        terms=terms,
        bias=bias,
        sum=total,
        activation=model.config.activation if step.activation else None,
        value=0.0 if muted else value,
        winner=int(terms[0].kernel.argmax()) if step.kind == "max" else None,
        muted=muted,
        trainable=step.kind in ("convolution", "subsampling", "dense"),
    )


def check_unit(config: LeNetConfig, unit: Unit) -> None:
    """Check that a network has this unit.

    Raises:
        SketchpadError: it doesn't.
    """
    shapes = {layer.name: layer.shape for layer in summarise(config)}
    if unit.layer not in shapes:
        raise SketchpadError(
            f"There is no layer {unit.layer!r}. Choose one of {', '.join(shapes)}."
        )
    shape = shapes[unit.layer] if len(shapes[unit.layer]) == 3 else (*shapes[unit.layer], 1, 1)
    place = (unit.map, unit.row, unit.column)
    if not all(0 <= at < length for at, length in zip(place, shape, strict=True)):
        raise SketchpadError(
            f"{unit.layer} has {'×'.join(map(str, shape))} units, so there is no unit "
            f"({', '.join(map(str, place))})."
        )


def receptive_field(config: LeNetConfig, unit: Unit, to: str = "input") -> Rectangle:
    """What a unit sees of the layer `to`, its own or one below: a half-open rectangle in pixels.

    It is cut off at the edge of the maps; the input includes its border. A unit that sees nothing
    but padding has an empty rectangle at (0, 0).

    Raises:
        SketchpadError: the network has no such unit, or no such layer below it.
    """
    rows, columns = (range(at, at + 1) for at in (unit.row, unit.column))
    windows = _windows(config)
    for name in _walk_down(config, unit, to):
        rows, columns = _seen(rows, windows[name]), _seen(columns, windows[name])
    if not (rows and columns):
        return Rectangle(0, 0, 0, 0)
    return Rectangle(rows.start, columns.start, rows.stop, columns.stop)


def receptive_maps(config: LeNetConfig, unit: Unit, to: str = "input") -> tuple[int, ...]:
    """The maps of the layer `to`, its own or one below, that a unit is connected to.

    Raises:
        SketchpadError: the network has no such unit, or no such layer below it.
    """
    maps = {unit.map}
    counts = {layer.name: before.shape[0] for before, layer in pairwise(summarise(config))}
    convolutions = iter(config.convolutions)
    connections = {name: next(convolutions).connections for name in counts if name[0] == "C"}
    for name in _walk_down(config, unit, to):
        if name[0] == "S":
            continue
        connected = connections.get(name)
        inputs = range(counts[name])
        maps = {i for m in maps for i in (connected[m] if connected else inputs)}
    return tuple(sorted(maps))


def _walk_down(config: LeNetConfig, unit: Unit, to: str) -> list[str]:
    """The layers from the unit's own down to the one above `to`."""
    check_unit(config, unit)
    names = [layer.name for layer in summarise(config)]
    if to not in (below := names[: names.index(unit.layer) + 1]):
        raise SketchpadError(f"{unit.layer} doesn't see {to!r}. Choose one of {', '.join(below)}.")
    return below[: names.index(to) : -1]


def _windows(config: LeNetConfig) -> dict[str, Window]:
    """The window of each layer; that of a dense layer covers the maps of the layer before."""
    windows = {}
    for before, layer in pairwise(summarise(config)):
        side = before.shape[-1] if len(before.shape) == 3 else 1
        windows[layer.name] = layer.window or Window(side, side, 0, 1)
    return windows


def _seen(positions: range, window: Window) -> range:
    """The pixels along one side that a range of window positions sees, without padding."""
    if not positions:
        return positions
    start = positions.start * window.s - window.p // 2
    stop = (positions.stop - 1) * window.s - window.p // 2 + window.k
    start, stop = max(start, 0), min(stop, window.n)
    return range(start, stop) if start < stop else range(0)


def _terms(step: Step, values: Array, window: Window, unit: Unit) -> Iterator[Term]:
    """The terms of a unit, from the values `(maps, h, w)` of the layer before."""
    if step.kind in ("dense", "rbf") and values.shape[1:] == (1, 1):
        yield _strip(step, values.ravel(), unit)
        return
    half = window.p // 2
    padded = np.pad(values, ((0, 0), (half, half), (half, half)))
    top, left = unit.row * window.s, unit.column * window.s
    patches = padded[:, top : top + window.k, left : left + window.k]
    for number, kernel in _kernels(step, patches, unit.map):
        patch = patches[number]
        yield Term(number, top - half, left - half, patch, kernel, patch * kernel)


def _strip(step: Step, values: Array, unit: Unit) -> Term:
    """The term of a unit that sees all `values` `(units,)` of a dense layer."""
    if isinstance(step.layer, EuclideanRBF):
        patch, kernel = (v.reshape(BITMAP) for v in (values, _array(step.layer.centres)[unit.map]))
        return Term(None, 0, 0, patch, kernel, -((patch - kernel) ** 2))
    assert isinstance(step.layer, nn.Linear)
    patch, kernel = values[None], _array(step.layer.weight)[unit.map][None]
    return Term(None, 0, 0, patch, kernel, patch * kernel)


def _kernels(step: Step, patches: Array, number: int) -> Iterator[tuple[int, Array]]:
    """Each map of the layer before that takes part, and its kernel `(k, k)`.

    `patches` `(maps, k, k)` are the values of all those maps under the window.
    """
    layer = step.layer
    _, height, width = patches.shape
    if isinstance(layer, nn.Conv2d):
        yield from enumerate(_array(layer.weight)[number])
    elif isinstance(layer, PartialConvolution):
        kernels = _array(layer.kernels()[number][0])
        yield from sorted(dict(zip(layer.connections[number], kernels, strict=True)).items())
    elif isinstance(layer, nn.Linear):
        yield from enumerate(_array(layer.weight)[number].reshape(-1, height, width))
    elif isinstance(layer, Subsampling):
        yield number, np.full((height, width), float(layer.coefficient[number]))
    elif step.kind == "max":
        kernel = np.zeros((height, width))
        kernel.flat[patches[number].argmax()] = 1
        yield number, kernel
    else:
        yield number, np.full((height, width), 1 / (height * width))


def _bias(layer: nn.Module, number: int) -> float:
    bias = getattr(layer, "bias", None)
    return float(bias[number]) if bias is not None else 0.0


def _activated(step: Step, total: float) -> float:
    if step.activation is None:
        return total
    return float(step.activation(torch.tensor(total, dtype=torch.float64)))


def _array(values: Tensor) -> Array:
    array: Array = values.detach().double().numpy()
    return array
