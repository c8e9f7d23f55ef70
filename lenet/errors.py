"""The one kind of error that people read."""


class SketchpadError(ValueError):
    """Input that can't be used.

    Its message is one or two sentences: what is wrong, with the value, and what to do. Programs
    show it unchanged, without a traceback.
    """
