"""What must hold for any input: a valid result or a sentence, in little time and memory."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from reprlib import Repr
from typing import Any, TypeVar

from lenet.errors import SketchpadError

MAX_SECONDS = 1.0
"""Of computing, not of waiting for other programs."""
MAX_MEGABYTES = 600
"""What a case may take in addition to what the process already has. Decoding the largest picture
that is accepted takes 500."""
MAX_SENTENCE = 600
SHORT = Repr()
"""Writes a case without going through all of it: some hold one text thousands of times."""
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 120

Result = TypeVar("Result")


@dataclass
class Extreme:
    """The case that took most of something."""

    value: float = 0.0
    case: str = ""

    def note(self, value: float, case: Any) -> None:
        if value > self.value:
            self.value, self.case = round(value, 3), SHORT.repr(case)


@dataclass
class Tally:
    """All cases of one kind so far."""

    cases: int = 0
    rejected: int = 0
    seconds: Extreme = field(default_factory=Extreme)
    megabytes: Extreme = field(default_factory=Extreme)

    def count(self, case: Any, seconds: float, is_rejected: bool) -> None:
        self.cases += 1
        self.rejected += is_rejected
        self.seconds.note(seconds, case)


TALLIES: dict[str, Tally] = {}
"""By the kind of input."""


def tally_of(kind: str) -> Tally:
    return TALLIES.setdefault(kind, Tally())


def report() -> dict[str, Any]:
    """All tallies as JSON."""
    return {kind: asdict(tally) for kind, tally in sorted(TALLIES.items())}


def attempt(kind: str, function: Callable[[Any], Result], case: Any) -> Result | None:
    """What `function` makes of a case; None if it rejects it with a sentence."""
    before = _reset_peak()
    start, result, rejection = time.process_time(), None, None
    try:
        result = function(case)
    except SketchpadError as error:
        rejection = str(error)
    seconds = time.process_time() - start
    tally = tally_of(kind)
    tally.count(case, seconds, rejection is not None)
    megabytes = _peak() - before
    tally.megabytes.note(megabytes, case)
    if rejection is not None:
        check_sentence(rejection)
    assert seconds <= MAX_SECONDS, f"{seconds:.2f} s"
    assert megabytes <= MAX_MEGABYTES, f"{megabytes:.0f} MB"
    return result


def check_sentence(sentence: str, echoed: int = 0) -> None:
    """A sentence for people: short, complete, and without anything of Python's own.

    It may repeat `echoed` characters of what somebody has typed.
    """
    assert sentence.endswith((".", "…")), sentence
    assert len(sentence) <= MAX_SENTENCE + echoed, sentence
    assert "Traceback" not in sentence, sentence
    assert "site-packages" not in sentence, sentence


def _reset_peak() -> float:
    """Forget the peak of the memory in use; returns what is in use now, in megabytes."""
    with suppress(OSError):  # only Linux can forget it
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    """A size in megabytes; 0 on systems that don't report it."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)
