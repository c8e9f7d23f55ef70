"""Name the digit in each picture."""

import argparse
import json
import sys

from lenet.errors import SketchpadError
from lenet.files import checkpoints_folder
from lenet.reading.prediction import Predictor

DESCRIPTION = """Name the digit in each picture."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a PNG, JPEG or other picture")
    parser.add_argument(
        "--checkpoint",
        default=str(checkpoints_folder() / "mnist-relu"),
        metavar="CHECKPOINT",
        help="checkpoint folder, or user/name on the Hugging Face Hub (default: the included "
        "mnist-relu)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object per line: label, probabilities, maps",
    )
    parser.add_argument(
        "--npz",
        metavar="FILE",
        help="write everything that the network computed for one picture to FILE, for NumPy",
    )


def run(options: argparse.Namespace, _: str) -> int:
    """Print an answer for each picture; returns 1 if any of them could not be read."""
    if options.npz and len(options.files) > 1:
        raise SketchpadError(
            f"--npz takes one picture, got {len(options.files)}. Run the command once for each."
        )
    predictor = Predictor.from_pretrained(options.checkpoint)
    status = 0
    for file in options.files:
        try:
            prediction = predictor(file)
        except SketchpadError as error:
            status = 1
            if options.json:
                print(json.dumps({"file": file, "error": str(error)}))
            else:
                print(f"{file}: {error}", file=sys.stderr)
            continue
        if options.npz:
            prediction.save(options.npz)
        if options.json:
            print(json.dumps({"file": file, **prediction.to_json()}))
        elif prediction.state == "digit":
            print(f"{file}: {prediction.label} ({prediction.confidence:.1%})")
        else:
            print(f"{file}: {prediction.state}")
    return status
