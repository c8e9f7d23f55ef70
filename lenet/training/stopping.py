"""Stop by Ctrl-C or SIGTERM, but never in the middle of a save."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SAVING = "\nStopping once the finished work is saved.\n"


class Stop:
    """What Ctrl-C and SIGTERM do: the first signal raises KeyboardInterrupt, later ones nothing.

    While `held`, no signal raises anything.
    """

    def __init__(self) -> None:
        self.held = False
        self.requested = False
        """whether a signal has arrived"""

    def __call__(self, _: int, __: FrameType | None) -> None:
        if not (self.held or self.requested):
            self.requested = True
            raise KeyboardInterrupt
        self.requested = True
        # Python's own streams can't be used here: the signal may have interrupted them.
        with suppress(OSError, ValueError):
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, SAVING.encode())

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal has arrived, even if Python ignored the first one.

        Python ignores errors that are raised while it deletes an object.
        """
        if self.requested:
            raise KeyboardInterrupt

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold signals; afterwards, raise KeyboardInterrupt if one has arrived."""
        self.held = True
        try:
            yield
        finally:
            self.held = False
        self.check()


@contextmanager
def stopping() -> Iterator[Stop]:
    """Handle Ctrl-C and SIGTERM by a `Stop`; Python allows this in the main thread only."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
