"""`python -m lenet predict FILE...`: read pictures from the command line."""

import argparse
import json
import sys

from lenet.errors import SketchpadError
from lenet.prediction import Predictor


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, or 1 if any file could not be read."""
    parser = argparse.ArgumentParser(prog="python -m lenet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    predict = commands.add_parser("predict", help="name the digit in each picture")
    predict.add_argument("files", nargs="+", metavar="FILE", help="a PNG, JPEG or other picture")
    predict.add_argument(
        "--checkpoint",
        default="checkpoints/mnist-relu",
        metavar="CHECKPOINT",
        help="checkpoint folder, or user/name on the Hugging Face Hub (default: %(default)s)",
    )
    predict.add_argument(
        "--json", action="store_true", help="one JSON object a line: label, probabilities, maps"
    )
    options = parser.parse_args(arguments)
    try:
        predictor = Predictor.from_pretrained(options.checkpoint)
    except SketchpadError as error:
        print(f"lenet: {error}", file=sys.stderr)
        return 1
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
        if options.json:
            print(json.dumps({"file": file, **prediction.to_json()}))
        elif prediction.state == "digit":
            print(f"{file}: {prediction.label} ({prediction.confidence:.1%})")
        else:
            print(f"{file}: {prediction.state}")
    return status


if __name__ == "__main__":
    sys.exit(main())
