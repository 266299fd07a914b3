"""What stops a set-up or a start, said so that the reader can do something about it."""

from typing import ClassVar


class SetupError(Exception):
    """The message, in Chinese, says what happened and what to do; ``code`` is the exit code."""

    code: ClassVar[int] = 1


class NotSetUp(SetupError):
    """The checkout lacks what ``make setup`` fetches: as with a wrong argument, nothing began."""

    code = 2
