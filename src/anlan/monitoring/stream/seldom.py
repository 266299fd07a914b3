"""Saying what goes on and on, without filling the log (and the disk that is full already)."""

from __future__ import annotations

import time

SECONDS = 60.0


class Seldom:
    """``due()`` is true the first time and then once a minute; ``again()`` after it is over, so
    that the next time is the first."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._said = float("-inf")

    def due(self) -> bool:
        now = time.monotonic()
        if now - self._said < self._seconds:
            return False
        self._said = now
        return True

    def again(self) -> None:
        self._said = float("-inf")
