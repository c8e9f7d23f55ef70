"""Open the sketchpad."""

import argparse

from lenet.files import checkpoints_folder

DESCRIPTION = """Open the sketchpad, then draw in the browser."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_checkpoints(parser)


def add_checkpoints(parser: argparse.ArgumentParser) -> None:
    """Add the option `--checkpoints`."""
    parser.add_argument(
        "--checkpoints",
        default=str(checkpoints_folder()),
        metavar="FOLDER",
        help="folder with the checkpoints (default: checkpoints, next to the code)",
    )


def run(options: argparse.Namespace, _: str) -> int:
    """Serve the page until the process is stopped."""
    # These imports take seconds, which --help need not.
    from lenet.page.blocks import launch
    from lenet.page.gallery import Gallery

    launch(Gallery(options.checkpoints))
    return 0
