"""The one kind of error that is meant to be read by the person at the keyboard."""


class SketchpadError(ValueError):
    """Something given to the program can't be used.

    Its message is one clear sentence or two: what was wrong, and what to do about it.
    Programs show it as it stands, without a traceback.
    """
