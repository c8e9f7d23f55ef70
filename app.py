"""Open the sketchpad: `python app.py`, then draw in the browser."""

import argparse

from lenet.page.blocks import build, launch
from lenet.page.gallery import default_folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoints", default=default_folder(), help="folder of the checkpoints")
    launch(build(parser.parse_args().checkpoints))


if __name__ == "__main__":
    main()
