"""Train many networks and compare them."""

import argparse
import signal
import sys

from lenet.commands.train import add_recipe
from lenet.options import add_options
from lenet.sweeps.plan import NAMED, UNUSED, SweepSettings, requested_sweep
from lenet.sweeps.runner import sweep
from lenet.training.settings import TrainingSettings

DESCRIPTION = """Train networks that differ in one or two things, and compare them.

  python -m lenet sweep --named d2l-kernels          kernels of 1 to 10 on Fashion-MNIST
  python -m lenet sweep --vary kernel=1..10          kernels of 1 to 10, paddings unchanged
  python -m lenet sweep --vary activation=sigmoid,relu --vary channels=2,6,12 --seeds 3

Values are a range of whole numbers (1..10) or a list; several --vary train every combination.
What changes in the network of the preset:

  convolutions    their number; additional ones are like the last, not pooled, and padded so that
                  maps keep their size
  channels        maps of the first convolution; the other convolutions keep their proportion to it
  kernel          side of the kernel of every convolution
  padding         padding of every convolution; half: (kernel - 1) // 2
  dense-layers    their number; additional ones are like the last
  dense-width     units of the first dense layer; the other layers keep their proportion to it
  activation, pooling, initialisation, learning-rate, epochs    as their names say

Impossible sizes are reported and skipped. Every result is saved at once: run the same command again
to resume, or with more --seeds to add runs. Accuracies are those after the last epoch: mean and
standard deviation over the seeds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--named",
        default=argparse.SUPPRESS,
        metavar="{" + ",".join(NAMED) + "}",
        help="named sweep; options you pass override it",
    )
    add_options(parser, SweepSettings)
    add_recipe(parser)
    add_options(parser, TrainingSettings, without=UNUSED)


def run(options: argparse.Namespace, _: str) -> int:
    """Train and compare; 130 if that was stopped."""
    # A polite kill (SIGTERM) leaves a table of the results so far, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sweep(requested_sweep(vars(options)))
    except KeyboardInterrupt:
        print("Stopped. Run the same command again to resume.", file=sys.stderr)
        return 130
    return 0
