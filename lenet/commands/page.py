"""Write the page into one file."""

import argparse
from pathlib import Path

from lenet.commands.app import add_checkpoints
from lenet.commands.site import add_networks
from lenet.errors import SketchpadError
from lenet.files import write_file

DESCRIPTION = """Write the page into one HTML file, which opens without a server or a connection.

  python -m lenet page sketchpad.html                         a network for digits, one for clothes
  python -m lenet page sketchpad.html --networks mnist-conv3  networks that you choose"""

DEFAULT_NETWORKS = ("mnist-relu", "fashion-relu")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.html", help="file to write or replace")
    add_checkpoints(parser)
    add_networks(parser, f"{' and '.join(DEFAULT_NETWORKS)}, or the first two of the menu")


def run(options: argparse.Namespace, _: str) -> int:
    """Write the file and report its size."""
    if options.file.suffix.lower() not in (".html", ".htm"):
        raise SketchpadError(f"The file's name must end in .html, got {options.file}.")
    # These imports take seconds, which --help need not.
    from lenet.page.gallery import Gallery
    from lenet.page.single_file import single_file

    gallery = Gallery(options.checkpoints)
    available = gallery.names()
    default = DEFAULT_NETWORKS if set(DEFAULT_NETWORKS) <= set(available) else available[:2]
    names = gallery.choose(options.networks or default)
    content = single_file(gallery, names).encode()
    write_file(options.file, content)
    print(f"Wrote {options.file}: {len(content) / 1e6:.2f} MB.")
    print(f"Networks: {', '.join(names)}.")
    return 0
