"""Open the sketchpad: `python app.py`, then draw in the browser."""

import argparse

from lenet.page import build, launch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoints", default="checkpoints", help="folder of the checkpoints")
    launch(build(parser.parse_args().checkpoints))


if __name__ == "__main__":
    main()
