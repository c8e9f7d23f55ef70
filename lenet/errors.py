"""The error whose message is shown to people."""


class SketchpadError(ValueError):
    """Input that can't be used.

    The message is one or two sentences: what is wrong, with the value, and what to do. Programs
    print it unchanged, without a traceback.
    """
