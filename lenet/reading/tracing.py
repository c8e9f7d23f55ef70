"""One pass through a network that keeps the values of every layer."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from lenet.errors import SketchpadError
from lenet.network.layers import EuclideanRBF
from lenet.network.model import LeNet
from lenet.network.summary import summarise

Kind = Literal["input", "convolution", "average", "max", "subsampling", "dense", "rbf"]
Muted = Mapping[str, Collection[int]]
"""For names of layers, the maps or units (from 0) whose values are replaced by 0."""


class Step(NamedTuple):
    """A layer of a network and the activation after it."""

    name: str
    """as in `lenet.network.summary`: C1, S2, …, output"""
    kind: Kind
    layer: nn.Module
    activation: nn.Module | None


@dataclass(frozen=True)
class LayerValues:
    """What one layer computes from a batch of images; a dense layer has maps of one pixel."""

    name: str
    kind: Kind
    sums: Tensor
    """`(B, maps, h, w)`, before the activation"""
    values: Tensor
    """`(B, maps, h, w)`, after the activation; 0 where a map is muted"""


def steps(model: LeNet) -> Iterator[Step]:
    """The layers of a network in order, without the input."""
    names = iter([layer.name for layer in summarise(model.config)[1:]])
    config = model.config
    for convolution, pooling, c in zip(
        model.convolutions, model.poolings, config.convolutions, strict=True
    ):
        yield Step(next(names), "convolution", convolution, model.activation)
        if not c.pooled:
            continue
        if isinstance(pooling, nn.Sequential):  # the activation follows again
            yield Step(next(names), "subsampling", pooling[0], pooling[1])
        else:
            kind: Kind = "max" if config.pooling == "max" else "average"
            yield Step(next(names), kind, pooling, None)
    for i, layer in enumerate(model.dense):
        if isinstance(layer, EuclideanRBF):
            yield Step(next(names), "rbf", layer, None)
        elif isinstance(layer, nn.Linear):
            follows = i + 1 < len(model.dense) and not isinstance(model.dense[i + 1], EuclideanRBF)
            yield Step(next(names), "dense", layer, model.dense[i + 1] if follows else None)


def trace(model: LeNet, images: Tensor, muted: Muted | None = None) -> list[LayerValues]:
    """The input and every layer for images `(B, 1, 28, 28)` in [0, 1].

    The first entry is the normalised input with its border, the last one holds the logits.

    Raises:
        SketchpadError: `muted` names a layer or map that doesn't exist or can't be muted.
    """
    known = list(steps(model))
    muted = check_muted(model, muted or {})
    x = model.normalise(images)
    layers = [LayerValues("input", "input", x, x)]
    for step in known:
        layers.append(apply(step, layers[-1].values, muted.get(step.name, ())))
    return layers


def apply(step: Step, x: Tensor, muted: Collection[int] = ()) -> LayerValues:
    """What a layer computes from the values `(B, maps, h, w)` of the layer before it."""
    name, kind, layer, activation = step
    sums = layer(x if kind in ("convolution", "average", "max", "subsampling") else x.flatten(1))
    values = activation(sums) if activation else sums
    sums, values = (v if v.ndim == 4 else v[:, :, None, None] for v in (sums, values))
    if muted:
        values = values.index_fill(1, torch.tensor(sorted(muted)), 0)
    return LayerValues(name, kind, sums, values)


def check_muted(model: LeNet, muted: Muted) -> Muted:
    """`muted`, if it fits the network: the input and the output can't be muted.

    Raises:
        SketchpadError: it doesn't.
    """
    counts = {layer.name: layer.shape[0] for layer in summarise(model.config)[1:-1]}
    for name, maps in muted.items():
        if name not in counts:
            raise SketchpadError(
                f"Layer {name!r} can't be muted. Choose one of {', '.join(counts)}."
            )
        for number in maps:
            if not 0 <= number < counts[name]:
                raise SketchpadError(
                    f"{name} has maps 0 to {counts[name] - 1}, so map {number} can't be muted."
                )
    return muted
