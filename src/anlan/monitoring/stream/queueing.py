"""Batches that wait while a message of their part is under way, and then go together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from anlan.monitoring.protocols.batch import SPAN, Batch, pack_all

TOGETHER = 100_000  # readings of a message; a larger batch goes alone
Waiting = tuple[Batch, "asyncio.Future[None]"]


class Queue:
    """Of one part. ``put`` stores a message or raises; one at a time, so the order stays."""

    def __init__(self, put: Callable[[bytes], Awaitable[object]]) -> None:
        self._put = put
        self._waiting: deque[Waiting] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def store(self, batch: Batch) -> None:
        """Return once the batch is stored; raises what ``put`` raised for it or with it."""
        if not len(batch):
            return
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, stored))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        await stored

    async def _send(self) -> None:
        while self._waiting:
            group = self._next()
            futures = [stored for _, stored in group]
            try:
                for message in _messages([batch for batch, _ in group]):
                    await self._put(message)
            except Exception as error:  # whoever waits is told, and decides
                _end(futures, lambda each, error=error: each.set_exception(error))  # type: ignore[misc]
            except BaseException:
                _end([*futures, *(stored for _, stored in self._waiting)], asyncio.Future.cancel)
                raise
            else:
                _end(futures, lambda each: each.set_result(None))

    def _next(self) -> list[Waiting]:
        group = [self._waiting.popleft()]
        count = len(group[0][0])
        while self._waiting and count + len(self._waiting[0][0]) <= TOGETHER:
            group.append(self._waiting.popleft())
            count += len(group[-1][0])
        return group


def _messages(batches: Sequence[Batch]) -> list[bytes]:
    """One where times permit it; else each batch by itself, so that none is taken apart for
    another's clock."""
    first = min(int(np.min(each.time)) for each in batches)
    last = max(int(np.max(each.time)) for each in batches)
    if last - first <= SPAN:
        return pack_all(Batch.joined(batches))
    return [message for each in batches for message in pack_all(each)]


def _end(
    futures: Sequence[asyncio.Future[None]], how: Callable[[asyncio.Future[None]], object]
) -> None:
    for each in futures:
        if not each.done():  # one whose device has gone is cancelled
            how(each)
