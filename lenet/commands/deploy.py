"""Upload the app, the site or a checkpoint to the Hugging Face Hub."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lenet.commands.app import add_checkpoints
from lenet.commands.site import add_networks
from lenet.errors import SketchpadError
from lenet.files import checkpoints_folder

if TYPE_CHECKING:
    from lenet.hub.uploads import Upload

DESCRIPTION = """Upload the app, the static site or a checkpoint to the Hugging Face Hub.

  python -m lenet deploy site YOU/lenet-sketchpad --dry-run     show what would be sent
  python -m lenet deploy site YOU/lenet-sketchpad               a static Space, which is free
  python -m lenet deploy app YOU/lenet-sketchpad                a Gradio Space on a CPU
  python -m lenet deploy app YOU/lenet-sketchpad --zero-gpu     a Gradio Space on ZeroGPU
  python -m lenet deploy checkpoint checkpoints/mine YOU/mine   a model with its card

The repository is created if it is missing. Log in first: hf auth login."""

KINDS = ("app", "site", "checkpoint")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="the checkpoint's folder"
    )
    parser.add_argument("repository", metavar="YOU/NAME", help="where to upload it")
    parser.add_argument(
        "--dry-run", action="store_true", help="list what would be sent, and contact nobody"
    )
    parser.add_argument(
        "--private", action="store_true", help="if the repository is new, make it private"
    )
    parser.add_argument("--zero-gpu", action="store_true", help="run the app on ZeroGPU")
    add_checkpoints(parser)
    add_networks(parser, "all")


def run(options: argparse.Namespace, _: str) -> int:
    """Upload, or list what would be uploaded."""
    _check(options)
    # These imports take seconds, which --help need not.
    from lenet.hub.client import check_repository, send

    check_repository(options.repository)
    upload = _upload(options)
    size = sum(map(len, upload.files.values()))
    amount = f"{len(upload.files)} files, {size / 1e6:.2f} MB"
    if options.dry_run:
        for path, content in sorted(upload.files.items()):
            print(f"{len(content):>11,}  {path}")
        visibility = "private, if it is new" if options.private else "public, if it is new"
        print(f"This would send {upload.title}: {amount}.")
        print(f"Repository: {options.repository}, a {upload.repository_type} ({visibility}).")
        print("Nothing was sent.")
        return 0
    address = send(upload, options.repository, options.private)
    print(f"Sent {upload.title}: {amount}.")
    print(f"Open {address}")
    if upload.hardware:
        print("If the Space existed before, choose ZeroGPU in its settings.")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Check that the options go together."""
    if options.kind == "checkpoint" and options.folder is None:
        raise SketchpadError(
            "Name the checkpoint's folder and the repository: deploy checkpoint FOLDER YOU/NAME."
        )
    if options.kind != "checkpoint" and options.folder is not None:
        raise SketchpadError(f"Name only the repository: deploy {options.kind} YOU/NAME.")
    if options.zero_gpu and options.kind != "app":
        raise SketchpadError(f"--zero-gpu is for the app; the {options.kind} needs no GPU.")
    chosen = options.networks or options.checkpoints != str(checkpoints_folder())
    if options.kind == "checkpoint" and chosen:
        raise SketchpadError("--checkpoints and --networks are for the app and the site.")


def _upload(options: argparse.Namespace) -> "Upload":
    from lenet.hub.uploads import app_upload, checkpoint_upload, site_upload
    from lenet.page.gallery import Gallery

    if options.kind == "checkpoint":
        return checkpoint_upload(options.folder, options.repository)
    gallery = Gallery(options.checkpoints)
    names = gallery.choose(options.networks)
    if options.kind == "site":
        return site_upload(gallery, names)
    return app_upload(gallery, names, options.zero_gpu)
