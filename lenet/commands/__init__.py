"""The commands, a module each, loaded when it is used.

A command is a module with a `DESCRIPTION` for its `--help`, `add_arguments(parser)`, and
`run(options, command)`, which returns the exit status; `command` is the command line itself.
"""

import argparse
import io
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module

from lenet.errors import SketchpadError


def run_command(name: str, arguments: Sequence[str], program: str) -> int:
    """Run a command as `program`; returns 0, or 1 after an error, or 130 after Ctrl-C."""
    module = import_module(f"lenet.commands.{name}")
    parser = argparse.ArgumentParser(
        prog=program,
        description=module.DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no ⌊ shows a question mark in its place.
        sys.stdout.reconfigure(errors="replace")
    try:
        return module.run(options, shlex.join([*program.split(), *arguments]))
    except SketchpadError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
