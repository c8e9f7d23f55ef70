"""The commands: one module each, imported on first use.

A command module has a `DESCRIPTION` for its `--help`, `add_arguments(parser)`, and
`run(options, command)`, which returns the exit status; `command` is the full command line.
"""

import argparse
import io
import itertools
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module

from lenet.errors import SketchpadError


def run_command(name: str, arguments: Sequence[str], program: str) -> int:
    """Run a command as `program`; returns 0, 1 after an error, or 130 after Ctrl-C."""
    module = import_module(f"lenet.commands.{name}")
    parser = argparse.ArgumentParser(
        prog=program,
        description=module.DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    _check_values(parser, arguments)
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that can't display ⌊ shows a question mark instead.
        sys.stdout.reconfigure(errors="replace")
    try:
        return module.run(options, shlex.join([*program.split(), *arguments]))
    except SketchpadError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _check_values(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Report `--option=--` as a usage error; argparse of Python 3.11 raises a ValueError."""
    for argument in itertools.takewhile(lambda argument: argument != "--", arguments):
        option, _, value = argument.partition("=")
        if option.startswith("-") and value == "--":
            parser.error(f"argument {option}: expected a value, got --")
