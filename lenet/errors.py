"""The error whose message is shown to people."""

from typing import Any

MAX_SHOWN = 40
"""Characters of a value that a sentence repeats."""


class SketchpadError(ValueError):
    """Input that can't be used.

    The message is one or two sentences: what is wrong, with the value, and what to do. Programs
    print it unchanged, without a traceback.
    """


def shown(value: Any) -> str:
    """A value in a sentence, as Python writes it, shortened if it is long."""
    text = repr(value)
    if len(text) <= MAX_SHOWN:
        return text
    quote = text[-1] if isinstance(value, str) else ""
    return f"{text[:MAX_SHOWN]}…{quote}"
