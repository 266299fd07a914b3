"""From a page's thread to the stream: one connection for a process, on a loop of its own.

Pages are answered in threads (decision 0012); the broker's client lives on an event loop. It is
made when the first request needs it, and connects again by itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as Late
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from django.conf import settings

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.stream.broker import url
from anlan.monitoring.stream.connection import Connection, connected
from anlan.monitoring.stream.doors import NoBroker

T = TypeVar("T")
ANSWER_SECONDS = 15.0
CONNECT_SECONDS = 5.0


class Bridge:
    """Runs coroutines on its loop for threads that wait."""

    def __init__(self, address: Callable[[], str]) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: asyncio.Task[Connection] | None = None
        self._open = AsyncExitStack()  # stays open as long as the process lives

    def run(
        self, work: Callable[[Connection], Coroutine[Any, Any, T]], patience: float | None = None
    ) -> T:
        """The result of ``work``; NotStored where the broker does not answer in time. ``patience``:
        how many seconds to wait for a connection where there is none yet."""
        connect = CONNECT_SECONDS if patience is None else patience
        future = asyncio.run_coroutine_threadsafe(self._with(work, connect), self._running())
        try:
            return future.result(ANSWER_SECONDS)
        except Late:
            future.cancel()
            raise NotStored("数据流没有及时应答，请稍后重发。") from None

    async def _with(
        self, work: Callable[[Connection], Coroutine[Any, Any, T]], patience: float
    ) -> T:
        if self._ready is None or (self._ready.done() and self._ready.exception()):
            self._ready = asyncio.create_task(self._connect())
        try:
            connection = await asyncio.wait_for(asyncio.shield(self._ready), patience)
        except (TimeoutError, OSError, NoBroker) as error:
            raise NotStored("数据流暂时不可用，请稍后重发。") from error
        return await work(connection)

    async def _connect(self) -> Connection:
        return await self._open.enter_async_context(connected(self._address()))

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="stream", daemon=True).start()
            return self._loop


bridge = Bridge(lambda: url(settings.VAR))
