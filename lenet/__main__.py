"""The command line: `python -m lenet COMMAND`."""

import argparse
import sys
from collections.abc import Sequence

from lenet.commands import run_command

COMMANDS = {
    "app": "open the sketchpad in the browser",
    "site": "write the sketchpad as a static site for any web server",
    "page": "write the sketchpad into one HTML file that opens without a server",
    "deploy": "upload the app, the site or a checkpoint to the Hugging Face Hub",
    "predict": "name the digit in each picture",
    "train": "train a network",
    "sweep": "train networks that differ in one or two settings and compare them",
    "summary": "list the layers of a network with their sizes and parameter counts",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (or the command line) starts with; see `run_command`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="python -m lenet",
        description="LeNet Sketchpad: see inside a network while it reads what you draw.",
        epilog="commands:\n" + "\n".join(f"  {name:<9} {text}" for name, text in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command", choices=COMMANDS, metavar="COMMAND", help="add --help to see its options"
    )
    # The command parses the rest. It is imported only now because some imports take seconds.
    name = parser.parse_args(arguments[:1]).command
    return run_command(name, arguments[1:], f"{parser.prog} {name}")


if __name__ == "__main__":
    sys.exit(main())
