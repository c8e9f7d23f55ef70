"""Train a LeNet and write a checkpoint: `python train.py`, or see `python train.py --help`."""

import sys

from lenet.commands import run_command

if __name__ == "__main__":
    sys.exit(run_command("train", sys.argv[1:], "python train.py"))
