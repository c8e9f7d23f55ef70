"""Open the sketchpad."""

import argparse
import os
import tempfile

from lenet.errors import SketchpadError
from lenet.files import checkpoints_folder
from lenet.server.address import HOST, PORT, Address, environment

DESCRIPTION = """Open the sketchpad, then draw in the browser.

  python app.py                                on this machine, at http://127.0.0.1:7860
  python app.py --host 0.0.0.0 --port 8000     for other machines, too
  python app.py --root-path /digits            behind a proxy that serves it under /digits"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = environment()
    parser.add_argument(
        "--host",
        default=defaults["host"],
        metavar="NAME",
        help="the address to listen on; 0.0.0.0 lets other machines open the page "
        f"(default: GRADIO_SERVER_NAME or {HOST})",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=defaults["port"],
        metavar="N",
        help="the port to listen on; the app never tries the next one "
        f"(default: GRADIO_SERVER_PORT or {PORT})",
    )
    parser.add_argument(
        "--root-path",
        default=defaults["root_path"],
        metavar="PATH",
        help="the path under which a proxy serves the page, such as /digits "
        "(default: GRADIO_ROOT_PATH or none)",
    )
    add_checkpoints(parser)
    parser.add_argument(
        "--share",
        action="store_true",
        default=os.environ.get("GRADIO_SHARE", "").lower() == "true",
        help="also open a public address, through Gradio's tunnel, which closes after a week",
    )


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
    address = Address(options.host, options.port, options.root_path)
    address.check_free()
    check_temporary_folder()
    # These imports take seconds, which --help and a taken port need not.
    from lenet.page.gallery import Gallery
    from lenet.server.blocks import launch

    launch(Gallery(options.checkpoints), address, options.share)
    return 0


def check_temporary_folder() -> None:
    """Raise a SketchpadError if no folder for temporary files is writable."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise SketchpadError(
            "No folder for temporary files is writable. Set TMPDIR to a folder that the app's user "
            "can write to, or change that folder's owner."
        ) from error
