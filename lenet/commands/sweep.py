"""Train many networks and compare them."""

import argparse
import sys

from lenet.commands.train import add_recipe
from lenet.options import add_options
from lenet.sweeps.plan import NAMED, UNUSED, SweepSettings, requested_sweep
from lenet.sweeps.runner import sweep
from lenet.training.settings import TrainingSettings

DESCRIPTION = """Train networks that differ in one or two settings and compare them.

  python -m lenet sweep --named d2l-kernels          kernels of 1 to 10 on Fashion-MNIST
  python -m lenet sweep --vary kernel=1..10          kernels of 1 to 10, paddings unchanged
  python -m lenet sweep --vary activation=sigmoid,relu --vary channels=2,6,12 --seeds 3

Values are a range of whole numbers (1..10) or a list. Repeat --vary to train every combination.
Each name changes one part of the preset:

  convolutions    number of convolutions; extra ones copy the last, without pooling, padded so that
                  maps keep their size
  channels        maps of the first convolution; the rest scale in proportion
  kernel          side of the kernel of every convolution
  padding         padding of every convolution; half: (kernel - 1) // 2
  dense-layers    number of dense layers; extra ones copy the last
  dense-width     units of the first dense layer; the rest scale in proportion
  activation, pooling, initialisation, learning-rate, epochs

Impossible sizes are reported and skipped. Each result is saved as soon as its run ends: run the
same command again to resume, or with more --seeds to add runs. Accuracies are measured after the
last epoch; the table shows their mean and standard deviation over the seeds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--named",
        default=argparse.SUPPRESS,
        metavar="{" + ",".join(NAMED) + "}",
        help="named sweep; options you pass override it",
    )
    add_options(parser, SweepSettings)
    add_recipe(parser)
    add_options(parser, TrainingSettings, exclude=UNUSED)


def run(options: argparse.Namespace, _: str) -> int:
    """Train and compare; returns 130 if stopped early."""
    try:
        sweep(requested_sweep(vars(options)))
    except KeyboardInterrupt:
        print("Stopped. Run the same command again to resume.", file=sys.stderr)
        return 130
    return 0
