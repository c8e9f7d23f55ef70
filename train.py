"""Train a LeNet and write a checkpoint: `python train.py`, or see `python train.py --help`."""

import shlex
import signal
import sys

from lenet.errors import SketchpadError
from lenet.options import parse
from lenet.training.run import run
from lenet.training.settings import RECIPES, TrainingSettings, recipe

DESCRIPTION = """Train a LeNet and write a checkpoint that the sketchpad shows.

  python train.py                                    99 % on MNIST in about a minute on 2 cores
  python train.py --preset classic                   the sigmoid network of the tutorials
  python train.py --recipe d2l                       the tutorial's own run, on Fashion-MNIST
  python train.py --epochs 60 --out checkpoints/mine  longer, into a folder of its own

The data set is fetched on the first run. Of the epochs that are as good as the best on the
validation split (the last 5,000 training images, within one standard error), the last is kept,
and tested once. Ctrl-C keeps the best so far."""


def main() -> int:
    # A polite kill (SIGTERM) keeps the best so far, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        settings = parse(TrainingSettings, DESCRIPTION, recipes=RECIPES, recipe=recipe)
        run(settings, shlex.join(["python", "train.py", *sys.argv[1:]]))
    except SketchpadError as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
