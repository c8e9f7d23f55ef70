"""Commands: `python -m lenet predict FILE...`, `python -m lenet summary NETWORK`."""

import argparse
import io
import json
import sys
from pathlib import Path

from lenet import summary
from lenet.errors import SketchpadError
from lenet.networks import PRESETS
from lenet.prediction import Predictor


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, or 1 if something could not be done."""
    parser = argparse.ArgumentParser(prog="python -m lenet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_predict(commands.add_parser("predict", help="name the digit in each picture"))
    _add_summary(commands.add_parser("summary", help="a network layer by layer: sizes and counts"))
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no ⌊ shows a question mark in its place.
        sys.stdout.reconfigure(errors="replace")
    try:
        return options.run(options)
    except SketchpadError as error:
        print(f"lenet: {error}", file=sys.stderr)
        return 1


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a PNG, JPEG or other picture")
    parser.add_argument(
        "--checkpoint",
        default="checkpoints/mnist-relu",
        metavar="CHECKPOINT",
        help="checkpoint folder, or user/name on the Hugging Face Hub (default: %(default)s)",
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line: label, probabilities, maps"
    )
    parser.set_defaults(run=_predict)


def _predict(options: argparse.Namespace) -> int:
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
        if options.json:
            print(json.dumps({"file": file, **prediction.to_json()}))
        elif prediction.state == "digit":
            print(f"{file}: {prediction.label} ({prediction.confidence:.1%})")
        else:
            print(f"{file}: {prediction.state}")
    return status


def _add_summary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "network",
        metavar="NETWORK",
        help=f"{', '.join(PRESETS)}, a checkpoint folder, or user/name on the Hugging Face Hub",
    )
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the network into FILE, too")
    parser.set_defaults(run=_summary)


def _summary(options: argparse.Namespace) -> int:
    layers = summary.summarise(summary.configuration_of(options.network))
    if options.svg:
        try:
            picture = summary.picture(layers, options.network)
            options.svg.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise SketchpadError(
                f"The picture can't be written to {options.svg} ({error.strerror}): "
                "choose another file."
            ) from error
    print(json.dumps(summary.to_json(layers)) if options.json else summary.table(layers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
