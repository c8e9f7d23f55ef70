"""Train a network and write a checkpoint."""

import argparse

from lenet.options import add_options
from lenet.training.recipes import RECIPES, requested
from lenet.training.run import run as run_training
from lenet.training.settings import TrainingSettings

DESCRIPTION = """Train a LeNet and write a checkpoint that the sketchpad shows.

  python train.py                                     99 % on MNIST in about a minute on 2 cores
  python train.py --preset classic                    the sigmoid network of the tutorials
  python train.py --recipe d2l                        the tutorial's own run, on Fashion-MNIST
  python train.py --epochs 60 --out checkpoints/mine  a longer run, saved to its own folder

The first run downloads the data set. After each epoch the network is validated on the last 5,000
training images. Of the epochs within one standard error of the best, the last one is saved and
tested once. Ctrl-C saves the best network so far."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_recipe(parser)
    add_options(parser, TrainingSettings)


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """Add the option `--recipe`."""
    parser.add_argument(
        "--recipe",
        default=argparse.SUPPRESS,
        metavar="{" + ",".join(RECIPES) + "}",
        help="named set of defaults; options you pass override it (default: standard)",
    )


def run(options: argparse.Namespace, command: str) -> int:
    """Train; Ctrl-C or SIGTERM before the end still saves the best network so far."""
    run_training(requested(vars(options)), command)
    return 0
