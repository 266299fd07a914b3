"""What stops a set-up or a start, said so that the reader can do something about it."""


class SetupError(Exception):
    """The message, in Chinese, says what happened and what to do."""
