"""Write the static site."""

import argparse
from pathlib import Path

from lenet.commands.app import add_checkpoints

DESCRIPTION = """Write the page as a static site, which needs no Python where it is hosted.

  python -m lenet site public                              all networks
  python -m lenet site public --networks my-net mnist-relu two of them; my-net opens first

Any web server can serve the folder, at any path: GitHub Pages, or Hugging Face as a static Space.
After the first visit the page opens offline."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="new folder, or an older site to replace"
    )
    add_checkpoints(parser)
    add_networks(parser, "all")


def add_networks(parser: argparse.ArgumentParser, default: str) -> None:
    """Add the option `--networks`."""
    parser.add_argument(
        "--networks",
        nargs="+",
        default=(),
        metavar="NAME",
        help=f"networks to include; the first one opens first (default: {default})",
    )


def run(options: argparse.Namespace, _: str) -> int:
    """Write the site and report its size."""
    # These imports take seconds, which --help need not.
    from lenet.page.gallery import Gallery
    from lenet.page.site import write_site

    gallery = Gallery(options.checkpoints)
    names = gallery.choose(options.networks)
    files = write_site(gallery, names, options.folder)
    size = sum(map(len, files.values()))
    print(f"Wrote {options.folder}: {len(files)} files, {size / 1e6:.2f} MB.")
    print(f"Networks: {', '.join(names)}.")
    return 0
