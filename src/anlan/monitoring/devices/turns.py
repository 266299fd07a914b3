"""Not all wait for a stream that takes nothing: a request that waits holds a page's thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from anlan.monitoring.gateways.contracts import NotStored

TRY_SECONDS = 1.0


class Turns:
    """Once something could not be stored, one request at a time tries, ``TRY_SECONDS`` after the
    one before; the others are refused at once. The first that is stored opens the way for all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shut = self._tried = False
        self._next = 0.0

    @contextmanager
    def one(self) -> Iterator[Callable[[], None]]:
        """The turn of a request, which calls what it is given once something is stored, and raises
        ``NotStored`` where it could not store. Raises it itself where others must try first."""
        tries = self._begin()
        try:
            yield self._open
        except NotStored:
            self._shut = True
            raise
        finally:
            self._end(tries)

    def _open(self) -> None:
        self._shut = False

    def _begin(self) -> bool:
        with self._lock:
            if not self._shut:
                return False
            if self._tried or time.monotonic() < self._next:
                raise NotStored("数据流暂时不可用，请稍后重发。")
            self._tried = True
            return True

    def _end(self, tries: bool) -> None:
        with self._lock:
            self._next = time.monotonic() + TRY_SECONDS
            if tries:
                self._tried = False
