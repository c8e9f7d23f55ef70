"""Open the sketchpad."""

import argparse

from lenet.files import checkpoints_folder

DESCRIPTION = """Open the sketchpad, then draw in the browser."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoints",
        default=str(checkpoints_folder()),
        metavar="FOLDER",
        help="folder with the checkpoints (default: checkpoints, next to the code)",
    )


def run(options: argparse.Namespace, _: str) -> int:
    """Serve the page until the process is stopped."""
    from lenet.page.blocks import build, launch  # takes seconds, which --help need not

    launch(build(options.checkpoints))
    return 0
