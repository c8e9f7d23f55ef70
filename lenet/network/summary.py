"""The layers of a network: sizes, parameters, multiplications, receptive fields.

Everything is computed from the configuration, without building or running the network.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Table

from lenet.errors import SketchpadError
from lenet.network.config import IMAGE_SIZE, PRESETS, Convolution, LeNetConfig
from lenet.network.model import LeNet
from lenet.network.parts import POOLINGS
from lenet.tables import new_table

SIZE_FORMULA = "⌊(n − k + p + s)/s⌋"
"""Output size of a window; "Dive into Deep Learning", equation 7.3.2."""


class Window(NamedTuple):
    """A k×k window that moves over n×n maps with stride s; the padding p counts both sides."""

    n: int
    k: int
    p: int
    s: int

    @property
    def positions(self) -> int:
        """The number of window positions along one side, which is the size of the output."""
        return (self.n - self.k + self.p + self.s) // self.s

    @property
    def formula(self) -> str:
        """`SIZE_FORMULA` with the numbers filled in, and its result."""
        return f"⌊({self.n} − {self.k} + {self.p} + {self.s})/{self.s}⌋ = {self.positions}"


@dataclass(frozen=True)
class Layer:
    """One layer; all counts are for one image."""

    name: str
    """C, S or F with the layer's number, as in the 1998 paper; "input" or "output" at the ends"""
    description: str
    """the layer in words"""
    notation: str
    """the layer in the compressed notation of the tutorial's figure"""
    shape: tuple[int, ...]
    """of the output: (maps, height, width), or (units,)"""
    parameters: int
    """trainable parameters"""
    multiplications: int
    """weights times values, including the zeros of the padding; one per sum that average pooling or
    subsampling scales; squares for an RBF output; none for max pooling. Not counted: activations,
    additions, and products that an implementation could skip (PyTorch multiplies by 0 where a
    partial convolution has no connection)"""
    receptive_field: int
    """side of the largest square of input pixels that a unit of this layer sees; the border is part
    of the input, padding is not"""
    window: Window | None = None
    """the window that determines the output size; None for dense layers"""

    @property
    def size(self) -> str:
        """The shape as text: `6×28×28`."""
        return "×".join(map(str, self.shape))

    @property
    def formula(self) -> str:
        """The size formula with its numbers; empty for layers without a window."""
        return self.window.formula if self.window else ""

    def to_json(self) -> dict[str, Any]:
        """Plain values for programs and the page."""
        window = self.window._asdict() if self.window else None
        return {**asdict(self), "window": window, "formula": self.formula}


def configuration_of(name: str) -> LeNetConfig:
    """The configuration of a preset, a checkpoint folder, or a repository `user/name` on the Hub.

    Raises:
        SketchpadError: there is no such network, or its checkpoint is damaged.
    """
    if name in PRESETS:
        return PRESETS[name]
    if len(Path(name).parts) < 2 and not os.path.isdir(name):  # false if the name is too long
        raise SketchpadError(
            f"There is no network {name!r}. Choose one of {', '.join(PRESETS)}, or name a "
            "checkpoint folder or a repository on the Hugging Face Hub (user/name)."
        )
    return LeNet.from_pretrained(name).config


def summarise(config: LeNetConfig) -> list[Layer]:
    """The input and every layer of the network, in order."""
    side, maps = config.side, 1
    # For each unit along one side, the input pixels that it sees.
    seen = [range(pixel, pixel + 1) for pixel in range(side)]
    layers = [_input(config, side)]
    for c in config.convolutions:
        window = Window(side, c.kernel, 2 * c.padding, 1)
        seen, side = _seen_through(seen, window), window.positions
        layers.append(_convolution(len(layers), c, maps, window, config.activation, _widest(seen)))
        maps = c.channels
        if c.pooled:
            window = Window(side, 2, 0, 2)
            seen, side = _seen_through(seen, window), window.positions
            layers.append(_pooling(len(layers), config, maps, window, _widest(seen)))
    field = _widest(_seen_through(seen, Window(side, side, 0, 1)))
    widths = [maps * side * side, *config.dense]
    for inputs, outputs in pairwise(widths):
        layers.append(_dense(len(layers), inputs, outputs, config.activation, field))
    layers.append(_output(config, widths[-1], field))
    return layers


def _seen_through(seen: list[range], window: Window) -> list[range]:
    """The input pixels that each window position sees through the layers below."""
    result = []
    for position in range(window.positions):
        start = position * window.s - window.p // 2
        below = [pixels for pixels in seen[max(0, start) : max(0, start + window.k)] if pixels]
        # Padding sees no input pixels.
        result.append(range(below[0].start, below[-1].stop) if below else range(0))
    return result


def _widest(seen: list[range]) -> int:
    return max(map(len, seen))


def _input(config: LeNetConfig, side: int) -> Layer:
    image = f"{IMAGE_SIZE}×{IMAGE_SIZE}"
    border = f", border {config.border}" if config.border else ""
    return Layer(
        name="input",
        description=f"image {image}{border}",
        notation=f"{image} image{border}",
        shape=(1, side, side),
        parameters=0,
        multiplications=0,
        receptive_field=1,
    )


def _convolution(
    number: int, c: Convolution, maps: int, window: Window, activation: str, field: int
) -> Layer:
    """A convolution of `maps` maps, with one kernel per connection."""
    possible = maps * c.channels
    kernels = possible if c.connections is None else sum(map(len, c.connections))
    partial = f", {kernels} of {possible} connections" if kernels < possible else ""
    size = window.positions
    return Layer(
        name=f"C{number}",
        description=f"convolution {c.kernel}×{c.kernel}, {_count(c.channels, 'map')}"
        + (f", padding {c.padding}" if c.padding else "")
        + f"{partial}, {activation}",
        notation=f"{c.kernel}×{c.kernel} conv ({c.channels})"
        + (f", pad {c.padding}" if c.padding else "")
        + (", partial" if partial else ""),
        shape=(c.channels, size, size),
        parameters=kernels * c.kernel**2 + c.channels,
        multiplications=kernels * c.kernel**2 * size**2,
        receptive_field=field,
        window=window,
    )


def _pooling(number: int, config: LeNetConfig, maps: int, window: Window, field: int) -> Layer:
    """A 2×2 pooling; trainable subsampling has a coefficient and a bias per map."""
    pooling = POOLINGS[config.pooling]
    size = window.positions
    return Layer(
        name=f"S{number}",
        description=f"{pooling.name} 2×2, stride 2"
        + (f", {config.activation}" if pooling.parameters else ""),
        notation=f"2×2 {pooling.notation}, stride 2",
        shape=(maps, size, size),
        parameters=pooling.parameters * maps,
        multiplications=pooling.multiplications * maps * size**2,
        receptive_field=field,
        window=window,
    )


def _dense(number: int, inputs: int, outputs: int, activation: str, field: int) -> Layer:
    return Layer(
        name=f"F{number}",
        description=f"dense, {_count(outputs, 'unit')}, {activation}",
        notation=f"dense ({outputs})",
        shape=(outputs,),
        parameters=(inputs + 1) * outputs,
        multiplications=inputs * outputs,
        receptive_field=field,
    )


def _output(config: LeNetConfig, inputs: int, field: int) -> Layer:
    """One unit per label; the centres of an RBF output are fixed."""
    labels, rbf = len(config.labels), config.output == "rbf"
    return Layer(
        name="output",
        description=f"RBF, distances to {labels} bitmaps" if rbf else f"dense, {labels} units",
        notation=f"{'RBF' if rbf else 'dense'} ({labels})",
        shape=(labels,),
        parameters=0 if rbf else (inputs + 1) * labels,
        multiplications=inputs * labels,
        receptive_field=field,
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def totals(layers: Sequence[Layer]) -> dict[str, int]:
    """Parameters and multiplications of all layers."""
    return {
        "parameters": sum(layer.parameters for layer in layers),
        "multiplications": sum(layer.multiplications for layer in layers),
    }


def to_json(layers: Sequence[Layer]) -> dict[str, Any]:
    """The layers and their totals, as plain values."""
    return {"layers": [layer.to_json() for layer in layers], **totals(layers)}


def layer_table(layers: Sequence[Layer]) -> Table:
    """A table for the terminal, with the totals in the last line."""
    table = new_table("layer", "", "output", "parameters", "multiplications", "receptive field")
    for column in table.columns[2:]:
        column.justify = "right"
    table.add_column(SIZE_FORMULA)
    for layer in layers:
        table.add_row(
            layer.name,
            layer.description,
            layer.size,
            f"{layer.parameters:,}",
            f"{layer.multiplications:,}",
            f"{layer.receptive_field}×{layer.receptive_field}",
            layer.formula,
        )
    table.add_row("total", "", "", *(f"{total:,}" for total in totals(layers).values()))
    return table
