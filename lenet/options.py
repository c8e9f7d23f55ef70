"""A command line derived from frozen dataclasses: one field, one option, limits written once."""

import argparse
from collections.abc import Collection, Iterator
from dataclasses import Field, field, fields
from typing import Any

from lenet.errors import SketchpadError


def option(
    default: Any,
    help: str,
    *,
    flag: str = "",
    choices: Collection[Any] | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """A dataclass field that is also a command-line option, named `flag` or after the field.

    Values are one of `choices`, or between `low` and `high`. A dictionary as `choices` is looked
    at when it is needed: what is registered later is a choice, too. A field with a tuple takes its
    option several times.
    """
    metadata = {"help": help, "flag": flag, "choices": choices, "low": low, "high": high}
    return field(default=default, metadata=metadata)


def check(settings: Any) -> None:
    """Make sure that every option of the dataclass instance `settings` is within its limits.

    Raises:
        SketchpadError: an option is not; the message names it.
    """
    for f in _options(settings):
        value, metadata = getattr(settings, f.name), f.metadata
        choices, low, high = metadata["choices"], metadata["low"], metadata["high"]
        if choices is not None and value not in choices:
            raise SketchpadError(f"{_flag(f)} must be {_listed(choices)}, got {value}.")
        if low is not None and not low <= value <= high:  # NaN is in no range
            raise SketchpadError(
                f"{_flag(f)} must be between {_number(low)} and {_number(high)}, got {value}."
            )


def add_options(
    parser: argparse.ArgumentParser, settings: type, without: Collection[str] = ()
) -> None:
    """Add the options of the dataclass `settings` to `parser`, `without` some of its fields.

    The namespace that the parser returns holds only the options that a person passed.
    """
    for f in _options(settings):
        if f.name in without:
            continue
        more: dict[str, Any] = {"action": argparse.BooleanOptionalAction}
        if not isinstance(f.default, bool):
            several = isinstance(f.default, tuple)
            more = {
                "action": "append" if several else "store",
                "type": str if several else type(f.default),
                "metavar": _metavar(f),
            }
        shown = "" if f.default in ("", ()) else f" (default: {f.default})"
        parser.add_argument(
            _flag(f),
            dest=f.name,
            default=argparse.SUPPRESS,
            help=f.metadata["help"] + shown,
            **more,
        )


def _options(settings: Any) -> Iterator[Field[Any]]:
    """The fields of a dataclass, or of an instance of one, that are options."""
    return (f for f in fields(settings) if "help" in f.metadata)


def _flag(f: Field[Any]) -> str:
    return "--" + (f.metadata["flag"] or f.name.replace("_", "-"))


def _metavar(f: Field[Any]) -> str:
    choices = f.metadata["choices"]
    if choices is None:
        return _flag(f)[2:].upper().replace("-", "_")
    return "{" + ",".join(map(str, choices)) + "}"


def _listed(choices: Collection[Any]) -> str:
    """The choices as part of a sentence: `a, b or c`."""
    *first, last = map(str, choices)
    return f"{', '.join(first)} or {last}" if first else last


def _number(limit: float) -> str:
    return f"{int(limit):,}" if float(limit).is_integer() else f"{limit:g}"
