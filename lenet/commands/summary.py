"""Show a network layer by layer."""

import argparse
import json
from pathlib import Path

from lenet.errors import SketchpadError
from lenet.network.config import PRESETS
from lenet.network.diagram import diagram
from lenet.network.summary import configuration_of, layer_table, summarise, to_json
from lenet.tables import print_table

DESCRIPTION = """List the layers of a network: sizes, parameters, multiplications."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "network",
        metavar="NETWORK",
        help=f"{', '.join(PRESETS)}, a checkpoint folder, or user/name on the Hugging Face Hub",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--svg", type=Path, metavar="FILE", help="also write a drawing of the network to FILE"
    )


def run(options: argparse.Namespace, _: str) -> int:
    """Print the layers, as a table or as JSON."""
    layers = summarise(configuration_of(options.network))
    if options.svg:
        try:
            options.svg.write_text(diagram(layers, options.network), encoding="utf-8")
        except OSError as error:
            raise SketchpadError(
                f"The drawing can't be written to {options.svg} ({error.strerror}). "
                "Choose a different file."
            ) from error
    if options.json:
        print(json.dumps(to_json(layers)))
    else:
        print_table(layer_table(layers))
    return 0
