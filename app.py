"""Open the sketchpad: `python app.py`, then draw in the browser."""

import sys

from lenet.commands import run_command

if __name__ == "__main__":
    sys.exit(run_command("app", sys.argv[1:], "python app.py"))
