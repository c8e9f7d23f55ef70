import os
import signal
import threading
from itertools import pairwise

import pytest

from lenet.training.stopping import SAVING, stopping

BOTH = (signal.SIGINT, signal.SIGTERM)


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in BOTH]


@pytest.mark.parametrize("first", BOTH)
def test_the_first_signal_interrupts_and_later_ones_are_reported(
    first: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    before = handlers()
    with stopping() as stop:
        with pytest.raises(KeyboardInterrupt):
            send(first)
        assert capfd.readouterr().err == ""
        for number in BOTH * 3:
            send(number)
        with pytest.raises(KeyboardInterrupt):  # even if Python ignored the first one
            stop.check()
    assert capfd.readouterr().err == SAVING * 6
    assert handlers() == before


def test_a_signal_waits_until_it_is_no_longer_held(capfd: pytest.CaptureFixture[str]) -> None:
    done = []

    def hold_and_save() -> None:
        with stop.hold():
            send(signal.SIGTERM)
            send(signal.SIGINT)
            done.append("saved")

    with stopping() as stop:
        with stop.hold():
            done.append("nothing arrived")
        with pytest.raises(KeyboardInterrupt):
            hold_and_save()
    assert done == ["nothing arrived", "saved"]
    assert capfd.readouterr().err == SAVING * 2


def test_handlers_are_nested() -> None:
    outer = handlers()
    seen = [outer]
    with stopping():
        seen.append(handlers())
        with stopping():
            seen.append(handlers())
    assert all(one != other for one, other in pairwise(seen))
    assert handlers() == outer


def test_other_threads_change_no_handler() -> None:
    found: list[object] = []

    def inside() -> None:
        with stopping():
            found.append(handlers())

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert found == [handlers()]
