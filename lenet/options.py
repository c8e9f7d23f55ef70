"""A command line derived from frozen dataclasses: one field, one option."""

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def option(default: Any, help: str, *, choices: Sequence[str] | None = None, flag: str = "") -> Any:
    """A dataclass field that is also a command-line option, named `flag` or after the field.

    A field with a tuple takes its option several times.
    """
    return field(default=default, metadata={"help": help, "choices": choices, "flag": flag})


def add_options(
    parser: argparse.ArgumentParser, settings: Callable[..., T], without: Collection[str] = ()
) -> None:
    """Give `parser` the options of the dataclass `settings`, `without` some of its fields.

    What is not given on the command line is not in the namespace that the parser returns.
    """
    assert isinstance(settings, type)
    for f in fields(settings):
        if f.name in without or "help" not in f.metadata:
            continue
        name = f.metadata["flag"] or f.name.replace("_", "-")
        options: dict[str, Any] = {"dest": f.name, "default": argparse.SUPPRESS}
        default = "" if f.default in (None, "", ()) else f" (default: {f.default})"
        if isinstance(f.default, bool):
            options["action"] = argparse.BooleanOptionalAction
        else:
            several = isinstance(f.default, tuple)
            options["action"] = "append" if several else "store"
            options["type"] = str if several or f.default is None else type(f.default)
            options["choices"] = f.metadata["choices"]
            options["metavar"] = None if f.metadata["choices"] else name.upper().replace("-", "_")
        parser.add_argument(f"--{name}", help=f.metadata["help"] + default, **options)


def add_recipes(parser: argparse.ArgumentParser, name: str, recipes: Collection[str]) -> None:
    """Give `parser` the option `name`, which takes one of `recipes`."""
    text = "settings that belong together; what else is given goes before them"
    parser.add_argument(f"--{name}", choices=tuple(recipes), default=argparse.SUPPRESS, help=text)


def chosen(settings: Callable[..., T], values: Mapping[str, Any]) -> T:
    """An instance of the dataclass `settings` with those of `values` that are its fields."""
    assert isinstance(settings, type)
    return settings(**{f.name: values[f.name] for f in fields(settings) if f.name in values})


def parse(
    settings: Callable[..., T],
    description: str,
    arguments: Sequence[str] | None = None,
    recipes: Collection[str] = (),
    recipe: Callable[[str, Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> T:
    """Read the command line (or `arguments`) into an instance of the dataclass `settings`.

    The option `--recipe NAME`, NAME one of `recipes`, sets what `recipe` returns for the name and
    the other options that are given, which go before it.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser, settings)
    if recipes:
        add_recipes(parser, "recipe", recipes)
    given = vars(parser.parse_args(arguments))
    name = given.pop("recipe", "")
    values = recipe(name, given) if recipe and name else {}
    return settings(**{**values, **given})
