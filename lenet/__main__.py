"""What the package does at the command line, beside `app.py` and `train.py`."""

import argparse
import io
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from lenet.errors import SketchpadError
from lenet.network import summary
from lenet.network.config import PRESETS
from lenet.network.diagram import diagram
from lenet.reading.prediction import Predictor


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, or 1 if something could not be done."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m lenet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (add_options, text) in COMMANDS.items():
        command = commands.add_parser(
            name, help=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        # Of the one that is asked for only: the modules of training take seconds to load.
        if arguments[:1] == [name]:
            add_options(command)
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
    """Print an answer for each picture; 1 if any could not be read."""
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


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    from lenet.sweeps import runner as sweep

    parser.description = sweep.DESCRIPTION
    sweep.add_sweep_options(parser)
    parser.set_defaults(run=_sweep)


def _sweep(options: argparse.Namespace) -> int:
    """Train and compare; 130 if that was stopped."""
    from lenet.sweeps.runner import sweep, sweep_settings

    # A polite kill (SIGTERM) leaves a table of what is done, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sweep(sweep_settings(vars(options)))
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


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
            picture = diagram(layers, options.network)
            options.svg.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise SketchpadError(
                f"The picture can't be written to {options.svg} ({error.strerror}): "
                "choose another file."
            ) from error
    print(json.dumps(summary.to_json(layers)) if options.json else summary.table(layers))
    return 0


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], str]] = {
    "predict": (_add_predict, "name the digit in each picture"),
    "summary": (_add_summary, "a network layer by layer: sizes and counts"),
    "sweep": (_add_sweep, "train many networks that differ in one thing or two, and compare"),
}


if __name__ == "__main__":
    sys.exit(main())
