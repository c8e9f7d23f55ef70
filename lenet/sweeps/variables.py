"""The settings that a sweep can vary: parse their values, and apply them to a network."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.network.parts import ACTIVATIONS, INITIALISATIONS, POOLINGS

Value = int | float | str

MAX_LAYERS = 100


class Variable(NamedTuple):
    """The values that a setting can take: numbers of one type, words, or both."""

    number: type[int] | type[float] | None
    words: Collection[str] = ()


VARIABLES: dict[str, Variable] = {
    "convolutions": Variable(int),
    "channels": Variable(int),
    "kernel": Variable(int),
    "padding": Variable(int, ("half",)),
    "dense-layers": Variable(int),
    "dense-width": Variable(int),
    "activation": Variable(None, ACTIVATIONS),
    "pooling": Variable(None, POOLINGS),
    "initialisation": Variable(None, INITIALISATIONS),
    "learning-rate": Variable(float),
    "epochs": Variable(int),
}
"""The settings that can vary, in the order in which they are applied."""
TRAINING_VARIABLES = ("learning-rate", "epochs")
"""The variables that change the training, not the network."""


def parse_values(text: str) -> tuple[str, Sequence[Value]]:
    """The name and the values in NAME=1..10 or NAME=a,b,c.

    Raises:
        SketchpadError: the name is unknown, or the values are missing or invalid.
    """
    name, _, listed = text.replace(" ", "").partition("=")
    name = name.replace("_", "-")
    if name not in VARIABLES:
        raise SketchpadError(
            f"--vary must name one of {', '.join(VARIABLES)}, got {name or 'nothing'}."
        )
    number, words = VARIABLES[name]
    bounds = re.fullmatch(r"(\d{1,9})\.\.(\d{1,9})", listed)
    if bounds and number:
        low, high = map(int, bounds.groups())
        if low > high:
            raise SketchpadError(f"--vary {text} has no values. Put the smaller number first.")
        return name, range(low, high + 1)
    values = [_value(word, number, words) for word in listed.split(",")]
    if None in values:
        kinds: dict[Any, list[str]] = {
            int: ["whole numbers, such as 1..10 or 1,2,5"],
            float: ["numbers, such as 0.01,0.1"],
        }
        expected = " or ".join([*kinds.get(number, []), *words])
        raise SketchpadError(f"--vary {name} takes {expected}, got {listed or 'nothing'}.")
    return name, list(dict.fromkeys(value for value in values if value is not None))


def _value(
    word: str, number: type[int] | type[float] | None, words: Collection[str]
) -> Value | None:
    """The value that a word stands for; None if it is neither one of `words` nor a `number`."""
    if word in words:
        return word
    if number and re.fullmatch(r"\d{1,9}" if number is int else r"[\d.]+(e-?\d+)?", word):
        try:
            return number(word)
        except ValueError:
            return None
    return None


def vary(config: LeNetConfig, name: str, value: Any) -> LeNetConfig:
    """The network with one setting changed, as described in `python -m lenet sweep --help`.

    Raises:
        SketchpadError: such a network is impossible.
    """
    convolutions = config.convolutions
    match name:
        case "convolutions":
            last = convolutions[-1]
            extra = replace(last, padding=(last.kernel - 1) // 2, pooled=False, connections=None)
            return replace(config, convolutions=_resized(convolutions, value, extra))
        case "channels":
            channels = _in_proportion([c.channels for c in convolutions], value)
            pairs = zip(convolutions, channels, strict=True)
            return replace(config, convolutions=tuple(replace(c, channels=n) for c, n in pairs))
        case "kernel":
            changed = tuple(replace(c, kernel=value) for c in convolutions)
            return replace(config, convolutions=changed)
        case "padding":
            changed = tuple(
                replace(c, padding=(c.kernel - 1) // 2 if value == "half" else value)
                for c in convolutions
            )
            return replace(config, convolutions=changed)
        case "dense-layers":
            return replace(config, dense=_resized(config.dense, value, config.dense[-1]))
        case "dense-width":
            return replace(config, dense=_in_proportion(config.dense, value))
        case _:
            return replace(config, **{name: value})


def _resized(layers: tuple[Any, ...], count: int, extra: Any) -> tuple[Any, ...]:
    """The first `count` layers, filled up with copies of `extra`."""
    if not 0 <= count <= MAX_LAYERS:
        raise SketchpadError(
            f"The number of layers must be between 0 and {MAX_LAYERS}, got {count}."
        )
    return layers[:count] + (extra,) * (count - len(layers))


def _in_proportion(sizes: Sequence[int], first: int) -> tuple[int, ...]:
    """`first`, followed by the remaining sizes scaled in proportion, each at least 1."""
    return first, *(max(1, round(first * size / sizes[0])) for size in sizes[1:])
