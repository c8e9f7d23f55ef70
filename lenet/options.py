"""A command line derived from a frozen dataclass: one field, one option."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def option(default: Any, help: str, *, choices: Sequence[str] | None = None, flag: str = "") -> Any:
    """A dataclass field that is also a command-line option, named `flag` or after the field."""
    return field(default=default, metadata={"help": help, "choices": choices, "flag": flag})


def parse(
    settings: Callable[..., T],
    description: str,
    arguments: Sequence[str] | None = None,
    recipes: Mapping[str, Mapping[str, Any]] | None = None,
) -> T:
    """Read the command line (or `arguments`) into an instance of the dataclass `settings`.

    With `recipes`, the option `--recipe NAME` sets what its recipe names, and every other option
    that is given goes before it.
    """
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
    if recipes:
        text = "settings that belong together; what else is given goes before them"
        parser.add_argument("--recipe", choices=tuple(recipes), help=text)
        recipe = parser.parse_args(arguments).recipe
        parser.set_defaults(**recipes.get(recipe, {}))
    values = vars(parser.parse_args(arguments))
    values.pop("recipe", None)
    return settings(**values)
