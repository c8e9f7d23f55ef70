"""Command-line options derived from frozen dataclasses: each field and its limits, defined once."""

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

    Values are one of `choices`, or between `low` and `high`. A dictionary passed as `choices` is
    read at each check, so entries registered later also count. If the default is a tuple, the
    option may be repeated.
    """
    metadata = {"help": help, "flag": flag, "choices": choices, "low": low, "high": high}
    return field(default=default, metadata=metadata)


def check(settings: Any) -> None:
    """Check that every option of the dataclass instance `settings` is within its limits.

    Raises:
        SketchpadError: an option is out of range; the message names it.
    """
    for f in _options(settings):
        value, metadata = getattr(settings, f.name), f.metadata
        choices, low, high = metadata["choices"], metadata["low"], metadata["high"]
        if choices is not None and value not in choices:
            raise SketchpadError(f"{_flag(f)} must be {_enumerate(choices)}, got {value}.")
        if low is not None and not low <= value <= high:  # also rejects NaN
            raise SketchpadError(
                f"{_flag(f)} must be between {_number(low)} and {_number(high)}, got {value}."
            )


def add_options(
    parser: argparse.ArgumentParser, settings: type, exclude: Collection[str] = ()
) -> None:
    """Add the options of the dataclass `settings` to `parser`, except the fields in `exclude`.

    The parsed namespace contains only the options that were passed.
    """
    for f in _options(settings):
        if f.name in exclude:
            continue
        keywords: dict[str, Any] = {"action": argparse.BooleanOptionalAction}
        if not isinstance(f.default, bool):
            repeatable = isinstance(f.default, tuple)
            keywords = {
                "action": "append" if repeatable else "store",
                "type": str if repeatable else type(f.default),
                "metavar": _metavar(f),
            }
        default = "" if f.default in ("", ()) else f" (default: {f.default})"
        parser.add_argument(
            _flag(f),
            dest=f.name,
            default=argparse.SUPPRESS,
            help=f.metadata["help"] + default,
            **keywords,
        )


def _options(settings: Any) -> Iterator[Field[Any]]:
    """The fields of a dataclass (or an instance of one) that are options."""
    return (f for f in fields(settings) if "help" in f.metadata)


def _flag(f: Field[Any]) -> str:
    return "--" + (f.metadata["flag"] or f.name.replace("_", "-"))


def _metavar(f: Field[Any]) -> str:
    choices = f.metadata["choices"]
    if choices is None:
        return _flag(f)[2:].upper().replace("-", "_")
    return "{" + ",".join(map(str, choices)) + "}"


def _enumerate(choices: Collection[Any]) -> str:
    """The choices as part of a sentence: `a, b or c`."""
    *first, last = map(str, choices)
    return f"{', '.join(first)} or {last}" if first else last


def _number(limit: float) -> str:
    return f"{int(limit):,}" if float(limit).is_integer() else f"{limit:g}"
