"""A command line derived from a frozen dataclass: one field, one option."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def option(default: Any, help: str, *, choices: Sequence[str] | None = None, flag: str = "") -> Any:
    """A dataclass field that is also a command-line option, named `flag` or after the field."""
    return field(default=default, metadata={"help": help, "choices": choices, "flag": flag})


def parse(
    settings: Callable[..., T], description: str, arguments: Sequence[str] | None = None
) -> T:
    """Read the command line (or `arguments`) into an instance of the dataclass `settings`."""
    assert isinstance(settings, type)
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for f in fields(settings):
        name = f.metadata["flag"] or f.name.replace("_", "-")
        options: dict[str, Any] = {"dest": f.name, "default": f.default}
        default = "" if f.default in (None, "") else f" (default: {f.default})"
        if isinstance(f.default, bool):
            options["action"] = argparse.BooleanOptionalAction
        else:
            options["type"] = str if f.default is None else type(f.default)
            options["choices"] = f.metadata["choices"]
            options["metavar"] = None if f.metadata["choices"] else name.upper().replace("-", "_")
        parser.add_argument(f"--{name}", help=f.metadata["help"] + default, **options)
    return settings(**vars(parser.parse_args(arguments)))
